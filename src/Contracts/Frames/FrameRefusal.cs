namespace BrainSim.Contracts.Frames;

/// <summary>Why a frame is not taken. Whatever arrives, one of these is said, nothing is thrown, and no other run notices.</summary>
public enum FrameRefusal
{
    /// <summary>It is taken.</summary>
    None,

    /// <summary>It does not begin as a frame does.</summary>
    NoFrame,

    /// <summary>It is of another version of this format.</summary>
    OtherVersion,

    /// <summary>It says that it is longer than any frame may be.</summary>
    TooLong,

    /// <summary>It ends before it should, or goes on after.</summary>
    WrongLength,

    /// <summary>Its bytes are not those that were sent.</summary>
    WrongChecksum,

    /// <summary>No run of this number is open here.</summary>
    UnknownRun,

    /// <summary>Of an older attempt at the run, or of one that this node has not heard of yet.</summary>
    OtherEpoch,

    /// <summary>The sender does not share the run, has nothing to send to this node, or is not the node that the frame names.</summary>
    UnknownSender,

    /// <summary>More frames of this sender wait here than it may have under way.</summary>
    TooMany,

    /// <summary>Its parts contradict each other or the network.</summary>
    Malformed,
}

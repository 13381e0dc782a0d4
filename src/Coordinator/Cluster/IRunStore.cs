using BrainSim.Contracts;

namespace BrainSim.Coordinator.Cluster;

/// <summary>The journal of what the coordinator must not forget, in the order in which it was written. Used by one thread at a time.</summary>
public interface IRunStore
{
    /// <summary>All records that were ever appended, in order, read as they are asked for; one that was being written when the process died is there whole or not at all.</summary>
    IEnumerable<JournalRecord> Load();

    /// <summary>The record is durable when this returns: it survives a crash of the process and of the machine.</summary>
    /// <exception cref="StoreException">The record may or may not be there after a crash, and is not there before one.</exception>
    void Append(JournalRecord record);
}

/// <summary>As many are there as are taken. The message is the start of a sentence without its end.</summary>
public sealed class FullException(string message) : Exception(message);

/// <summary>What must last cannot be written now: the disk is full or does not answer. It may be tried again.</summary>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);

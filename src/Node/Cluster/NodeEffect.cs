using BrainSim.Contracts;

namespace BrainSim.Node.Cluster;

/// <summary>What a node wants its shell to do. The shell does it in this order where two go to the same place, and decides nothing.</summary>
public abstract record NodeEffect;

/// <summary>To be sent; may get lost.</summary>
public sealed record Tell(ToCoordinator Message) : NodeEffect;

/// <summary>To be sent to another node; may get lost.</summary>
/// <param name="Frame">Valid until the logic is called again.</param>
public sealed record SendFrame(string Address, ReadOnlyMemory<byte> Frame) : NodeEffect;

/// <summary>To be put on the coordinator's disk, by <see cref="PartKey"/>. The shell says <see cref="NodeLogic.Uploaded"/> in any case, after a deadline of its own.</summary>
public sealed record Upload(PartKey Key, byte[] Bytes) : NodeEffect;

/// <summary>To be run on a thread of its own, then handed to <see cref="NodeLogic.Finished(BuildJob, Exception)"/>.</summary>
public sealed record StartJob(BuildJob Job) : NodeEffect;

/// <summary>To be computed on a thread of its own, then handed to <see cref="NodeLogic.Finished(PointJob, Engine.Sweeps.PointOutcome, Exception)"/>.</summary>
public sealed record StartPoint(PointJob Job) : NodeEffect;

/// <summary>Of the files of networks only these, by their SHA-256, are needed from now on.</summary>
public sealed record KeepFiles(IReadOnlySet<string> Sha256) : NodeEffect;

/// <summary>The node is not needed any more.</summary>
public sealed record Exit : NodeEffect;

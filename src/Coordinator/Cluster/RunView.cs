using BrainSim.Contracts;

namespace BrainSim.Coordinator.Cluster;

public enum RunState
{
    /// <summary>Waits for nodes, or for the next attempt.</summary>
    Queued,

    /// <summary>Nodes build the network.</summary>
    Building,

    Running,

    Ended,
}

/// <summary>A run as people see it.</summary>
/// <param name="Reason">Why it waits, or why it ended without results; else empty.</param>
/// <param name="Step">That all shards have reached, as last heard.</param>
/// <param name="Committed">Step of the newest checkpoint; 0 where there is none.</param>
/// <param name="Nodes">That share it, with their shards.</param>
/// <param name="End">When it has ended.</param>
public sealed record RunView(Submission Submission, RunState State, string Reason, long Step, long Committed, int Epoch, IReadOnlyList<NodeShareView> Nodes, RunEnded? End);

/// <param name="BusyMs">Spent stepping in this epoch.</param>
/// <param name="WaitedMs">By node in the order of the run's nodes: spent waiting for its spikes.</param>
public sealed record NodeShareView(string Node, int Shards, long Step, long BusyMs, IReadOnlyList<long> WaitedMs);

/// <param name="Used">Slots taken by runs.</param>
/// <param name="SilentMs">Since the last report.</param>
public sealed record NodeView(string Node, NodeDescription? Description, bool IsDraining, int Used, long SilentMs);

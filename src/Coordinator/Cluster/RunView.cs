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
/// <param name="Spent">In the present epoch, or the last one.</param>
/// <param name="End">When it has ended.</param>
public sealed record RunView(Submission Submission, RunState State, string Reason, long Step, long Committed, int Epoch, IReadOnlyList<NodeShareView> Nodes, IReadOnlyList<TimeSpent> Spent, RunEnded? End)
{
    /// <summary>Of all shards, of the present epoch or the last one, as last heard.</summary>
    public long Spikes { get; init; }

    /// <summary>Milliseconds since the last checkpoint, or since nodes took the run up; 0 where none has it.</summary>
    public long CheckpointAge { get; init; }

    /// <summary>When the results are not kept any longer.</summary>
    public ResultsRemoved? Removed { get; init; }

    /// <summary>Null where it is one run. Steps are points then.</summary>
    public SweepTally? Sweep { get; init; }

    /// <summary>It is a sweep's point, and the sweep does not have what came of it yet.</summary>
    public bool IsAwaited { get; init; }

    /// <summary>It is done, or a sweep that ended otherwise after some of its points had. What came of a sweep's point is the sweep's.</summary>
    public bool HasResults => Submission.OfSweep == 0 && (End is { Outcome: RunOutcome.Done } || (End is not null && Sweep is { Finished: > 0 }));
}

/// <summary>How far a sweep is.</summary>
/// <param name="Points">In all; of a search, or where the sweep may end early, at most.</param>
/// <param name="Finished">That have ended, however.</param>
/// <param name="Failed">Of these: without measures.</param>
/// <param name="LeftMs">About; null where that is not known.</param>
public sealed record SweepTally(int Points, int Finished, int Running, int Failed, long? LeftMs);

public sealed record NodeShareView(string Node, int Shards, long Step);

/// <param name="Used">Slots taken by runs.</param>
/// <param name="SilentMs">Since the last report.</param>
/// <param name="MemoryUsed">Bytes.</param>
public sealed record NodeView(string Node, NodeDescription? Description, bool IsDraining, int Used, long SilentMs, long MemoryUsed = 0);

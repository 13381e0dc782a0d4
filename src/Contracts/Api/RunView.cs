using System.Text.Json.Serialization;

namespace BrainSim.Contracts.Api;

/// <summary>Where a run is.</summary>
/// <param name="Run">Its number, counted from 1.</param>
/// <param name="State">One of <see cref="RunState"/>.</param>
/// <param name="Reason">Why it waits, why it ended other than done, or that its results were removed; empty otherwise.</param>
/// <param name="Cause">One of <see cref="RunCause"/> where it failed; empty otherwise.</param>
/// <param name="Step">Steps that all shards have done; of a sweep, points that have ended. Steps are points then, too.</param>
/// <param name="Committed">Step of the last checkpoint that survives a crash; 0 for none.</param>
/// <param name="Epoch">How often it was begun or taken up again; 0 before the first time.</param>
/// <param name="Nodes">Addresses of the nodes that have it.</param>
/// <param name="StateHash">When done.</param>
/// <param name="Times">Where the nodes' time went since the run was last taken up.</param>
/// <param name="ResultsRemoved">When they were, because they had been kept long enough.</param>
public sealed record RunView(
    long Run, string Name, string State, string Reason, string Cause, long Step, long Steps, long Committed, int Epoch, IReadOnlyList<string> Nodes, int Priority,
    DateTimeOffset Submitted, string? StateHash, IReadOnlyList<TimeLine> Times, DateTimeOffset? ResultsRemoved = null)
{
    /// <summary>Where this is a sweep; null for one run.</summary>
    public SweepView? Sweep { get; init; }

    /// <summary>The sweep whose point this is, too large for one node; null otherwise.</summary>
    public long? PointOf { get; init; }

    [JsonIgnore]
    public bool HasEnded => RunState.Ends.Contains(State);
}

/// <summary>Where a sweep is.</summary>
/// <param name="Points">In all; of a search, or where the sweep may end early, at most.</param>
/// <param name="Ended">Points of which something has come.</param>
/// <param name="Failed">Of these: those without measures.</param>
/// <param name="SecondsLeft">About; null where that is not known.</param>
public sealed record SweepView(int Points, int Ended, int Running, int Failed, long? SecondsLeft);

/// <summary>The words for where a run is.</summary>
public static class RunState
{
    public const string Waiting = "waiting";
    public const string Building = "building";
    public const string Running = "running";
    public const string Done = "done";
    public const string Cancelled = "cancelled";
    public const string Refused = "refused";
    public const string Failed = "failed";

    public static IReadOnlyList<string> Ends { get; } = [Done, Cancelled, Refused, Failed];
}

/// <summary>The words for what a run failed by.</summary>
public static class RunCause
{
    public const string Numbers = "numbers";
    public const string Defect = "defect";
    public const string Infrastructure = "infrastructure";
}

/// <param name="Submitted">False where the key was known already.</param>
public sealed record SubmitAnswer(long Run, bool Submitted);

/// <param name="Node">The name that its process gave itself.</param>
/// <param name="Slots">Shards that it takes at once.</param>
/// <param name="Devices">Graphics processors that it sees.</param>
/// <param name="SilentMs">Since it was heard of.</param>
public sealed record NodeView(
    string Node, string Address, int Slots, int Cores, long MemoryBytes, int VectorBits, IReadOnlyList<string> Devices, string Version, bool Draining, int Shards, IReadOnlyList<long> Runs, long SilentMs);

/// <summary>A line of a run's story.</summary>
public sealed record LogLine(DateTimeOffset At, string Text);

/// <param name="Name">Such as <c>run.json</c>; one part, without folders.</param>
public sealed record ResultFile(string Name, long Bytes, string Sha256);

/// <summary>Hashes of files.</summary>
public sealed record BlobNames(IReadOnlyList<string> Sha256);

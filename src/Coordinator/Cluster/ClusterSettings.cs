using BrainSim.Contracts;

namespace BrainSim.Coordinator.Cluster;

/// <summary>How patient the coordinator is. Times are milliseconds; no result depends on any of these.</summary>
public sealed record ClusterSettings
{
    /// <summary>Of this program: nodes of another get no shards, since the same bits are promised for one version only.</summary>
    public string Version { get; init; } = "";

    /// <summary>A coordinator that did nothing for longer stood still itself: the time does not count as anybody's silence.</summary>
    public long ExcusedAfter { get; init; } = 1000;

    /// <summary>A node that has said nothing for so long is lost: its runs begin again elsewhere.</summary>
    public long LostAfter { get; init; } = 5000;

    /// <summary>What a node has not owned up to is said again.</summary>
    public long ResendAfter { get; init; } = 1000;

    /// <summary>A run in which one node waits for another and nothing moves has a broken link.</summary>
    public long StuckAfter { get; init; } = 8000;

    /// <summary>A run in which nothing moves although nobody waits is begun again: building a large network and long steps must fit in.</summary>
    public long StallAfter { get; init; } = 600_000;

    /// <summary>A draining node's runs are taken from it after so long, at the next checkpoint before.</summary>
    public long HandOverWithin { get; init; } = 10_000;

    /// <summary>Between two checkpoints, about.</summary>
    public long CheckpointEvery { get; init; } = 5000;

    /// <summary>What a shard does in a millisecond, to guess how far apart the first checkpoints are.</summary>
    public double OperationsPerMs { get; init; } = 1e6;

    /// <summary>Operations per step that are worth a shard of their own where the user names no number.</summary>
    public double OperationsOfAShard { get; init; } = 1e5;

    /// <summary>Shards that a network's work is worth.</summary>
    public int WorthOf(RunNeed need) => (int)Math.Clamp(need.OperationsPerStep / OperationsOfAShard, 1, 1 << 20);

    /// <summary>Wait before the second attempt after a failure of machines or links; doubled up to <see cref="LongestBackOff"/>.</summary>
    public long BackOff { get; init; } = 500;

    public long LongestBackOff { get; init; } = 10_000;

    /// <summary>Failures of machines and links in a row, without a checkpoint between them, after which a run is given up.</summary>
    public int MostFailures { get; init; } = 20;

    /// <summary>Runs that have not ended; one more is not taken.</summary>
    public int MostRuns { get; init; } = 10_000;

    /// <summary>Of all submissions whose runs have not ended; one more is not taken.</summary>
    public long MostSubmittedBytes { get; init; } = 256L << 20;

    /// <summary>Points of the sweeps that have not ended: where there are so many, one more sweep is not taken.</summary>
    public long MostPoints { get; init; } = 1_000_000;
}

namespace BrainSim.Coordinator.Cluster;

/// <summary>What a node has to do with one shard's part of a checkpoint or recording; nothing where the run waits or has ended.</summary>
public readonly record struct PartClaim
{
    /// <summary>The part's epoch is the run's present one, and nodes have it.</summary>
    public bool IsUnderWay { get; init; }

    /// <summary>The node has shards of the run, so that it may read what it goes on from.</summary>
    public bool IsShared { get; init; }

    /// <summary>The node has the part's shard in the part's epoch, so that it may write it.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Nothing up to the part's step is written any more.</summary>
    public bool IsCommitted { get; init; }
}

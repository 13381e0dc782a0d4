using BrainSim.Contracts;

namespace BrainSim.Coordinator.Cluster;

/// <summary>What one node has of the present epoch of a run, as the coordinator has heard.</summary>
/// <param name="place">Among the nodes of the run.</param>
internal sealed class NodeShare(Peer peer, int place)
{
    public Peer Peer => peer;

    public int Place => place;

    public bool Has(int shard) => shard >= peer.FirstShard && shard - peer.FirstShard < peer.Shards;

    public IReadOnlyList<ShardAsks>? Asks { get; set; }

    public HostedStatus? Status { get; set; }

    public RunFailed? Failure { get; set; }

    /// <summary>When the node was last told what it lacks; null where it was never.</summary>
    public long? ToldAt { get; set; }

    public bool IsBuilt => Asks is not null || IsOpen;

    public bool IsOpen => Status?.Phase == HostedPhase.Open;

    /// <summary>Where its time went, as last heard.</summary>
    public TimeSpent Spent => new()
    {
        Address = Peer.Address, FirstShard = Peer.FirstShard, BusyMs = Status?.BusyMs ?? 0, WaitedMs = { Status?.WaitedMs ?? [] }, ShardBusyMs = { Status?.ShardBusyMs ?? [] },
    };

    public long Step => Status?.Step ?? 0;

    /// <summary>Milliseconds of the epoch, as last heard, but those in which it waited for the coordinator.</summary>
    public long WorkedMs => Status is null ? 0 : Status.BusyMs + Status.WaitedMs.Where((_, peer) => peer != place).Sum();
}

using BrainSim.Contracts;

namespace BrainSim.Coordinator.Cluster;

/// <summary>What a node has to give to a new run.</summary>
/// <param name="Speed">Operations of one shard per millisecond; 0 where it is not known.</param>
internal sealed record Offer(string Node, string Address, int FreeSlots, long FreeBytes, double Speed)
{
    /// <summary>Nothing else has any of it.</summary>
    public bool IsIdle { get; init; }
}

/// <summary>Where the shards of a run go: the fastest nodes first, as few as will do, since spikes cost least inside a node. A pure function of what it is given.</summary>
internal static class Placement
{
    /// <param name="wanted">Shards; 0 for as many as are worth it.</param>
    /// <param name="worth">Shards that the network's work is worth.</param>
    /// <param name="broken">Pairs of nodes that could not talk to each other; kept apart where that is possible.</param>
    /// <returns>The nodes with their shards, or why there are none.</returns>
    public static (IReadOnlyList<Peer> Peers, string? Reason) Of(
        IReadOnlyList<Offer> offers, int wanted, int worth, long bytes, IReadOnlySet<(string, string)> broken)
    {
        Offer[] order = [.. offers.Where(o => o.FreeSlots > 0).OrderByDescending(o => o.Speed).ThenByDescending(o => o.FreeSlots).ThenBy(o => o.Node, StringComparer.Ordinal)];
        if (offers.Count == 0)
        {
            return ([], "waits for a node: none is there");
        }

        int free = order.Sum(o => o.FreeSlots);
        int shards = wanted > 0 ? wanted : Math.Min(worth, free);
        if (free < Math.Max(1, shards))
        {
            return ([], $"waits for {Math.Max(1, shards)} free slots; {free} of {offers.Count} nodes are free");
        }

        List<Offer> able = Apart(order, broken);
        IReadOnlyList<Peer> apart = Fill(able, wanted > 0 ? wanted : Math.Min(worth, able.Sum(o => o.FreeSlots)), bytes);
        IReadOnlyList<Peer> peers = apart.Count > 0 ? apart : Fill(order, shards, bytes);
        return peers.Count > 0 ? (peers, null)
            : ([], FormattableString.Invariant($"waits for memory: {shards} shards need some {bytes / 1e9:0.###} GB, the nodes have {order.Sum(o => o.FreeBytes) / 1e9:0.###} GB free"));
    }

    private static List<Offer> Apart(IEnumerable<Offer> order, IReadOnlySet<(string, string)> broken)
    {
        List<Offer> kept = [];
        foreach (Offer offer in order)
        {
            if (!kept.Exists(k => broken.Contains((k.Node, offer.Node)) || broken.Contains((offer.Node, k.Node))))
            {
                kept.Add(offer);
            }
        }

        return kept;
    }

    /// <summary>Empty where the shards do not all fit.</summary>
    private static List<Peer> Fill(IEnumerable<Offer> order, int shards, long bytes)
    {
        double bytesOfOne = (double)bytes / shards;
        List<Peer> peers = [];
        int placed = 0;
        foreach (Offer offer in order)
        {
            int fit = bytesOfOne > 0 ? (int)Math.Min(int.MaxValue, offer.FreeBytes / bytesOfOne) : int.MaxValue;
            int here = Math.Min(Math.Min(offer.FreeSlots, fit), shards - placed);
            if (here > 0)
            {
                peers.Add(new Peer { Node = offer.Node, Address = offer.Address, FirstShard = placed, Shards = here });
                placed += here;
            }
        }

        return placed == shards ? peers : [];
    }
}

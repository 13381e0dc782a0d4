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
    /// <param name="bytes">That the whole network needs; each shard an equal part.</param>
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

        int free = Free(order);
        int least = Math.Max(1, wanted);
        if (free < least)
        {
            return ([], $"waits for {least} free {Slots(least)}; {free} {(free == 1 ? "is" : "are")} free");
        }

        List<Offer> able = Apart(order, broken);
        IReadOnlyList<Peer> apart = FillWith(able, wanted, worth, bytes);
        IReadOnlyList<Peer> peers = apart.Count > 0 ? apart : FillWith(order, wanted, worth, bytes);
        return peers.Count > 0 ? (peers, null)
            : ([], FormattableString.Invariant($"waits for memory: it needs some {bytes / 1e9:0.###} GB{(wanted > 0 ? $" in {wanted} equal {(wanted == 1 ? "shard" : "shards")}" : "")}, the nodes have {order.Sum(o => Math.Max(0.0, o.FreeBytes)) / 1e9:0.###} GB free"));
    }

    /// <summary>Where the user names no number of shards, as many as the work is worth, more where memory asks for it, and fewer where the nodes with many slots have too little of it.</summary>
    private static List<Peer> FillWith(IReadOnlyList<Offer> order, int wanted, int worth, long bytes)
    {
        if (wanted > 0)
        {
            return Fill(order, wanted, bytes);
        }

        int free = Free(order);
        int first = Math.Min(worth, free);
        return Upwards(first, free).Concat(Downwards(first)).Select(shards => Fill(order, shards, bytes)).FirstOrDefault(peers => peers.Count > 0, []);
    }

    /// <summary>One more; of many, a 64th more, so that whatever nodes say they have, some thousand numbers are tried.</summary>
    private static IEnumerable<int> Upwards(int first, int last)
    {
        for (int shards = first; shards > 0; shards = shards == last ? 0 : Math.Min(last, shards + 1 + (shards / 64)))
        {
            yield return shards;
        }
    }

    private static IEnumerable<int> Downwards(int above)
    {
        for (int shards = above - 1; shards > 0; shards -= 1 + (shards / 64))
        {
            yield return shards;
        }
    }

    /// <summary>Slots, at most as many as a run may have shards.</summary>
    private static int Free(IReadOnlyList<Offer> offers) => (int)Math.Min(Messages.MostShards, offers.Sum(o => (long)o.FreeSlots));

    private static string Slots(int number) => number == 1 ? "slot" : "slots";

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

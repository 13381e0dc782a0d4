using System.Collections.Immutable;
using BrainSim.Contracts;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;
using Google.Protobuf;

namespace BrainSim.Node.Cluster;

/// <summary>What the engine's shapes are on the wire, there and back.</summary>
public static class WireShapes
{
    public static ShardAsks ToWire(int shard, ShardReach reach)
    {
        ShardAsks asks = new() { Shard = shard };
        asks.ShortestFrom.AddRange(reach.ShortestFrom.Select(s => s ?? -1));
        asks.LongestOf.AddRange(reach.LongestOf);
        asks.Reads.AddRange(reach.Reads);
        asks.Synapses.AddRange(reach.Synapses);
        return asks;
    }

    public static ShardReach FromWire(ShardAsks asks) =>
        new([.. asks.ShortestFrom.Select(s => s < 0 ? (int?)null : s)], [.. asks.LongestOf], [.. asks.Reads]) { Synapses = [.. asks.Synapses] };

    /// <summary>True where what one shard asks fits a run of that many shards.</summary>
    public static bool Fits(ShardAsks asks, int shards) =>
        asks.Shard >= 0 && asks.Shard < shards && asks.ShortestFrom.Count == shards && asks.Reads.Count == shards && asks.LongestOf.All(s => s >= 0) && asks.Synapses.All(s => s >= 0);

    public static Digest ToWire(VariableDigest digest)
    {
        Digest wire = new()
        {
            Name = digest.Name, Head = UnsafeByteOperations.UnsafeWrap(digest.Head), EndsBlock = digest.EndsBlock, Tail = UnsafeByteOperations.UnsafeWrap(digest.Tail),
        };
        wire.Blocks.AddRange(digest.Blocks.Select(b => UnsafeByteOperations.UnsafeWrap(b)));
        return wire;
    }

    public static VariableDigest FromWire(Digest wire) =>
        new(wire.Name, wire.Head.ToByteArray(), wire.EndsBlock, [.. wire.Blocks.Select(b => b.ToByteArray())], wire.Tail.ToByteArray());

    /// <summary>The state hash of a run.</summary>
    /// <param name="ends">Of all shards, in order.</param>
    /// <returns>Null where they do not fit each other.</returns>
    public static string? StateHashOf(IReadOnlyList<ShardEnd> ends)
    {
        ImmutableArray<ImmutableArray<VariableDigest>> parts = [.. ends.Select(e => e.Digests.Select(FromWire).ToImmutableArray())];
        return parts.All(p => p.Select(d => d.Name).SequenceEqual(parts[0].Select(d => d.Name))) ? StateHash.Join(parts) : null;
    }
}

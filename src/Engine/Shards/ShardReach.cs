using System.Collections.Immutable;

namespace BrainSim.Engine.Shards;

/// <summary>What the synapses of one shard ask of the others.</summary>
/// <param name="ShortestFrom">By sending shard: the shortest delay of a synapse from there, in steps; null where there is none.</param>
/// <param name="LongestOf">By source population: the longest delay in steps; 0 where there is no synapse.</param>
/// <param name="Reads">By sending shard: whether couplings read the state of neurons there, every step.</param>
public sealed record ShardReach(ImmutableArray<int?> ShortestFrom, ImmutableArray<int> LongestOf, ImmutableArray<bool> Reads)
{
    /// <summary>By projection: its synapses on this shard; empty where no projection keeps variables of synapses.</summary>
    public ImmutableArray<long> Synapses { get; init; } = [];
}

namespace BrainSim.Engine.Units;

/// <summary>The ids [From, To) of a population that one shard owns: equal contiguous slices, the last ids on the last shard.</summary>
public readonly record struct Partition(int From, int To)
{
    public int Count => To - From;

    public static Partition Of(int size, int shard, int shards) => new((int)((long)size * shard / shards), (int)((long)size * (shard + 1) / shards));

    public bool Holds(int id) => id >= From && id < To;
}

namespace BrainSim.Engine.Recording;

/// <summary>What shards recorded, to be read.</summary>
public interface IChunkSource
{
    /// <summary>The chunks that one shard recorded of one monitor, in the order of time; of several splits where a run went on with another.</summary>
    IEnumerable<Chunk> Of(int monitor, int shard);
}

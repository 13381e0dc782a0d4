using BrainSim.Engine.Monitors;

namespace BrainSim.Engine.Recording;

/// <summary>A chunk that was kept.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Read">The bytes, until the next chunk of the shard is looked at.</param>
public sealed record Chunk(ChunkKey Key, int Length, Func<ReadOnlyMemory<byte>> Read);

/// <summary>Keeps what shards record. While shards run only <see cref="IChunkSink.Take"/> may be called; the rest when all stand still.</summary>
public interface IChunkStore : IChunkSink, IChunkSource
{
    /// <summary>Forgets what was recorded after a step, because the run goes on from there; a negative one forgets all.</summary>
    /// <exception cref="Units.UserMistakeException">What had been recorded up to the step is no longer there.</exception>
    void DropAfter(long step);
}

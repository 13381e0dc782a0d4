using BrainSim.Engine.Units;

namespace BrainSim.Engine.Recording;

/// <summary>Chunks in files that are finished: several for each shard, one after the other in the order of time.</summary>
public sealed class ChunkFiles : IChunkSource
{
    private readonly IReadOnlyList<IReadOnlyList<string>> paths;

    /// <param name="paths">By shard.</param>
    /// <exception cref="UserMistakeException">A file is damaged.</exception>
    public ChunkFiles(IReadOnlyList<IReadOnlyList<string>> paths)
    {
        this.paths = paths;
        foreach (string path in paths.SelectMany(ofShard => ofShard))
        {
            using ChunkFile file = new(path);
            file.CheckEnd();
        }
    }

    public IEnumerable<Chunk> Of(int monitor, int shard)
    {
        foreach (string path in shard < paths.Count ? paths[shard] : [])
        {
            using ChunkFile file = new(path);
            foreach (Chunk chunk in file.Of(monitor))
            {
                yield return chunk;
            }
        }
    }
}

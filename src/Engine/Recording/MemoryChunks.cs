using BrainSim.Engine.Monitors;

namespace BrainSim.Engine.Recording;

/// <summary>Chunks in memory, for networks whose recordings fit there.</summary>
/// <param name="wanted">The monitors to record; null for all.</param>
public sealed class MemoryChunks(IReadOnlySet<int>? wanted = null) : IChunkStore
{
    private readonly Dictionary<(int Monitor, int Shard), List<Chunk>> kept = [];

    public bool Wants(int monitor) => wanted?.Contains(monitor) ?? true;

    public void Take(ChunkKey key, ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        lock (kept)
        {
            if (!kept.TryGetValue((key.Monitor, key.Shard), out List<Chunk>? chunks))
            {
                kept.Add((key.Monitor, key.Shard), chunks = []);
            }

            chunks.Add(new Chunk(key, copy.Length, () => copy));
        }
    }

    public IEnumerable<Chunk> Of(int monitor, int shard) => kept.GetValueOrDefault((monitor, shard)) ?? [];

    public void DropAfter(long step)
    {
        foreach (List<Chunk> chunks in kept.Values)
        {
            chunks.RemoveAll(chunk => chunk.Key.To > step);
        }
    }
}

using System.Buffers;
using System.Runtime.InteropServices;
using BrainSim.Engine.Monitors;

namespace BrainSim.Engine.Recording;

/// <summary>Chunks of one shard in memory, on their way to a file that <see cref="ChunkFiles"/> reads. One thread at a time.</summary>
public sealed class ChunkBuffer : IChunkSink
{
    private readonly ArrayBufferWriter<byte> held = new();

    /// <summary>Of the chunks that were not taken.</summary>
    public int Bytes => held.WrittenCount;

    public bool Wants(int monitor) => true;

    public void Take(ChunkKey key, ReadOnlySpan<byte> bytes)
    {
        ChunkHeader header = new(key, bytes);
        held.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<ChunkHeader>(in header)));
        held.Write(bytes);
    }

    /// <returns>All chunks since the last time.</returns>
    public byte[] TakeAll()
    {
        byte[] all = held.WrittenSpan.ToArray();
        held.ResetWrittenCount();
        return all;
    }
}

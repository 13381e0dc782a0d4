using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BrainSim.Engine.Monitors;

namespace BrainSim.Engine.Recording;

/// <summary>What stands before a chunk's bytes in a file, little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly struct ChunkHeader
{
    /// <summary>"BSC1"; another digit for another format.</summary>
    private const uint Word = 0x31435342;

    private readonly uint word;
    private readonly uint headerSum;
    private readonly uint bytesSum;
    private readonly int length;
    private readonly int monitor;
    private readonly int shard;
    private readonly int shards;
    private readonly long from;
    private readonly long to;

    public ChunkHeader(ChunkKey key, ReadOnlySpan<byte> bytes)
    {
        word = Word;
        bytesSum = Checksum.Of(bytes);
        length = bytes.Length;
        (monitor, shard, shards, from, to) = (key.Monitor, key.Shard, key.Shards, key.From, key.To);
        headerSum = OwnSum;
    }

    public static int Size => Unsafe.SizeOf<ChunkHeader>();

    public int Length => length;

    public ChunkKey Key => new(monitor, shard, shards, from, to);

    /// <summary>False for what is no header, or one that was not written to its end.</summary>
    public bool IsWhole => word == Word && length >= 0 && headerSum == OwnSum;

    private uint OwnSum
    {
        get
        {
            ChunkHeader copy = this;
            return Checksum.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<ChunkHeader>(in copy))[8..]);
        }
    }

    public bool Fits(ReadOnlySpan<byte> bytes) => Checksum.Of(bytes) == bytesSum;
}

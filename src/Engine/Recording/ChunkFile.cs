using System.Runtime.InteropServices;
using BrainSim.Engine.Units;
using Microsoft.Win32.SafeHandles;

namespace BrainSim.Engine.Recording;

/// <summary>The chunks of one shard, one behind the other as they came. A chunk that was not written to its end is known by its length or its checksums. Not thread-safe.</summary>
internal sealed class ChunkFile(string path) : IDisposable
{
    private SafeFileHandle? handle;
    private long end;
    private bool isFlushed = true;

    public void Append(ChunkHeader header, ReadOnlySpan<byte> bytes)
    {
        if (handle is null)
        {
            handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
            end = RandomAccess.GetLength(handle);
        }

        isFlushed = false;
        RandomAccess.Write(handle, MemoryMarshal.AsBytes(new ReadOnlySpan<ChunkHeader>(in header)), end);
        RandomAccess.Write(handle, bytes, end + ChunkHeader.Size);
        end += ChunkHeader.Size + header.Length;
    }

    /// <summary>What was appended survives the end of power from here on.</summary>
    public void Flush()
    {
        if (!isFlushed)
        {
            RandomAccess.FlushToDisk(handle!);
            isFlushed = true;
        }
    }

    /// <summary>The whole headers, each with the position of its bytes, up to the first that is not.</summary>
    public IEnumerable<(ChunkHeader Header, long Position)> Headers()
    {
        using SafeFileHandle file = Open();
        long length = RandomAccess.GetLength(file);
        long position = 0;
        while (TryReadHeader(file, position, out ChunkHeader header) && position + ChunkHeader.Size + header.Length <= length)
        {
            yield return (header, position + ChunkHeader.Size);
            position += ChunkHeader.Size + header.Length;
        }
    }

    /// <summary>The chunks of one monitor.</summary>
    /// <exception cref="UserMistakeException">Thrown by what reads a chunk whose bytes are no longer those that were written.</exception>
    public IEnumerable<Chunk> Of(int monitor)
    {
        using SafeFileHandle file = Open();
        byte[] buffer = [];
        foreach ((ChunkHeader header, long position) in Headers().Where(h => h.Header.Key.Monitor == monitor))
        {
            yield return new Chunk(header.Key, header.Length, () =>
            {
                buffer = buffer.Length >= header.Length ? buffer : new byte[header.Length];
                Memory<byte> bytes = buffer.AsMemory(0, header.Length);
                return RandomAccess.Read(file, bytes.Span, position) == header.Length && header.Fits(bytes.Span)
                    ? bytes
                    : throw new UserMistakeException(new Place(path, 0, 0, ""), $"is damaged near byte {position}: a checksum does not fit; begin the run anew.");
            });
        }
    }

    /// <exception cref="UserMistakeException">Something in the file is no chunk.</exception>
    public void CheckEnd()
    {
        (ChunkHeader header, long position) = Headers().LastOrDefault();
        if (position + header.Length != new FileInfo(path).Length)
        {
            throw new UserMistakeException(new Place(path, 0, 0, ""), $"is damaged after byte {position + header.Length}; begin the run anew.");
        }
    }

    /// <summary>Cuts off what was recorded after a step, and what was not written to its end.</summary>
    /// <param name="kept">Told every chunk that stays.</param>
    public void DropAfter(long step, Action<ChunkHeader> kept)
    {
        Dispose();
        long length = 0;
        foreach ((ChunkHeader header, long position) in Headers().TakeWhile(h => h.Header.Key.To <= step))
        {
            kept(header);
            length = position + header.Length;
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.Read | FileShare.Delete);
        file.SetLength(length);
    }

    public void Dispose()
    {
        handle?.Dispose();
        handle = null;
    }

    private SafeFileHandle Open() => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static bool TryReadHeader(SafeFileHandle file, long position, out ChunkHeader header)
    {
        header = default;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<ChunkHeader>(ref header));
        return RandomAccess.Read(file, bytes, position) == bytes.Length && header.IsWhole;
    }
}

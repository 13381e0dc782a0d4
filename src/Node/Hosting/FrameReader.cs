using BrainSim.Contracts.Frames;

namespace BrainSim.Node.Hosting;

/// <summary>Cuts what comes in on a connection between two nodes into its greeting and its frames. A frame's checksum is the logic's to check. One thread.</summary>
internal sealed class FrameReader(Stream input)
{
    /// <summary>What is asked of the connection at once; longer frames take a longer buffer.</summary>
    private const int ShortBytes = 64 << 10;

    /// <summary>How many times what has come a buffer may be: a length that is only said takes no memory.</summary>
    private const int Growth = 4;

    /// <summary>Short frames in a row, receipts say, after which a long buffer is given up.</summary>
    private const int ShortFrames = 16;

    private byte[] buffer = new byte[ShortBytes];
    private int shortOnes;
    private int from;
    private int to;

    /// <summary>True where the connection has nothing more to say.</summary>
    public bool IsEmpty => from == to;

    /// <summary>Reads the next frame.</summary>
    /// <param name="frame">Valid until the next call; empty where the connection ends or what comes is no frame: then nothing more can be read from it.</param>
    public FrameRefusal Next(out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (!Has(FrameHeader.Bytes))
        {
            return IsEmpty ? FrameRefusal.None : FrameRefusal.WrongLength;
        }

        FrameRefusal refusal = FrameHeader.Read(buffer.AsSpan(from, to - from), out FrameHeader header);
        if (refusal != FrameRefusal.None)
        {
            return refusal;
        }

        int length = FrameHeader.Bytes + header.BodyBytes;
        shortOnes = length > ShortBytes ? 0 : shortOnes + 1;
        if (!Has(length))
        {
            return FrameRefusal.WrongLength;
        }

        frame = Take(length);
        return FrameRefusal.None;
    }

    /// <summary>Bytes that are to come; empty where fewer do.</summary>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (!Has(count))
        {
            return default;
        }

        from += count;
        return buffer.AsSpan(from - count, count);
    }

    /// <summary>Reads until so many bytes are at hand.</summary>
    private bool Has(int count)
    {
        MakeRoom(count);
        while (to - from < count)
        {
            if (to == buffer.Length)
            {
                MakeRoom(count);
            }

            int read = input.Read(buffer, to, buffer.Length - to);
            if (read == 0)
            {
                return false;
            }

            to += read;
        }

        return true;
    }

    private void MakeRoom(int count)
    {
        int held = to - from;
        bool givesUp = buffer.Length > ShortBytes && Math.Max(count, held) <= ShortBytes && shortOnes >= ShortFrames;
        if (from + count <= buffer.Length && !givesUp)
        {
            return;
        }

        int wanted = Math.Max(Math.Min(count, Growth * held), ShortBytes);
        byte[] room = wanted > buffer.Length || givesUp ? new byte[wanted] : buffer;
        Buffer.BlockCopy(buffer, from, room, 0, held);
        (buffer, from, to) = (room, 0, held);
    }
}

namespace BrainSim.Contracts.Frames;

/// <summary>A frame as it is written: room for the header, then the body. Filled again and again; grows, never shrinks. Not thread-safe.</summary>
public sealed class FrameBuffer
{
    private byte[] bytes = new byte[FrameHeader.Bytes];

    public int BodyBytes { get; private set; }

    public FrameHeader Header { get; private set; }

    /// <summary>The whole frame, until it is begun anew.</summary>
    public ReadOnlyMemory<byte> Frame => bytes.AsMemory(0, FrameHeader.Bytes + BodyBytes);

    public void Begin() => BodyBytes = 0;

    /// <summary>Seven bits to a byte, the lowest first; the eighth says that more follow.</summary>
    public void AddNumber(uint number)
    {
        Span<byte> room = Room(5);
        int length = 0;
        for (; number >= 0x80; number >>= 7)
        {
            room[length++] = (byte)(number | 0x80);
        }

        room[length++] = (byte)number;
        BodyBytes += length;
    }

    public void AddBytes(ReadOnlySpan<byte> many)
    {
        many.CopyTo(Room(many.Length));
        BodyBytes += many.Length;
    }

    public void Seal(FrameKind kind, long run, int epoch, int sender, long firstStep, int steps, int count)
    {
        Header = new FrameHeader(kind, run, epoch, sender, firstStep, steps, count, BodyBytes);
        Header.Seal(bytes.AsSpan(0, FrameHeader.Bytes + BodyBytes));
    }

    private Span<byte> Room(int wanted)
    {
        int at = FrameHeader.Bytes + BodyBytes;
        if (bytes.Length - at < wanted)
        {
            Array.Resize(ref bytes, Math.Max(at + wanted, 2 * bytes.Length));
        }

        return bytes.AsSpan(at);
    }
}

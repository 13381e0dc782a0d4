using System.Buffers;
using System.IO.Pipelines;
using BrainSim.Contracts.Frames;

namespace BrainSim.Node.Hosting;

/// <summary>A frame in memory that goes back to the pool. Sealed by its header's length; its checksum is the logic's to check.</summary>
internal readonly record struct ReceivedFrame(byte[] Rented, int Length)
{
    public ReadOnlySpan<byte> Bytes => Rented.AsSpan(0, Length);

    public static ReceivedFrame Of(ReadOnlySpan<byte> frame)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.CopyTo(copy);
        return new ReceivedFrame(copy, frame.Length);
    }

    public void Return() => ArrayPool<byte>.Shared.Return(Rented);

    /// <summary>Reads the next frame of a connection.</summary>
    /// <returns>Null, with why, where it ends or what comes is no frame: then nothing more can be read from it.</returns>
    public static async ValueTask<(ReceivedFrame? Frame, FrameRefusal Refusal)> Read(PipeReader input, CancellationToken cancellation)
    {
        ReadResult start = await input.ReadAtLeastAsync(FrameHeader.Bytes, cancellation);
        if (start.Buffer.Length < FrameHeader.Bytes)
        {
            return (null, start.Buffer.IsEmpty ? FrameRefusal.None : FrameRefusal.WrongLength);
        }

        FrameRefusal refusal = Header(start.Buffer, out FrameHeader header);
        if (refusal != FrameRefusal.None)
        {
            return (null, refusal);
        }

        int length = FrameHeader.Bytes + header.BodyBytes;
        input.AdvanceTo(start.Buffer.Start);
        ReadResult whole = await input.ReadAtLeastAsync(length, cancellation);
        if (whole.Buffer.Length < length)
        {
            return (null, FrameRefusal.WrongLength);
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        ReadOnlySequence<byte> frame = whole.Buffer.Slice(0, length);
        frame.CopyTo(bytes);
        input.AdvanceTo(frame.End);
        return (new ReceivedFrame(bytes, length), FrameRefusal.None);
    }

    private static FrameRefusal Header(ReadOnlySequence<byte> buffer, out FrameHeader header)
    {
        Span<byte> bytes = stackalloc byte[FrameHeader.Bytes];
        buffer.Slice(0, FrameHeader.Bytes).CopyTo(bytes);
        return FrameHeader.Read(bytes, out header);
    }
}

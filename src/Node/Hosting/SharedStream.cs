using System.Diagnostics;

namespace BrainSim.Node.Hosting;

/// <summary>
/// A connection whose bytes go through shared memory: from one busy node to another without the kernel. Whoever finds nothing to read sleeps on the connection, which carries
/// no more than the bytes that wake, and its end.
/// </summary>
internal sealed class SharedStream(Stream connection, SharedRing input, SharedRing output, TimeSpan patience) : Stream
{
    private readonly byte[] bells = new byte[64];
    private volatile bool isOver;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public bool IsReadable => !input.IsEmpty;

    /// <summary>Writes all, where there is room for it.</summary>
    public bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        bool isWritten = output.Write(bytes, all: true) == bytes.Length;
        Ring();
        return isWritten;
    }

    /// <exception cref="IOException">The other node has taken nothing for longer than the patience.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        long since = Stopwatch.GetTimestamp();
        while (!buffer.IsEmpty)
        {
            int written = output.Write(buffer, all: false);
            buffer = buffer[written..];
            Ring();
            if (written > 0)
            {
                since = Stopwatch.GetTimestamp();
            }
            else if (isOver || Stopwatch.GetElapsedTime(since) > patience)
            {
                throw new IOException("the other node reads nothing.");
            }
            else
            {
                Thread.Sleep(1);
            }
        }
    }

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            int read = input.Read(buffer);
            if (read > 0)
            {
                return read;
            }

            if (input.TrySleep() && connection.Read(bells) == 0)
            {
                return 0;
            }

            input.Wake();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        isOver = true;
        if (disposing)
        {
            connection.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Ring()
    {
        if (output.MustWake())
        {
            connection.Write("!"u8);
        }
    }
}

namespace BrainSim.Tests.Engine.Documents;

/// <summary>A file in memory of any length, of which zeros take no room.</summary>
internal sealed class SparseStream : Stream
{
    private const int PageBytes = 1 << 16;

    private readonly Dictionary<long, byte[]> pages = [];
    private long length;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = (int)Math.Min(Math.Min(count, length - Position), PageBytes - (Position % PageBytes));
        Span<byte> wanted = buffer.AsSpan(offset, Math.Max(0, read));
        if (pages.TryGetValue(Position / PageBytes, out byte[]? page))
        {
            page.AsSpan((int)(Position % PageBytes), wanted.Length).CopyTo(wanted);
        }
        else
        {
            wanted.Clear();
        }

        Position += wanted.Length;
        return wanted.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int at = (int)(Position % PageBytes);
            ReadOnlySpan<byte> part = buffer[..Math.Min(buffer.Length, PageBytes - at)];
            bool isKept = pages.TryGetValue(Position / PageBytes, out byte[]? page);
            if (!isKept && part.ContainsAnyExcept((byte)0))
            {
                pages.Add(Position / PageBytes, page = new byte[PageBytes]);
            }

            if (page is not null)
            {
                part.CopyTo(page.AsSpan(at));
            }

            Position += part.Length;
            length = Math.Max(length, Position);
            buffer = buffer[part.Length..];
        }
    }

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = offset + (origin == SeekOrigin.Begin ? 0 : origin == SeekOrigin.Current ? Position : length);

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }
}

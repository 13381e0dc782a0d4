namespace BrainSim.Node.Hosting;

/// <summary>Bytes from one process to another through memory of both. One thread writes, one reads. What the other process does to the numbers in it ends the connection, no more.</summary>
/// <param name="memory">Stays mapped while the ring is held.</param>
/// <param name="start">Of <see cref="Bytes"/> bytes, zero at first: three numbers, each on a cache line pair of its own, then the bytes on their way.</param>
internal sealed unsafe class SharedRing(SharedMemory memory, byte* start)
{
    public const int Bytes = Lines + Capacity;

    public const int Capacity = 256 << 10;

    private const int Line = 128, Lines = 4096;

    private const string Spoilt = "the memory shared with the other node is spoilt.";

    private readonly byte* bytes = start + Lines;

    private ref long Written => ref *(long*)start;

    private ref long Taken => ref *(long*)(start + Line);

    private ref int Asleep => ref *(int*)(start + (2 * Line));

    public bool IsEmpty => Volatile.Read(ref Written) == Taken;

    /// <summary>Writes as much as there is room for.</summary>
    /// <param name="all">Nothing where not all of it has room.</param>
    /// <returns>Bytes written.</returns>
    public int Write(ReadOnlySpan<byte> from, bool all)
    {
        long at = Written;
        long room = Capacity - (at - Volatile.Read(ref Taken));
        int count = (int)Math.Min(from.Length, Checked(room));
        if (all && count < from.Length)
        {
            return 0;
        }

        int first = Math.Min(count, Capacity - Place(at));
        from[..first].CopyTo(new Span<byte>(bytes + Place(at), first));
        from[first..count].CopyTo(new Span<byte>(bytes, count - first));
        Volatile.Write(ref Written, at + count);
        GC.KeepAlive(memory);
        return count;
    }

    /// <returns>Bytes read; 0 where there are none.</returns>
    public int Read(Span<byte> to)
    {
        long at = Taken;
        int count = (int)Math.Min(to.Length, Checked(Volatile.Read(ref Written) - at));
        int first = Math.Min(count, Capacity - Place(at));
        new ReadOnlySpan<byte>(bytes + Place(at), first).CopyTo(to);
        new ReadOnlySpan<byte>(bytes, count - first).CopyTo(to[first..]);
        Volatile.Write(ref Taken, at + count);
        GC.KeepAlive(memory);
        return count;
    }

    /// <summary>The reader says that it goes to sleep. Where there is something after all, it may not.</summary>
    public bool TrySleep()
    {
        Interlocked.Exchange(ref Asleep, 1);
        return IsEmpty;
    }

    /// <summary>The reader is awake.</summary>
    public void Wake() => Volatile.Write(ref Asleep, 0);

    /// <summary>After writing: true where the reader sleeps, for one caller only, who is to wake it.</summary>
    public bool MustWake()
    {
        Interlocked.MemoryBarrier();
        bool must = Volatile.Read(ref Asleep) != 0 && Interlocked.Exchange(ref Asleep, 0) != 0;
        GC.KeepAlive(memory);
        return must;
    }

    private static int Place(long at) => (int)(at & (Capacity - 1));

    private static long Checked(long count) => count is >= 0 and <= Capacity ? count : throw new IOException(Spoilt);
}

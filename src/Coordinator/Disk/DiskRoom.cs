namespace BrainSim.Coordinator.Disk;

/// <summary>What may still be written: as last measured, less what has been written since. Any thread may use it.</summary>
public sealed class DiskRoom
{
    private long left = long.MaxValue;
    private long reserve;

    public long Left => Volatile.Read(ref left);

    /// <param name="room">Bytes.</param>
    /// <param name="keptForBegun">Bytes of the room that are not for new things.</param>
    public void Measured(long room, long keptForBegun)
    {
        Volatile.Write(ref reserve, keptForBegun);
        Volatile.Write(ref left, room);
    }

    /// <summary>Takes room for what is about to be written.</summary>
    /// <param name="forBegun">It belongs to a run that has begun.</param>
    /// <exception cref="NoRoomException">There is not so much.</exception>
    public void Take(long bytes, bool forBegun)
    {
        long needed = forBegun ? 0 : Volatile.Read(ref reserve);
        if (Interlocked.Add(ref left, -bytes) < needed)
        {
            Interlocked.Add(ref left, bytes);
            throw new NoRoomException(Math.Max(0, Left), needed);
        }
    }
}

/// <summary>The coordinator's disk, or its quota, has no room for what should be written.</summary>
/// <param name="left">Bytes.</param>
/// <param name="kept">Of these, for runs that have begun.</param>
public sealed class NoRoomException(long left, long kept) : Exception(FormattableString.Invariant(
    $"the coordinator's disk has no room for this: {left / 1e9:0.00} GB are left{(kept > 0 ? FormattableString.Invariant($", {kept / 1e9:0.00} GB of them for runs that have begun") : "")}; try again later, or ask its operator for room (--quota, --keep)."));

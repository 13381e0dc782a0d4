namespace BrainSim.Node;

/// <summary>
/// Tells threads that something has changed. Whoever waits spins for a short time, since windows last microseconds, then lets others run, then sleeps, so that a
/// shared machine is not burnt. Thread-safe.
/// </summary>
public sealed class Bell
{
    /// <summary>About 20 µs of spinning.</summary>
    private const int Spins = 2000;

    /// <summary>Turns in which others may run before a thread sleeps: waking it takes longer than most windows.</summary>
    private const int Yields = 200;

    private readonly object gate = new();
    private long rings;
    private int sleepers;
    private volatile bool broken;

    /// <summary>To be read before looking for what may have changed, then given to <see cref="Wait"/>.</summary>
    public long Rings => Volatile.Read(ref rings);

    public void Ring()
    {
        // A full fence: a sleeper has either counted itself before, or reads the new count.
        Interlocked.Increment(ref rings);
        if (Volatile.Read(ref sleepers) > 0)
        {
            lock (gate)
            {
                Monitor.PulseAll(gate);
            }
        }
    }

    /// <summary>Sends everybody away for good, for a thread that cannot go on.</summary>
    public void Break()
    {
        broken = true;
        Ring();
    }

    /// <summary>Waits until the bell has rung since <paramref name="seen"/> was read.</summary>
    /// <returns>False when the bell is broken.</returns>
    public bool Wait(long seen)
    {
        for (int spin = 0; spin < Spins && Rings == seen && !broken; spin++)
        {
            Thread.SpinWait(1);
        }

        for (int turn = 0; turn < Yields && Rings == seen && !broken; turn++)
        {
            Thread.Yield();
        }

        if (Rings == seen)
        {
            Sleep(seen);
        }

        return !broken;
    }

    private void Sleep(long seen)
    {
        lock (gate)
        {
            Interlocked.Increment(ref sleepers);
            while (Rings == seen && !broken)
            {
                Monitor.Wait(gate);
            }

            Interlocked.Decrement(ref sleepers);
        }
    }
}

namespace BrainSim.Node;

/// <summary>
/// Lets threads meet at the end of every window. Whoever waits spins for a short time, since windows last microseconds, then sleeps, so that a shared machine is not burnt.
/// </summary>
public sealed class WindowBarrier(int threads, Action atMeeting)
{
    /// <summary>About 20 µs of spinning.</summary>
    private const int Spins = 2000;

    /// <summary>Turns in which others may run before a thread sleeps: waking it takes longer than most windows.</summary>
    private const int Yields = 200;

    private readonly object gate = new();
    private int arrived;
    private volatile int meeting;
    private volatile bool broken;

    /// <summary>Waits for all threads; the last one does <c>atMeeting</c> before any goes on.</summary>
    /// <returns>False when the barrier is broken.</returns>
    public bool Meet()
    {
        int mine = meeting;
        if (Interlocked.Increment(ref arrived) == threads)
        {
            atMeeting();
            arrived = 0;
            Release(mine + 1);
        }
        else
        {
            Wait(mine);
        }

        return !broken;
    }

    /// <summary>Sends everybody away, for a thread that cannot go on.</summary>
    public void Break()
    {
        broken = true;
        Release(meeting + 1);
    }

    private void Release(int next)
    {
        lock (gate)
        {
            meeting = next;
            Monitor.PulseAll(gate);
        }
    }

    private void Wait(int mine)
    {
        for (int spin = 0; spin < Spins && meeting == mine; spin++)
        {
            Thread.SpinWait(1);
        }

        for (int turn = 0; turn < Yields && meeting == mine; turn++)
        {
            Thread.Yield();
        }

        if (meeting != mine)
        {
            return;
        }

        lock (gate)
        {
            while (meeting == mine && !broken)
            {
                Monitor.Wait(gate);
            }
        }
    }
}

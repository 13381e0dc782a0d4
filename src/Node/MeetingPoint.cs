namespace BrainSim.Node;

/// <summary>Lets threads meet; the last one does something before any goes on.</summary>
public sealed class MeetingPoint(int threads, Action atMeeting)
{
    private readonly Bell bell = new();
    private int arrived;

    /// <summary>Waits for all threads.</summary>
    /// <returns>False when the meeting is off.</returns>
    public bool Meet()
    {
        long seen = bell.Rings;
        if (Interlocked.Increment(ref arrived) < threads)
        {
            return bell.Wait(seen);
        }

        atMeeting();
        arrived = 0;
        bell.Ring();
        return true;
    }

    /// <summary>Sends everybody away for good, for a thread that cannot go on.</summary>
    public void Break() => bell.Break();
}

using BrainSim.Engine.Simulation;

namespace BrainSim.Node;

/// <summary>The steps between two meetings of all threads: long enough to be worth a meeting, short enough that a run can be followed and stopped.</summary>
internal sealed class Stretch(long steps, Func<long, long> nextMeeting, TimeProvider clock)
{
    /// <summary>A run answers a request to stop about this fast.</summary>
    private static readonly TimeSpan Wanted = TimeSpan.FromMilliseconds(20);

    private long length = 1;
    private long began;

    /// <summary>The step at which all meet.</summary>
    public long To { get; private set; }

    /// <summary>True where the state is searched for NaN and infinities at the meeting.</summary>
    public bool IsChecked => To % SerialRun.CheckEvery == 0 || To == steps;

    public bool IsLast { get; private set; }

    public bool KeepsCheckpoint { get; private set; }

    /// <summary>Sets out from a meeting, when all that is done there is done: the time that it took is none of the stretch's.</summary>
    public void Begin(long step)
    {
        To = Math.Min(Math.Min(steps, SerialRun.NextCheck(step)), Math.Min(step + length, Math.Max(step + 1, nextMeeting(step))));
        IsLast |= step == steps;
        began = clock.GetTimestamp();
    }

    /// <summary>What happens at the meeting, and how far the next stretch goes.</summary>
    public void Decide(bool stop, bool keepsCheckpoint)
    {
        TimeSpan taken = clock.GetElapsedTime(began);
        length = taken < Wanted / 2 ? Math.Min(2 * length, SerialRun.CheckEvery) : taken > 2 * Wanted ? Math.Max(1, length / 2) : length;
        KeepsCheckpoint = keepsCheckpoint;
        IsLast |= stop;
    }
}

namespace BrainSim.Tests;

/// <summary>A clock that goes on when it is told to, and whose timers fire then. One thread at a time moves it.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Alarm> alarms = [];
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Released whenever something begins to wait for a timer.</summary>
    public SemaphoreSlim Armed { get; } = new(0);

    /// <summary>What the clock on the wall said at the beginning.</summary>
    public DateTimeOffset Start { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(Volatile.Read(ref ticks));

    public override long GetTimestamp() => Volatile.Read(ref ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Alarm alarm = new(this, () => callback(state));
        alarm.Change(dueTime, period);
        lock (gate)
        {
            alarms.Add(alarm);
        }

        Armed.Release();
        return alarm;
    }

    public void Advance(TimeSpan time)
    {
        Volatile.Write(ref ticks, ticks + time.Ticks);
        Alarm[] all;
        lock (gate)
        {
            all = [.. alarms];
        }

        Array.ForEach(all, alarm => alarm.FireIfDue());
    }

    /// <summary>Fires once.</summary>
    private sealed class Alarm(ManualClock clock, Action fire) : ITimer
    {
        private long due = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Volatile.Write(ref due, dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : clock.GetTimestamp() + dueTime.Ticks);
            return true;
        }

        public void FireIfDue()
        {
            long at = Volatile.Read(ref due);
            if (at <= clock.GetTimestamp() && Interlocked.CompareExchange(ref due, long.MaxValue, at) == at)
            {
                fire();
            }
        }

        public void Dispose() => Volatile.Write(ref due, long.MaxValue);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

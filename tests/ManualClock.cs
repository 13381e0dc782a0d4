namespace BrainSim.Tests;

/// <summary>A clock that goes on when it is told to. One thread at a time moves it.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>What the clock on the wall said at the beginning.</summary>
    public DateTimeOffset Start { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(Volatile.Read(ref ticks));

    public override long GetTimestamp() => Volatile.Read(ref ticks);

    public void Advance(TimeSpan time) => Volatile.Write(ref ticks, ticks + time.Ticks);
}

namespace BrainSim.Tests;

/// <summary>A clock that goes on when it is told to. One thread at a time moves it.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref ticks);

    public void Advance(TimeSpan time) => Volatile.Write(ref ticks, ticks + time.Ticks);
}

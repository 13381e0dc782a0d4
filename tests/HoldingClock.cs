namespace BrainSim.Tests;

/// <summary>A clock that goes on when it is told to, and on which the thread of a name stands still when that is told.</summary>
internal sealed class HoldingClock(string thread) : TimeProvider, IDisposable
{
    private readonly ManualResetEventSlim free = new(true);
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        if (Thread.CurrentThread.Name == thread)
        {
            free.Wait();
        }

        return Interlocked.Read(ref ticks);
    }

    public void Advance(TimeSpan time) => Interlocked.Add(ref ticks, time.Ticks);

    public void Hold() => free.Reset();

    public void Release() => free.Set();

    public void Dispose() => free.Dispose();
}

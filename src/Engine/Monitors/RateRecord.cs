using System.Runtime.InteropServices;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Monitors;

/// <summary>
/// Spikes of one population on one shard, counted in bins of some steps. A chunk is one 64-bit count for every bin that it touches; the first and the last bin may have their other
/// spikes in its neighbours.
/// </summary>
public sealed class RateRecord : MonitorRecord
{
    private readonly NativeArray<long> bins = new(0);
    private readonly int everySteps;
    private readonly CountedNeurons counted;
    private long open;
    private long openUntil;

    public RateRecord(int monitor, long steps, int everySteps, CountedNeurons counted)
        : base(monitor, steps)
    {
        this.everySteps = everySteps;
        this.counted = counted;
        BeginAt(0);
    }

    public override long HeldBytes => bins.Length * sizeof(long);

    public static ReadOnlySpan<long> CountsOf(ReadOnlySpan<byte> chunk) => MemoryMarshal.Cast<byte, long>(chunk);

    public void Take(long step, NativeArray<int> fired)
    {
        for (long s = 0; s < fired.Length; s++)
        {
            open += counted.Holds(fired[s]) ? 1 : 0;
        }

        if (step + 1 == openUntil)
        {
            bins.Add(open);
            open = 0;
            openUntil += everySteps;
        }
    }

    public override void Dispose() => bins.Dispose();

    protected override ReadOnlySpan<byte> BytesUpTo(long to)
    {
        if (to > openUntil - everySteps)
        {
            bins.Add(open);
        }

        return MemoryMarshal.AsBytes(bins.Span);
    }

    protected override void Clear(long from)
    {
        bins.Clear();
        open = 0;
        openUntil = ((from / everySteps) + 1) * everySteps;
    }
}

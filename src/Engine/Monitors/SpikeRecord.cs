using System.Runtime.InteropServices;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Monitors;

/// <summary>A spike in a chunk.</summary>
/// <param name="Step">In which it was found; -1 for one that was replayed before the first.</param>
/// <param name="Id">Global.</param>
public readonly record struct RecordedSpike(int Step, int Id);

/// <summary>The spikes of one population on one shard. A chunk is a row of <see cref="RecordedSpike"/>, by step, then id.</summary>
public sealed unsafe class SpikeRecord : MonitorRecord
{
    private readonly NativeArray<RecordedSpike> spikes = new(0);
    private readonly CountedNeurons counted;
    private readonly int first;

    public SpikeRecord(int monitor, long steps, PopulationShard population, CountedNeurons counted)
        : base(monitor, steps)
    {
        this.counted = counted;
        first = population.Slice.From;
        Population = population.Program.Population.Index;
        BeginAt(ReplayCursor.BeforeStart);
    }

    public int Population { get; }

    public override long HeldBytes => spikes.Length * sizeof(RecordedSpike);

    public static ReadOnlySpan<RecordedSpike> SpikesOf(ReadOnlySpan<byte> chunk) => MemoryMarshal.Cast<byte, RecordedSpike>(chunk);

    public void Take(long step, NativeArray<int> fired)
    {
        int count = (int)fired.Length;
        if (count == 0)
        {
            return;
        }

        int* locals = fired.Pointer;
        RecordedSpike* next = spikes.Extend(count);
        for (int s = 0; s < count; s++)
        {
            *next = new RecordedSpike((int)step, first + locals[s]);
            next += counted.Holds(locals[s]) ? 1 : 0;
        }

        spikes.Shrink(next - spikes.Pointer);
    }

    public override void Dispose() => spikes.Dispose();

    protected override ReadOnlySpan<byte> BytesUpTo(long to) => MemoryMarshal.AsBytes(spikes.Span);

    protected override void Clear(long from) => spikes.Clear();
}

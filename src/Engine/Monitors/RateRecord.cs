using BrainSim.Engine.Units;

namespace BrainSim.Engine.Monitors;

/// <summary>Spikes of one population on one shard, counted in bins of some steps. A bin that the run does not fill is dropped.</summary>
public sealed class RateRecord(int everySteps, CountedNeurons counted)
{
    /// <summary>Spikes of the bin that is not full yet.</summary>
    public long Open { get; private set; }

    /// <summary>Counted neurons of all shards.</summary>
    public int Size => counted.Size;

    /// <summary>Spikes of each full bin.</summary>
    public List<long> Counts { get; } = [];

    public void Take(long step, NativeArray<int> fired)
    {
        for (long s = 0; s < fired.Length; s++)
        {
            Open += counted.Holds(fired[s]) ? 1 : 0;
        }

        if ((step + 1) % everySteps == 0)
        {
            Counts.Add(Open);
            Open = 0;
        }
    }

    public void Restore(IEnumerable<long> counts, long open)
    {
        Counts.Clear();
        Counts.AddRange(counts);
        Open = open;
    }
}

using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Monitors;

/// <summary>The spikes of one population on one shard.</summary>
public sealed class SpikeRecord(PopulationShard population, CountedNeurons counted) : IDisposable
{
    /// <summary>Steps of the spikes, in order.</summary>
    public NativeArray<int> Steps { get; } = new(0);

    /// <summary>Global ids, rising within a step.</summary>
    public NativeArray<int> Ids { get; } = new(0);

    public int Population => population.Program.Population.Index;

    public void Take(long step, NativeArray<int> fired)
    {
        for (long s = 0; s < fired.Length; s++)
        {
            if (counted.Holds(fired[s]))
            {
                Steps.Add((int)step);
                Ids.Add(population.Slice.From + fired[s]);
            }
        }
    }

    /// <summary>Goes on from what all shards had recorded, of which this one keeps its own.</summary>
    public void Restore(int[] steps, int[] ids)
    {
        Steps.Clear();
        Ids.Clear();
        for (int s = 0; s < ids.Length; s++)
        {
            if (population.Slice.Holds(ids[s]))
            {
                Steps.Add(steps[s]);
                Ids.Add(ids[s]);
            }
        }
    }

    /// <summary>The spikes of all shards by step, then id.</summary>
    /// <param name="parts">What the shards recorded, in their order.</param>
    public static (int[] Steps, int[] Ids) Joined(IReadOnlyList<(int[] Steps, int[] Ids)> parts)
    {
        if (parts.Count == 1)
        {
            return parts[0];
        }

        // Shards own rising ids and record by rising step, so a stable sort by step is the canonical order.
        (int Step, int Id)[] sorted = [.. parts.SelectMany(part => part.Steps.Zip(part.Ids)).OrderBy(spike => spike.First)];
        return (Array.ConvertAll(sorted, s => s.Step), Array.ConvertAll(sorted, s => s.Id));
    }

    public void Dispose()
    {
        Steps.Dispose();
        Ids.Dispose();
    }
}

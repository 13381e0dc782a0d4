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

    /// <summary>The spikes of all shards by step, then id: shards own rising ids and record by rising step, so each step is that of one shard after the other.</summary>
    /// <param name="parts">What the shards recorded, in their order.</param>
    public static (int[] Steps, int[] Ids) Joined(IReadOnlyList<(int[] Steps, int[] Ids)> parts)
    {
        int[] steps = new int[parts.Sum(p => p.Ids.Length)];
        int[] ids = new int[steps.Length];
        int[] next = new int[parts.Count];
        for (int joined = 0; joined < steps.Length;)
        {
            int step = Enumerable.Range(0, parts.Count).Where(p => next[p] < parts[p].Ids.Length).Min(p => parts[p].Steps[next[p]]);
            for (int p = 0; p < parts.Count; p++)
            {
                for (; next[p] < parts[p].Ids.Length && parts[p].Steps[next[p]] == step; next[p]++)
                {
                    steps[joined] = step;
                    ids[joined++] = parts[p].Ids[next[p]];
                }
            }
        }

        return (steps, ids);
    }

    public void Dispose()
    {
        Steps.Dispose();
        Ids.Dispose();
    }
}

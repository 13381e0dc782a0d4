using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;

namespace BrainSim.Engine.Monitors;

/// <summary>The neurons of a population that a monitor of spikes or rates counts; all where the monitor names no index.</summary>
public sealed class CountedNeurons
{
    private readonly bool[]? counted;

    public CountedNeurons(MonitorSpec monitor, PopulationShard population)
    {
        Size = monitor.Ids?.Distinct().Count() ?? population.Program.Population.Size;
        if (monitor.Ids is { } ids)
        {
            counted = new bool[population.Slice.Count];
            foreach (int id in ids.Where(population.Slice.Holds))
            {
                counted[id - population.Slice.From] = true;
            }
        }
    }

    /// <summary>Counted neurons of all shards.</summary>
    public int Size { get; }

    public bool Holds(int local) => counted is null || counted[local];
}

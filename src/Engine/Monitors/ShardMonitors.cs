using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Monitors;

/// <summary>All that one shard records.</summary>
public sealed class ShardMonitors : IDisposable
{
    private readonly ShardState state;
    private readonly List<SpikeRecord> spikes = [];
    private readonly List<VariableRecord> variables = [];
    private readonly List<(RateRecord Record, int Population)> rates = [];

    public ShardMonitors(ShardState state)
    {
        this.state = state;
        SpikeCounts = new long[state.Populations.Count];
        foreach (MonitorSpec monitor in state.Network.Monitors)
        {
            PopulationShard population = state.Populations[monitor.Population];
            object record = monitor.Kind switch
            {
                MonitorKind.Spikes => new SpikeRecord(population, new CountedNeurons(monitor, population)),
                MonitorKind.Rate => new RateRecord(monitor.EverySteps, new CountedNeurons(monitor, population)),
                _ => new VariableRecord(monitor, population.Precision),
            };
            Records.Add(record);
            switch (record)
            {
                case SpikeRecord spike:
                    spikes.Add(spike);
                    break;
                case RateRecord rate:
                    rates.Add((rate, monitor.Population));
                    break;
                default:
                    variables.Add((VariableRecord)record);
                    break;
            }
        }
    }

    /// <summary>By monitor of the network.</summary>
    public List<object> Records { get; } = [];

    /// <summary>Spikes of this shard so far, by population.</summary>
    public long[] SpikeCounts { get; }

    /// <summary>Takes the spikes of a step that has just ended.</summary>
    public void TakeSpikes(long step)
    {
        for (int p = 0; p < SpikeCounts.Length; p++)
        {
            SpikeCounts[p] += state.Fired[p].Length;
        }

        foreach (SpikeRecord record in spikes)
        {
            record.Take(step, state.Fired[record.Population]);
        }

        foreach ((RateRecord record, int population) in rates)
        {
            record.Take(step, state.Fired[population]);
        }
    }

    /// <summary>Reads the state in the observe phase.</summary>
    public void Observe(long step)
    {
        foreach (VariableRecord record in variables)
        {
            record.Observe(step);
        }
    }

    public void Dispose()
    {
        foreach (IDisposable record in Records.OfType<IDisposable>())
        {
            record.Dispose();
        }
    }

    /// <summary>Finds what is recorded, once the shards know where their synapses stand.</summary>
    /// <exception cref="UserMistakeException">An index names what there is not.</exception>
    public void Open()
    {
        foreach ((MonitorSpec monitor, object record) in state.Network.Monitors.Zip(Records))
        {
            (record as VariableRecord)?.Open(RecordedItems.Of(monitor, state));
        }
    }

    /// <summary>Replayed spikes at time 0 come before the first step; the histories of all shards hold them all.</summary>
    public void TakeSpikesBeforeStart()
    {
        using NativeArray<int> early = new(0);
        for (int p = 0; p < SpikeCounts.Length; p++)
        {
            Partition slice = state.Populations[p].Slice;
            early.Clear();
            foreach (int id in state.Histories[p].Of(ReplayCursor.BeforeStart).Span)
            {
                if (slice.Holds(id))
                {
                    early.Add(id - slice.From);
                }
            }

            SpikeCounts[p] += early.Length;
            foreach (SpikeRecord record in spikes.Where(r => r.Population == p))
            {
                record.Take(ReplayCursor.BeforeStart, early);
            }
        }
    }
}

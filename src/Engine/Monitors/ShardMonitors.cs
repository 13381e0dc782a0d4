using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Monitors;

/// <summary>All that one shard records. What is seen is kept until a chunk is full, see <see cref="ChunkGrid"/>, and then handed over: a run of any length takes the same memory.</summary>
public sealed class ShardMonitors : IDisposable
{
    private readonly ShardState state;
    private readonly int shard;
    private readonly int shards;
    private readonly IChunkSink? sink;
    private readonly List<MonitorRecord> records = [];
    private readonly List<SpikeRecord> spikes = [];
    private readonly List<VariableRecord> variables = [];
    private readonly List<(RateRecord Record, int Population)> rates = [];

    /// <summary>The first step at which some chunk is full.</summary>
    private long full = long.MaxValue;

    /// <param name="sink">Null where nothing is recorded.</param>
    public ShardMonitors(ShardState state, int shard, int shards, IChunkSink? sink)
    {
        this.state = state;
        this.shard = shard;
        this.shards = shards;
        this.sink = sink;
        SpikeCounts = new long[state.Populations.Count];
        for (int m = 0; m < state.Network.Monitors.Length; m++)
        {
            if (sink?.Wants(m) == true)
            {
                Add(m, state.Network.Monitors[m]);
            }
        }

        Plan();
    }

    /// <summary>Spikes of this shard so far, by population.</summary>
    public long[] SpikeCounts { get; }

    /// <summary>Bytes of all that is seen and not handed over.</summary>
    public long HeldBytes => records.Sum(record => record.HeldBytes);

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

    /// <summary>Hands over the chunks that end at a step; called when the one before has ended.</summary>
    public void HandOverFull(long step)
    {
        if (step < full)
        {
            return;
        }

        foreach (MonitorRecord record in records)
        {
            if (record.Until == step)
            {
                record.HandOver(step, shard, shards, sink!);
            }
        }

        Plan();
    }

    /// <summary>Hands over all that was seen before a step, which all steps before have been.</summary>
    public void HandOver(long step)
    {
        foreach (MonitorRecord record in records)
        {
            record.HandOver(step, shard, shards, sink!);
        }

        Plan();
    }

    /// <summary>Goes on from a step at which all had been handed over.</summary>
    public void Restore(long step)
    {
        foreach (MonitorRecord record in records)
        {
            record.BeginAt(step);
        }

        Plan();
    }

    public void Dispose() => records.ForEach(record => record.Dispose());

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

    private void Add(int index, MonitorSpec monitor)
    {
        PopulationShard population = state.Populations[monitor.Population];
        long steps = ChunkGrid.StepsOf(monitor, state.Network);
        switch (monitor.Kind)
        {
            case MonitorKind.Spikes:
                spikes.Add(new SpikeRecord(index, steps, population, new CountedNeurons(monitor, population)));
                records.Add(spikes[^1]);
                break;
            case MonitorKind.Rate:
                rates.Add((new RateRecord(index, steps, monitor.EverySteps, new CountedNeurons(monitor, population)), monitor.Population));
                records.Add(rates[^1].Record);
                break;
            default:
                variables.Add(new VariableRecord(index, steps, monitor, [.. monitor.Variables.Select(v => ProgramName(monitor, v))], population));
                records.Add(variables[^1]);
                break;
        }
    }

    private string ProgramName(MonitorSpec monitor, string variable) =>
        monitor.Projection is { } projection ? $"{state.Network.Projections[projection].Name}.{variable}" : variable;

    private void Plan()
    {
        full = long.MaxValue;
        foreach (MonitorRecord record in records)
        {
            full = Math.Min(full, record.Until);
        }
    }
}

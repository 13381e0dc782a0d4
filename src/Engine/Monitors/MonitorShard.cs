using System.Collections.Immutable;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Monitors;

/// <summary>The spikes of one population on one shard.</summary>
public sealed class SpikeRecord(PopulationShard population) : IDisposable
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
            Steps.Add((int)step);
            Ids.Add(population.Slice.From + fired[s]);
        }
    }

    public void Dispose()
    {
        Steps.Dispose();
        Ids.Dispose();
    }
}

/// <summary>Spikes of one population on one shard, counted in bins of some steps. A bin that the run does not fill is dropped.</summary>
public sealed class RateRecord(int everySteps)
{
    private long open;

    /// <summary>Spikes of each full bin.</summary>
    public List<long> Counts { get; } = [];

    public void Take(long step, NativeArray<int> fired)
    {
        open += fired.Length;
        if ((step + 1) % everySteps == 0)
        {
            Counts.Add(open);
            open = 0;
        }
    }
}

/// <summary>Variables of some neurons on one shard: one row of numbers per recorded step and variable.</summary>
public sealed unsafe class VariableRecord : IDisposable
{
    private readonly PopulationShard population;
    private readonly int[] locals;
    private readonly int[] columns;
    private readonly double[] constants;
    private readonly MonitorSpec monitor;

    /// <param name="names">The recorded names as the population's program knows them.</param>
    public VariableRecord(MonitorSpec monitor, ImmutableArray<string> names, PopulationShard population)
    {
        this.monitor = monitor;
        this.population = population;
        int[] ids = monitor.Ids ?? [.. Enumerable.Range(0, population.Program.Population.Size)];
        Places = [.. Enumerable.Range(0, ids.Length).Where(place => population.Slice.Holds(ids[place]))];
        Width = ids.Length;
        locals = [.. Places.Select(place => ids[place] - population.Slice.From)];
        columns = [.. names.Select(population.Program.FindColumn)];
        constants = [.. names.Select(name => population.Program.Uniforms.GetValueOrDefault(name))];
        Rows = [.. names.Select(_ => new NativeArray<byte>(0))];
    }

    /// <summary>Where this shard's neurons stand in a row of the whole monitor.</summary>
    public int[] Places { get; }

    /// <summary>Neurons in a row of the whole monitor.</summary>
    public int Width { get; }

    /// <summary>Recorded steps.</summary>
    public List<long> Steps { get; } = [];

    /// <summary>By variable: this shard's part of each row, in the run's precision.</summary>
    public ImmutableArray<NativeArray<byte>> Rows { get; }

    public void Observe(long step)
    {
        if ((step + 1) % monitor.EverySteps != 0)
        {
            return;
        }

        Steps.Add(step);
        for (int v = 0; v < columns.Length; v++)
        {
            foreach (int local in locals)
            {
                Append(Rows[v], columns[v] >= 0 ? population.Read(columns[v], local) : constants[v]);
            }
        }
    }

    public void Dispose()
    {
        foreach (NativeArray<byte> rows in Rows)
        {
            rows.Dispose();
        }
    }

    private void Append(NativeArray<byte> rows, double value)
    {
        if (population.Precision == Precision.Float64)
        {
            rows.AddRange((byte*)&value, sizeof(double));
        }
        else
        {
            float narrow = (float)value;
            rows.AddRange((byte*)&narrow, sizeof(float));
        }
    }
}

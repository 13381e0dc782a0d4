using System.Collections.Immutable;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Monitors;

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

    /// <summary>Goes on from the rows of all shards, of which this one keeps its own neurons.</summary>
    /// <param name="rows">By variable: whole rows.</param>
    public void Restore(int[] steps, ImmutableArray<byte[]> rows)
    {
        int bytes = population.Precision.Bytes();
        Steps.Clear();
        Steps.AddRange(steps.Select(step => (long)step));
        for (int v = 0; v < Rows.Length; v++)
        {
            Rows[v].Clear();
            foreach (int at in Enumerable.Range(0, steps.Length).SelectMany(row => Places.Select(place => ((row * Width) + place) * bytes)))
            {
                fixed (byte* number = &rows[v][at])
                {
                    Rows[v].AddRange(number, bytes);
                }
            }
        }
    }

    /// <summary>The rows of one variable over all shards, neuron by neuron, in the run's precision.</summary>
    /// <param name="parts">Each shard's part of the rows, and where its columns stand in the whole.</param>
    /// <param name="length">Rows.</param>
    public static byte[] Joined(IReadOnlyList<(byte[] Rows, int[] Places)> parts, int length)
    {
        byte[] rows = new byte[parts.Sum(p => p.Rows.LongLength)];
        int width = parts.Sum(p => p.Places.Length);
        int bytes = length == 0 ? 0 : rows.Length / (length * width);
        foreach ((byte[] mine, int[] places) in parts)
        {
            for (int row = 0; row < length; row++)
            {
                for (int j = 0; j < places.Length; j++)
                {
                    mine.AsSpan(((row * places.Length) + j) * bytes, bytes).CopyTo(rows.AsSpan(((row * width) + places[j]) * bytes));
                }
            }
        }

        return rows;
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

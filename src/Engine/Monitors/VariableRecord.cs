using System.Collections.Immutable;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Monitors;

/// <summary>Variables of some neurons, sources or synapses on one shard: one row of numbers per recorded step and variable.</summary>
public sealed unsafe class VariableRecord : IDisposable
{
    private readonly MonitorSpec monitor;
    private readonly Precision precision;
    private int[] locals = [];
    private RecordedItems? items;

    public VariableRecord(MonitorSpec monitor, Precision precision)
    {
        (this.monitor, this.precision) = (monitor, precision);
        Rows = [.. monitor.Variables.Select(_ => new NativeArray<byte>(0))];
    }

    /// <summary>Where this shard's columns stand in a row of the whole monitor.</summary>
    public int[] Places { get; private set; } = [];

    /// <summary>Columns in a row of the whole monitor.</summary>
    public int Width { get; private set; }

    /// <summary>By place of this shard: source and target of each recorded synapse; null where no synapses are recorded.</summary>
    public (int Pre, int Post)[]? Ends { get; private set; }

    /// <summary>Recorded steps.</summary>
    public List<long> Steps { get; } = [];

    /// <summary>By variable: this shard's part of each row, in the run's precision.</summary>
    public ImmutableArray<NativeArray<byte>> Rows { get; }

    /// <summary>Finds what is recorded, before the first step.</summary>
    /// <exception cref="UserMistakeException">The index names a synapse, source or neuron that there is not.</exception>
    internal void Open(RecordedItems recorded)
    {
        items = recorded;
        int[] ids = monitor.Ids ?? [.. Enumerable.Range(0, checked((int)recorded.Total))];
        if (Array.Find(ids, id => id >= recorded.Total) is > 0 and var none)
        {
            throw new UserMistakeException(monitor.Place.At("index"), $"there is no {recorded.Word} {none}: there are {recorded.Total}, counted from 0.");
        }

        Width = ids.Length;
        Places = [.. Enumerable.Range(0, ids.Length).Where(place => ids[place] >= recorded.From && ids[place] < recorded.From + recorded.Count)];
        locals = [.. Places.Select(place => (int)(ids[place] - recorded.From))];
        Ends = recorded.Ends is { } ends ? [.. locals.Select(ends)] : null;
    }

    public void Observe(long step)
    {
        if ((step + 1) % monitor.EverySteps != 0)
        {
            return;
        }

        Steps.Add(step);
        for (int v = 0; v < Rows.Length; v++)
        {
            foreach (int local in locals)
            {
                Append(Rows[v], items!.Read(v, local));
            }
        }
    }

    /// <summary>Goes on from the rows of all shards, of which this one keeps its own columns.</summary>
    /// <param name="rows">By variable: whole rows.</param>
    public void Restore(int[] steps, ImmutableArray<byte[]> rows)
    {
        int bytes = precision.Bytes();
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
        if (precision == Precision.Float64)
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

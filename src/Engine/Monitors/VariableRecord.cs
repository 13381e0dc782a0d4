using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Monitors;

/// <summary>
/// Variables of some neurons on one shard. A chunk says which columns of the whole monitor's rows it has, as <see cref="ColumnRun"/>s behind their number (64 bits); then, row by row
/// and variable by variable, one number for each of them in the run's precision.
/// </summary>
public sealed unsafe class VariableRecord : MonitorRecord
{
    private readonly NativeArray<byte> rows = new(0);
    private readonly PopulationShard population;
    private readonly int[] locals;
    private readonly int[] columns;
    private readonly double[] constants;
    private readonly int everySteps;
    private readonly byte[] layout;
    private long nextRow;

    /// <param name="names">The recorded names as the population's program knows them.</param>
    public VariableRecord(int monitor, long steps, MonitorSpec spec, ImmutableArray<string> names, PopulationShard population)
        : base(monitor, steps)
    {
        this.population = population;
        everySteps = spec.EverySteps;
        int[] ids = spec.Ids ?? [.. Enumerable.Range(0, population.Program.Population.Size)];
        int[] places = [.. Enumerable.Range(0, ids.Length).Where(place => population.Slice.Holds(ids[place]))];
        locals = [.. places.Select(place => ids[place] - population.Slice.From)];
        columns = [.. names.Select(population.Program.FindColumn)];
        constants = [.. names.Select(name => population.Program.Uniforms.GetValueOrDefault(name))];
        ColumnRun[] runs = ColumnRun.Of(places);
        layout = [.. BitConverter.GetBytes((long)runs.Length), .. MemoryMarshal.AsBytes(runs.AsSpan())];
        BeginAt(0);
    }

    public override long HeldBytes => rows.Length;

    public void Observe(long step)
    {
        if (step + 1 != nextRow)
        {
            return;
        }

        nextRow += everySteps;
        byte* row = rows.Extend((long)columns.Length * locals.Length * population.Precision.Bytes());
        for (int v = 0; v < columns.Length; v++)
        {
            for (int j = 0; j < locals.Length; j++)
            {
                Append(ref row, columns[v] >= 0 ? population.Read(columns[v], locals[j]) : constants[v]);
            }
        }
    }

    public override void Dispose() => rows.Dispose();

    protected override ReadOnlySpan<byte> BytesUpTo(long to) => rows.Span;

    protected override void Clear(long from)
    {
        rows.Clear();
        layout.CopyTo(new Span<byte>(rows.Extend(layout.Length), layout.Length));
        nextRow = ((from / everySteps) + 1) * everySteps;
    }

    private void Append(ref byte* row, double value)
    {
        if (population.Precision == Precision.Float64)
        {
            *(double*)row = value;
            row += sizeof(double);
        }
        else
        {
            *(float*)row = (float)value;
            row += sizeof(float);
        }
    }
}

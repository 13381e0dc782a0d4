using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Monitors;

/// <summary>Variables of some neurons, sources or synapses on one shard. A chunk begins with a <see cref="RowLayout"/>; then, row by row and variable by variable, one number for each in the run's precision.</summary>
public sealed unsafe class VariableRecord : MonitorRecord
{
    private readonly NativeArray<byte> rows = new(0);
    private readonly RecordedItems items;
    private readonly Precision precision;
    private readonly int[] locals;
    private readonly int variables;
    private readonly int everySteps;
    private readonly byte[] layout;
    private long nextRow;

    /// <exception cref="UserMistakeException">The index names a synapse, source or neuron that there is not.</exception>
    internal VariableRecord(int monitor, long steps, MonitorSpec spec, RecordedItems items, Precision precision)
        : base(monitor, steps)
    {
        this.items = items;
        this.precision = precision;
        (variables, everySteps) = (spec.Variables.Length, spec.EverySteps);
        int[] ids = spec.Ids ?? [.. Enumerable.Range(0, checked((int)items.Total))];
        if (Array.Find(ids, id => id >= items.Total) is > 0 and var none)
        {
            throw new UserMistakeException(spec.Place.At("index"), $"there is no {items.Word} {none}: there are {items.Total}, counted from 0.");
        }

        int[] places = [.. Enumerable.Range(0, ids.Length).Where(place => ids[place] >= items.From && ids[place] < items.From + items.Count)];
        locals = [.. places.Select(place => (int)(ids[place] - items.From))];
        layout = RowLayout.Bytes(ids.Length, places, items.Ends is { } ends ? [.. locals.Select(ends)] : []);
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
        byte* row = rows.Extend((long)variables * locals.Length * precision.Bytes());
        for (int v = 0; v < variables; v++)
        {
            for (int j = 0; j < locals.Length; j++)
            {
                Append(ref row, items.Read(v, locals[j]));
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
        if (precision == Precision.Float64)
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

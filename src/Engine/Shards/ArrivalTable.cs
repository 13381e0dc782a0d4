using BrainSim.Engine.Connectivity;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>One projection onto one shard: its synapses, and what an arriving spike adds to which columns.</summary>
public sealed unsafe class ArrivalTable : IDisposable
{
    private readonly SynapseTable table;
    private readonly PopulationShard target;
    private readonly SpikeHistory sources;
    private readonly ColumnJump[] jumps;
    private readonly int arrivalOffset;
    private readonly int updatesBefore;
    private readonly bool single;

    private ArrivalTable(long synapses, SynapseTable table, PopulationShard target, SpikeHistory sources, int source, ColumnJump[] jumps, Schedule schedule)
    {
        Synapses = synapses;
        Source = source;
        this.table = table;
        this.target = target;
        this.sources = sources;
        this.jumps = jumps;
        arrivalOffset = schedule.ArrivalOffset;
        updatesBefore = schedule.IsBefore(Phase.Update, Phase.Arrive) ? 1 : 0;
        single = target.Precision == Precision.Float32;
    }

    /// <summary>Of the projection on this shard, also where spikes change nothing and none are in the table.</summary>
    public long Synapses { get; }

    /// <summary>Index of the source population.</summary>
    public int Source { get; }

    /// <summary>Spikes times synapses so far, those under way included.</summary>
    public long Events { get; internal set; }

    public static ArrivalTable Build(NetworkSpec network, Arrival arrival, PopulationShard target, BuiltProjection built, SpikeHistory sources)
    {
        ColumnJump[] jumps = [.. arrival.Jumps.Select(jump => ColumnJump.Of(network, arrival.Projection, jump, target, built.Table, built.Values))];
        built.Table.ReleaseOrigin();
        return new ArrivalTable(built.Synapses, built.Table, target, sources, arrival.Projection.Pre, jumps, network.Schedule);
    }

    /// <summary>In steps; 0 where there are no synapses.</summary>
    public int LongestDelay => table.Count > 0 ? table.LongestDelay : 0;

    /// <summary>In steps, over the synapses of some source neurons; null where they have none.</summary>
    public int? ShortestDelayFrom(Partition sources) => table.ShortestDelayFrom(sources);

    /// <summary>Adds what arrives at the start of a step: older spikes first.</summary>
    public void Deliver(long step)
    {
        if (table.Count == 0)
        {
            return;
        }

        for (int delay = table.LongestDelay; delay >= table.ShortestDelay; delay--)
        {
            NativeArray<int> spikes = sources.Of(step - arrivalOffset - delay);
            if (spikes.Length > 0)
            {
                // Where the update came first, it has counted this step of the refractory time already.
                Deliver(spikes, (ushort)delay, (int)step + updatesBefore);
            }
        }
    }

    /// <summary>Counts spikes that have become known.</summary>
    public void CountEvents(ReadOnlySpan<int> sourceIds)
    {
        if (table.Count == 0)
        {
            return;
        }

        long* rows = table.RowStart.Pointer;
        foreach (int source in sourceIds)
        {
            Events += rows[source + 1] - rows[source];
        }
    }

    public void Dispose()
    {
        table.Dispose();
        Array.ForEach(jumps, jump => jump.Each?.Dispose());
    }

    private void Deliver(NativeArray<int> spikes, ushort delay, int step)
    {
        foreach (ColumnJump jump in jumps)
        {
            if (table.Targets16 is { } narrow)
            {
                Deliver(narrow.Pointer, spikes, jump, delay, step);
            }
            else
            {
                Deliver(table.Targets32!.Pointer, spikes, jump, delay, step);
            }
        }
    }

    private void Deliver<TIndex>(TIndex* targets, NativeArray<int> spikes, ColumnJump jump, ushort delay, int step)
        where TIndex : unmanaged
    {
        if (single)
        {
            Deliver(targets, spikes, (float*)jump.Column, (float*)jump.EachPointer, (float)jump.Same, jump.LostWhileRefractory, delay, step);
        }
        else
        {
            Deliver(targets, spikes, (double*)jump.Column, (double*)jump.EachPointer, jump.Same, jump.LostWhileRefractory, delay, step);
        }
    }

    private void Deliver<TIndex, T>(TIndex* targets, NativeArray<int> spikes, T* column, T* each, T same, bool lost, ushort delay, int step)
        where TIndex : unmanaged
        where T : unmanaged
    {
        long* rows = table.RowStart.Pointer;
        int count = (int)spikes.Length;
        if (table.Delays is { } delays)
        {
            SpikeDelivery.AddOfDelay(column, targets, rows, delays.Pointer, delay, spikes.Pointer, count, each, same, lost ? target.ActiveFrom : null, step);
        }
        else if (lost)
        {
            SpikeDelivery.AddToActive(column, targets, rows, spikes.Pointer, count, each, same, target.ActiveFrom, step);
        }
        else if (each != null)
        {
            SpikeDelivery.AddEach(column, targets, rows, spikes.Pointer, count, each);
        }
        else
        {
            SpikeDelivery.AddSame(column, targets, rows, spikes.Pointer, count, same);
        }
    }
}

/// <summary>What a spike adds to one column: one number for all synapses, or one for each in the table's order, in the run's precision.</summary>
public sealed unsafe class ColumnJump
{
    private ColumnJump(nint column, bool lostWhileRefractory)
    {
        Column = column;
        LostWhileRefractory = lostWhileRefractory;
    }

    /// <summary>Address of the column's first number.</summary>
    public nint Column { get; }

    public bool LostWhileRefractory { get; }

    public double Same { get; private init; }

    public NativeArray<byte>? Each { get; private init; }

    public void* EachPointer => Each is null ? null : Each.Pointer;

    public static ColumnJump Of(NetworkSpec network, ProjectionSpec projection, Jump jump, PopulationShard target, SynapseTable table, SynapseValues values)
    {
        nint column = (nint)target.ColumnPointer(jump.Column);
        IReadOnlyList<string> names = Rewriting.NamesIn(jump.Size);
        bool same = names.All(name => name switch
        {
            Scope.Weight => values.Weights is null,
            Scope.Delay => values.Delays is null,
            _ => name == Scope.Dt || target.Program.Uniforms.ContainsKey(name),
        });
        if (same)
        {
            double size = Evaluation.Of(jump.Size, name => name switch
            {
                Scope.Weight => values.SameWeight,
                Scope.Delay => values.SameDelayMilliseconds,
                Scope.Dt => network.Grid.Dt,
                _ => target.Program.Uniforms[name],
            });
            return new ColumnJump(column, jump.LostWhileRefractory) { Same = size };
        }

        return new ColumnJump(column, jump.LostWhileRefractory) { Each = EachOf(jump.Size, names, target, table, values) };
    }

    private static NativeArray<byte> EachOf(Expr size, IReadOnlyList<string> names, PopulationShard target, SynapseTable table, SynapseValues values)
    {
        Dictionary<string, int> slots = names.Select((name, slot) => (name, slot)).ToDictionary(n => n.name, n => n.slot);
        Evaluator evaluator = new Evaluation(Arithmetic.Portable, name => slots[name]).Compile(size);
        Func<long, double>[] sources = [.. names.Select(name => Source(name, target, table, values))];
        Frame frame = new(names.Count);
        bool single = target.Precision == Precision.Float32;
        NativeArray<byte> each = new(table.Count * target.Precision.Bytes());
        for (long s = 0; s < table.Count; s++)
        {
            for (int slot = 0; slot < sources.Length; slot++)
            {
                frame.Slots[slot] = sources[slot](s);
            }

            if (single)
            {
                ((float*)each.Pointer)[s] = (float)evaluator(frame);
            }
            else
            {
                ((double*)each.Pointer)[s] = evaluator(frame);
            }
        }

        return each;
    }

    /// <summary>Reads a name's value for a synapse of the table.</summary>
    private static Func<long, double> Source(string name, PopulationShard target, SynapseTable table, SynapseValues values)
    {
        NativeArray<long> origin = table.Origin!;
        switch (name)
        {
            case Scope.Weight:
                return values.Weights is { } weights ? s => weights[origin[s]] : _ => values.SameWeight;
            case Scope.Delay:
                return values.Delays is { } delays ? s => delays[origin[s]] : _ => values.SameDelayMilliseconds;
            case Scope.Dt:
                return _ => target.Grid.Dt;
            default:
                if (target.Program.Uniforms.TryGetValue(name, out double uniform))
                {
                    return _ => uniform;
                }

                int column = target.Program.ColumnOf(name);
                return s => target.Read(column, table.Target(s));
        }
    }
}

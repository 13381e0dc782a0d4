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
    private readonly RowShare? rows;
    private readonly HeldNeurons held = new();
    private readonly PopulationShard target;
    private readonly SpikeHistory sources;
    private readonly NativeArray<int> spikesOf;
    private readonly ColumnJump[] jumps;
    private readonly int arrivalOffset;
    private readonly int updatesBefore;
    private readonly bool single;

    private ArrivalTable(long synapses, SynapseTable table, RowShare? rows, PopulationShard target, SpikeHistory sources, NativeArray<int> spikesOf, ProjectionSpec projection, ColumnJump[] jumps, Schedule schedule)
    {
        Synapses = synapses;
        (Projection, this.spikesOf) = (projection.Index, spikesOf);
        this.table = table;
        this.rows = rows;
        this.target = target;
        this.sources = sources;
        this.jumps = jumps;
        arrivalOffset = schedule.ArrivalOffset;
        updatesBefore = schedule.IsBefore(Phase.Update, Phase.Arrive) ? 1 : 0;
        single = target.Precision == Precision.Float32;
    }

    /// <summary>Of the projection on this shard, also where spikes change nothing and none are in the table.</summary>
    public long Synapses { get; }

    /// <summary>Index of the projection.</summary>
    public int Projection { get; }

    /// <summary>Spikes times synapses so far: where all have one delay those that have arrived, else those under way too, added up over all sources.</summary>
    public long Events
    {
        get
        {
            long events = EventsBefore;
            for (int source = 0; CountsBySource && source < spikesOf.Length; source++)
            {
                events += (long)spikesOf[source] * (rows is not null ? rows.Degrees[source] : table.Degree(source));
            }

            return events;
        }
    }

    /// <summary>True where the spikes of each source must be counted.</summary>
    public bool CountsBySource => rows is not null || table.Delays is not null;

    /// <summary>Those that are counted already, beside the spikes that are counted by source.</summary>
    public long EventsBefore { get; internal set; }

    /// <summary>True where spikes are delivered from a table of the projection's own.</summary>
    public bool HasTable => table.Count > 0;

    /// <summary>True where spikes are delivered from rows that several projections share.</summary>
    public bool IsInRows => rows is not null;

    /// <summary>What is read of a synapse at an event: its target, delay and sizes, where they are kept.</summary>
    public int BytesPerEvent => rows is not null ? rows.Rows.BytesOfOne
        : (table.Targets16 is null ? sizeof(int) : sizeof(ushort)) + (table.Delays is null ? 0 : sizeof(ushort)) + (jumps.Count(j => j.Each is not null) * target.Precision.Bytes());

    /// <param name="wired">Must live longer.</param>
    /// <param name="spikesOf">By source neuron: its spikes so far.</param>
    internal static ArrivalTable Of(NetworkSpec network, Arrival arrival, PopulationShard target, WiredProjection wired, SpikeHistory sources, NativeArray<int> spikesOf)
    {
        ColumnJump[] jumps = [.. arrival.Jumps.Select((jump, j) => ColumnJump.Of(network, arrival.Projection, jump, target, wired.Sizes[j]))];
        return new ArrivalTable(wired.Synapses, wired.Table, null, target, sources, spikesOf, arrival.Projection, jumps, network.Schedule);
    }

    /// <summary>A projection whose synapses lie in rows that it shares with others.</summary>
    public static ArrivalTable InRows(NetworkSpec network, Arrival arrival, PopulationShard target, RowShare rows, SpikeHistory sources, NativeArray<int> spikesOf) =>
        new(rows.Degrees.Span.ToArray().Sum(degree => (long)degree), SynapseTable.Empty(), rows, target, sources, spikesOf, arrival.Projection, [], network.Schedule);

    /// <summary>In steps; 0 where there are no synapses.</summary>
    public int LongestDelay => rows?.Rows.LongestDelay ?? (table.Count > 0 ? table.LongestDelay : 0);

    /// <summary>In steps, over the synapses of some source neurons; null where they have none. In shared rows that of all, so that whole steps of spikes begin together.</summary>
    public int? ShortestDelayFrom(Partition sources) =>
        rows is null ? table.ShortestDelayFrom(sources) : rows.Degrees.Span[sources.From..sources.To].ContainsAnyExcept(0) ? rows.Rows.ShortestDelay : null;

    /// <summary>Adds what arrives at the start of a step: older spikes first. For projections with a table of their own.</summary>
    public void Deliver(long step)
    {
        for (int delay = table.LongestDelay; delay >= table.ShortestDelay; delay--)
        {
            NativeArray<int> spikes = sources.Of(step - arrivalOffset - delay);
            if (spikes.Length > 0)
            {
                long synapses = CountsBySource ? 0 : CountSynapses(spikes);
                EventsBefore += synapses;

                // Where the update came first, it has counted this step of the refractory time already.
                Deliver(spikes, (ushort)delay, (int)step + updatesBefore, isDense: synapses >= target.Slice.Count);
            }
        }
    }

    public void Dispose() => held.Dispose();

    /// <param name="isDense">More synapses are served than there are neurons.</param>
    private void Deliver(NativeArray<int> spikes, ushort delay, int step, bool isDense)
    {
        foreach (ColumnJump jump in jumps)
        {
            if (table.Targets16 is { } narrow)
            {
                Deliver(narrow.Pointer, spikes, jump, delay, step, isDense);
            }
            else
            {
                Deliver(table.Targets32!.Pointer, spikes, jump, delay, step, isDense);
            }
        }
    }

    private void Deliver<TIndex>(TIndex* targets, NativeArray<int> spikes, ColumnJump jump, ushort delay, int step, bool isDense)
        where TIndex : unmanaged
    {
        if (single)
        {
            Deliver(targets, spikes, (float*)jump.Column, (float*)jump.EachPointer, (float)jump.Same, jump.LostWhileRefractory, delay, step, isDense);
        }
        else
        {
            Deliver(targets, spikes, (double*)jump.Column, (double*)jump.EachPointer, jump.Same, jump.LostWhileRefractory, delay, step, isDense);
        }
    }

    private void Deliver<TIndex, T>(TIndex* targets, NativeArray<int> spikes, T* column, T* each, T same, bool lost, ushort delay, int step, bool isDense)
        where TIndex : unmanaged
        where T : unmanaged
    {
        long* rows = table.RowStart.Pointer;
        int count = (int)spikes.Length;
        if (table.Delays is { } delays)
        {
            SpikeDelivery.AddOfDelay(column, targets, rows, delays.Pointer, delay, spikes.Pointer, count, each, same, lost ? target.ActiveFrom : null, step);
        }
        else if (lost && !isDense)
        {
            SpikeDelivery.AddToActive(column, targets, rows, spikes.Pointer, count, each, same, target.ActiveFrom, step);
        }
        else
        {
            if (lost)
            {
                held.Keep(column, target.ActiveFrom, target.Slice.Count, step);
            }

            if (each != null)
            {
                SpikeDelivery.AddEach(column, targets, rows, spikes.Pointer, count, each);
            }
            else
            {
                SpikeDelivery.AddSame(column, targets, rows, spikes.Pointer, count, same);
            }

            if (lost)
            {
                held.PutBack(column);
            }
        }
    }

    private long CountSynapses(NativeArray<int> spikes)
    {
        long* starts = table.RowStart.Pointer;
        long synapses = 0;
        for (long s = 0; s < spikes.Length; s++)
        {
            synapses += starts[spikes[s] + 1] - starts[spikes[s]];
        }

        return synapses;
    }
}

/// <summary>A projection's part of rows that several share.</summary>
/// <param name="Degrees">By source neuron: its synapses of this projection.</param>
public sealed record RowShare(DelayRows Rows, NativeArray<int> Degrees);

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

    /// <param name="each">Where sizes differ.</param>
    public static ColumnJump Of(NetworkSpec network, ProjectionSpec projection, Jump jump, PopulationShard target, NativeArray<byte>? each) =>
        new((nint)target.ColumnPointer(jump.Column), jump.LostWhileRefractory)
        {
            Each = each, Same = each is null ? JumpSizes.SameOf(network, projection, jump, target.Program)!.Value : 0,
        };
}

using BrainSim.Engine.Connectivity;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>The projections of a shard whose synapses have many delays and share rows, built together.</summary>
internal sealed class SharedRows
{
    private readonly NetworkSpec network;
    private readonly Arrival[] arrivals;
    private readonly Dictionary<int, RowShare> shares = [];

    /// <param name="all">All projections, in order.</param>
    /// <param name="slices">This shard's part of every population.</param>
    public SharedRows(NetworkSpec network, IEnumerable<Arrival> all, IReadOnlyList<Partition> slices)
    {
        this.network = network;
        arrivals = [.. all.Where(InRows)];
        Targets = new TargetSpace(network.Precision, arrivals, slices);
    }

    public TargetSpace Targets { get; }

    /// <summary>Null where no projection is of this kind.</summary>
    public RowDelivery? Delivery { get; private set; }

    /// <summary>Null where the projection is not of this kind.</summary>
    public RowShare? Find(ProjectionSpec projection) => shares.GetValueOrDefault(projection.Index);

    /// <returns>The use of the rows; null where there are none.</returns>
    public IDisposable? Build(PopulationShard[] populations, SpikeHistory[] histories, Wiring wiring)
    {
        if (arrivals.Length == 0)
        {
            return null;
        }

        int[] sources = [.. arrivals.Select(a => a.Projection.Pre).Distinct().Order()];
        int[] firstRow = new int[sources.Length];
        for (int s = 1; s < sources.Length; s++)
        {
            firstRow[s] = firstRow[s - 1] + network.Populations[sources[s - 1]].Size;
        }

        int FirstRow(Arrival arrival) => firstRow[Array.IndexOf(sources, arrival.Projection.Pre)];
        PopulationShard Target(Arrival arrival) => populations[arrival.Projection.Post];
        bool wide = Targets.Spare > ushort.MaxValue;
        bool wideSizes = network.Precision == Precision.Float64 && !arrivals.All(HasSingleSizes);
        WiringKey key = new([
            Targets.Spare, wideSizes, firstRow[^1], network.Populations[sources[^1]].Size,
            .. arrivals.SelectMany(a => WiringKey.Synapses(network, a, Target(a), sizesAreKept: true).Append(FirstRow(a)).Append(PlaceOf(a))),
        ]);
        Lease<WiredRows> wired = wiring.Rent(key, () => Wire([.. arrivals.Select(a => Part(a, Target(a), FirstRow(a)))], firstRow[^1] + network.Populations[sources[^1]].Size, wide, wideSizes));
        for (int a = 0; a < arrivals.Length; a++)
        {
            shares[arrivals[a].Projection.Index] = new RowShare(wired.Part.Rows, wired.Part.Degrees[a]);
        }

        Delivery = new RowDelivery(wired.Part.Rows, Targets, [.. sources.Select(p => histories[p])], firstRow, network.Schedule.ArrivalOffset, network.Precision, wide, wideSizes);
        return wired;
    }

    private WiredRows Wire(RowPart[] parts, int rowCount, bool wide, bool wideSizes)
    {
        DelayRows rows = (wide, wideSizes) switch
        {
            (false, false) => DelayRows.Of<ushort, float>(rowCount, parts, Targets.Spare),
            (true, false) => DelayRows.Of<int, float>(rowCount, parts, Targets.Spare),
            (false, true) => DelayRows.Of<ushort, double>(rowCount, parts, Targets.Spare),
            _ => DelayRows.Of<int, double>(rowCount, parts, Targets.Spare),
        };
        foreach (RowPart part in parts)
        {
            part.Lists.Dispose();
            part.Values.Dispose();
        }

        return new WiredRows(rows, Array.ConvertAll(parts, part => part.Degrees));
    }

    private int PlaceOf(Arrival arrival) => Targets.PlaceOf(arrival.Projection.Post, arrival.Jumps[0].Column);

    private RowPart Part(Arrival arrival, PopulationShard target, int firstRow)
    {
        ProjectionSpec projection = arrival.Projection;
        SourceLists lists = SourceLists.Of(network, projection, target.Slice);
        SynapseValues values = new(network, projection, lists);
        JumpSizes sizes = new(network, arrival.Jumps[0], target, lists, values, projection);
        return new RowPart(
            lists, values, firstRow, PlaceOf(arrival), target.Slice.From, 1 - network.Schedule.ArrivalOffset,
            new NativeArray<int>(network.Populations[projection.Pre].Size), sizes.OfEach);
    }

    /// <summary>Many delays, and nothing but one column that takes what comes whether its neuron is refractory or not.</summary>
    public static bool InRows(Arrival arrival) =>
        (arrival.Projection.Delay.Steps is null || arrival.Projection.Connect is Pairs { DelayMilliseconds: not null }) && arrival.Jumps is [{ LostWhileRefractory: false }] && !arrival.IsCoupled;

    /// <summary>True where float32 holds what spikes add exactly: weights that were drawn at random, or one such number.</summary>
    public static bool HasSingleSizes(Arrival arrival) =>
        arrival.Jumps[0].Size is Name { Id: Scope.Weight } && !arrival.Projection.Connect.BringsWeights
        && arrival.Projection.Weight is FromExpression { Expr: var weight } && (weight.IsRandom() || arrival.Projection.Weight.Constant is { } same && (float)same == same);
}

/// <summary>Rows of several projections onto one shard, and by projection how many synapses each source has in them. Not changed once made.</summary>
internal sealed record WiredRows(DelayRows Rows, NativeArray<int>[] Degrees) : IDisposable
{
    public void Dispose()
    {
        Rows.Dispose();
        Array.ForEach(Degrees, degrees => degrees.Dispose());
    }
}

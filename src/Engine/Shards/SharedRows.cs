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

    public void Build(PopulationShard[] populations, SpikeHistory[] histories)
    {
        if (arrivals.Length == 0)
        {
            return;
        }

        int[] sources = [.. arrivals.Select(a => a.Projection.Pre).Distinct().Order()];
        int[] firstRow = new int[sources.Length];
        for (int s = 1; s < sources.Length; s++)
        {
            firstRow[s] = firstRow[s - 1] + network.Populations[sources[s - 1]].Size;
        }

        RowPart[] parts = [.. arrivals.Select(a => Part(a, populations[a.Projection.Post], firstRow[Array.IndexOf(sources, a.Projection.Pre)]))];
        int rowCount = firstRow[^1] + network.Populations[sources[^1]].Size;
        bool wide = Targets.Spare > ushort.MaxValue;
        bool wideSizes = network.Precision == Precision.Float64 && !arrivals.All(HasSingleSizes);
        DelayRows rows = (wide, wideSizes) switch
        {
            (false, false) => DelayRows.Of<ushort, float>(rowCount, parts, Targets.Spare),
            (true, false) => DelayRows.Of<int, float>(rowCount, parts, Targets.Spare),
            (false, true) => DelayRows.Of<ushort, double>(rowCount, parts, Targets.Spare),
            _ => DelayRows.Of<int, double>(rowCount, parts, Targets.Spare),
        };
        for (int a = 0; a < arrivals.Length; a++)
        {
            shares[arrivals[a].Projection.Index] = new RowShare(rows, parts[a].Degrees);
            parts[a].Lists.Dispose();
            parts[a].Values.Dispose();
        }

        Delivery = new RowDelivery(rows, Targets, [.. sources.Select(p => histories[p])], firstRow, network.Schedule.ArrivalOffset, network.Precision, wide, wideSizes);
    }

    private RowPart Part(Arrival arrival, PopulationShard target, int firstRow)
    {
        ProjectionSpec projection = arrival.Projection;
        SourceLists lists = SourceLists.Of(network, projection, target.Slice);
        SynapseValues values = new(network, projection, lists);
        JumpSizes sizes = new(network, arrival.Jumps[0], target, lists, values);
        return new RowPart(
            lists, values, firstRow, Targets.PlaceOf(projection.Post, arrival.Jumps[0].Column), target.Slice.From, 1 - network.Schedule.ArrivalOffset,
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

using BrainSim.Engine.Connectivity;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>The synapses of one projection onto one shard that share rows with no other: a pure function of their <see cref="WiringKey"/>. Not changed once made.</summary>
internal sealed class WiredProjection : IDisposable
{
    private WiredProjection(SynapseTable table, long synapses, NativeArray<byte>?[] sizes)
    {
        Table = table;
        Synapses = synapses;
        Sizes = sizes;
    }

    /// <summary>On this shard, also where spikes change nothing and none are in the table.</summary>
    public long Synapses { get; }

    /// <summary>The synapses that answer spikes.</summary>
    public SynapseTable Table { get; }

    /// <summary>By jump: what a spike adds through each synapse, in the table's order and the run's precision; null where all add the same.</summary>
    public NativeArray<byte>?[] Sizes { get; }

    /// <summary>The synapses target by target; null where they do not couple.</summary>
    public SourceLists? Lists { get; private init; }

    /// <summary>Of the synapses in the lists, in the run's precision; null where all have the same or none couples.</summary>
    public NativeArray<byte>? Weights { get; private init; }

    /// <param name="coupling">Null where the synapses have no current of their own.</param>
    /// <exception cref="UserMistakeException">A drawn or listed value does not fit.</exception>
    public static WiredProjection Of(NetworkSpec network, Arrival arrival, PopulationShard target, Coupling? coupling)
    {
        ProjectionSpec projection = arrival.Projection;
        SourceLists lists = SourceLists.Of(network, projection, target.Slice);
        lists.FillNext(long.MaxValue);
        using SynapseValues values = new(network, projection, lists);
        SynapseTable table = arrival.Jumps.IsEmpty
            ? SynapseTable.Empty()
            : SynapseTable.Of(lists, network.Populations[projection.Pre].Size, values.SameDelay, values.DelaysInSteps(1 - network.Schedule.ArrivalOffset));
        NativeArray<byte>?[] sizes = [.. arrival.Jumps.Select(jump => JumpSizes.SameOf(network, projection, jump, target.Program) is null
            ? InPrecision(new JumpSizes(network, jump, target, lists, values, projection).OfEach(), table.Origin!, target.Precision) : null)];
        table.ReleaseOrigin();
        long synapses = lists.Count;
        if (coupling is null)
        {
            lists.Dispose();
        }

        return new WiredProjection(table, synapses, sizes)
        {
            Lists = coupling is null ? null : lists,
            Weights = coupling is { WeightsDiffer: true } ? InPrecision(values.Weights!, null, target.Precision) : null,
        };
    }

    public void Dispose()
    {
        Table.Dispose();
        Array.ForEach(Sizes, each => each?.Dispose());
        Lists?.Dispose();
        Weights?.Dispose();
    }

    /// <param name="order">Where the numbers come from; null for their own order.</param>
    private static unsafe NativeArray<byte> InPrecision(double[] numbers, NativeArray<long>? order, Precision precision)
    {
        NativeArray<byte> kept = new(numbers.LongLength * precision.Bytes(), PopulationShard.Padding * precision.Bytes());
        for (long s = 0; s < numbers.LongLength; s++)
        {
            double number = numbers[order is null ? s : order.Pointer[s]];
            if (precision == Precision.Float32)
            {
                ((float*)kept.Pointer)[s] = (float)number;
            }
            else
            {
                ((double*)kept.Pointer)[s] = number;
            }
        }

        return kept;
    }
}

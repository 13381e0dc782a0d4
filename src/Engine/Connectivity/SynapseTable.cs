using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity;

/// <summary>
/// The synapses of one projection onto one shard, row by row of sources, so that a spike reads one run of memory.
/// Within a row by delay, then by target, then in the rule's order. Targets are local ids, in 16 bits where they fit.
/// </summary>
public sealed class SynapseTable : IDisposable
{
    private SynapseTable(int preSize, long count)
    {
        RowStart = new NativeArray<long>(preSize + 1);
        Count = count;
    }

    public long Count { get; }

    /// <summary>Row of source s: synapses RowStart[s] to RowStart[s + 1].</summary>
    public NativeArray<long> RowStart { get; }

    /// <summary>Local target ids; null where they need 32 bits.</summary>
    public NativeArray<ushort>? Targets16 { get; private set; }

    public NativeArray<int>? Targets32 { get; private set; }

    /// <summary>Delay of each synapse in steps; null where all have the same.</summary>
    public NativeArray<ushort>? Delays { get; private set; }

    /// <summary>Where each synapse of the table stands in the source lists that it was made from; released after the build.</summary>
    public NativeArray<long>? Origin { get; private set; }

    public int ShortestDelay { get; private set; }

    public int LongestDelay { get; private set; }

    /// <summary>No synapses.</summary>
    public static SynapseTable Empty() => new(0, 0);

    /// <param name="delay">Delay in steps of every synapse, in the order of the lists; null where <paramref name="sameDelay"/> holds for all.</param>
    public static SynapseTable Of(SourceLists lists, int preSize, int sameDelay, ushort[]? delay)
    {
        SynapseTable table = new(preSize, lists.Count) { ShortestDelay = sameDelay, LongestDelay = sameDelay };
        using NativeArray<long>? byDelay = delay is null ? null : table.SortByDelay(delay);
        table.SortBySource(lists, byDelay);
        table.FillTargets(lists);
        if (delay is not null)
        {
            table.FillDelays(delay);
        }

        return table;
    }

    /// <summary>In steps, over the synapses of some sources; null where they have none.</summary>
    public int? ShortestDelayFrom(Partition sources)
    {
        if (Count == 0)
        {
            return null;
        }

        if (Delays is null)
        {
            return RowStart[sources.To] > RowStart[sources.From] ? ShortestDelay : null;
        }

        int? shortest = null;
        for (int source = sources.From; source < sources.To; source++)
        {
            if (RowStart[source + 1] > RowStart[source])
            {
                shortest = Math.Min(shortest ?? int.MaxValue, Delays[RowStart[source]]);
            }
        }

        return shortest;
    }

    /// <summary>Synapses of a source.</summary>
    public long Degree(int source) => Count == 0 ? 0 : RowStart[source + 1] - RowStart[source];

    public int Target(long synapse) => Targets16 is null ? Targets32![synapse] : Targets16[synapse];

    public void ReleaseOrigin()
    {
        Origin?.Dispose();
        Origin = null;
    }

    public void Dispose()
    {
        RowStart.Dispose();
        Targets16?.Dispose();
        Targets32?.Dispose();
        Delays?.Dispose();
        ReleaseOrigin();
    }

    /// <summary>The order of the synapses by delay, else as they are: a counting sort.</summary>
    private unsafe NativeArray<long> SortByDelay(ushort[] delay)
    {
        using NativeArray<long> next = new(DelayRule.Longest + 2);
        foreach (ushort steps in delay)
        {
            next.Pointer[steps + 1]++;
        }

        for (int steps = 1; steps <= DelayRule.Longest; steps++)
        {
            next.Pointer[steps] += next.Pointer[steps - 1];
        }

        NativeArray<long> order = new(Count);
        for (int s = 0; s < delay.Length; s++)
        {
            order.Pointer[next.Pointer[delay[s]]++] = s;
        }

        return order;
    }

    /// <summary>Counting sort: within each row the synapses keep their order, which is by target because the lists are read target by target.</summary>
    /// <param name="order">Order in which the synapses are taken; null for that of the lists.</param>
    private unsafe void SortBySource(SourceLists lists, NativeArray<long>? order)
    {
        long* starts = RowStart.Pointer;
        int* sources = lists.Sources.Pointer;
        for (long s = 0; s < Count; s++)
        {
            starts[sources[s] + 1]++;
        }

        for (long row = 1; row < RowStart.Length; row++)
        {
            starts[row] += starts[row - 1];
        }

        Origin = new NativeArray<long>(Count);
        using NativeArray<long> next = new(RowStart.Length);
        RowStart.Span.CopyTo(next.Span);
        long* origin = Origin.Pointer;
        for (long k = 0; k < Count; k++)
        {
            long s = order is null ? k : order.Pointer[k];
            origin[next.Pointer[sources[s]]++] = s;
        }
    }

    private unsafe void FillTargets(SourceLists lists)
    {
        using NativeArray<int> targetOf = new(Count);
        for (int j = 0; j < lists.Targets.Count; j++)
        {
            new Span<int>(targetOf.Pointer + lists.Starts[j], checked((int)(lists.Starts[j + 1] - lists.Starts[j]))).Fill(j);
        }

        if (lists.Targets.Count <= ushort.MaxValue + 1)
        {
            Targets16 = new NativeArray<ushort>(Count);
            for (long s = 0; s < Count; s++)
            {
                Targets16.Pointer[s] = (ushort)targetOf.Pointer[Origin!.Pointer[s]];
            }
        }
        else
        {
            Targets32 = new NativeArray<int>(Count);
            for (long s = 0; s < Count; s++)
            {
                Targets32.Pointer[s] = targetOf.Pointer[Origin!.Pointer[s]];
            }
        }
    }

    private unsafe void FillDelays(ushort[] delay)
    {
        Delays = new NativeArray<ushort>(Count);
        ShortestDelay = delay.Length == 0 ? 0 : delay.Min();
        LongestDelay = delay.Length == 0 ? 0 : delay.Max();
        for (long s = 0; s < Count; s++)
        {
            Delays.Pointer[s] = delay[Origin!.Pointer[s]];
        }
    }
}

using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity;

/// <summary>Sorts rows of synapses by delay, one after the other, and writes them as groups; see <see cref="DelayRows"/> for the form.</summary>
/// <param name="spare">A target that is none: what fills up larger groups goes there.</param>
internal sealed unsafe class RowSorting<TTarget, TSize>(int spare) : IDisposable
    where TTarget : unmanaged
    where TSize : unmanaged
{
    /// <summary>Longest gap.</summary>
    private const int LongestGap = byte.MaxValue;

    /// <summary>Most synapses of a group.</summary>
    private const int Most = 252;

    /// <summary>Groups from this size on are filled up to a multiple of four, since whoever adds them takes four at a time.</summary>
    private const int FilledFrom = 8;

    private readonly NativeArray<DelayedSynapse<TTarget, TSize>> sorted = new(0);

    /// <summary>By delay: where the next synapse goes, then where those of the delay end.</summary>
    private readonly NativeArray<int> next = new(DelayRule.Longest + 2);

    private int shortest;
    private int longest;
    private int count;

    /// <summary>Over all rows so far; null where there was no synapse.</summary>
    public int? Shortest { get; private set; }

    /// <summary>Over all rows so far.</summary>
    public int Longest { get; private set; }

    /// <summary>Takes in a row; synapses of one delay keep their order.</summary>
    /// <returns>Bytes of the row when written.</returns>
    public long Sort(DelayedSynapse<TTarget, TSize>* row, int synapses)
    {
        count = synapses;
        if (count == 0)
        {
            return DelayRows.HeaderBytes;
        }

        (shortest, longest) = (int.MaxValue, 0);
        for (int s = 0; s < count; s++)
        {
            shortest = Math.Min(shortest, row[s].Delay);
            longest = Math.Max(longest, row[s].Delay);
        }

        (Shortest, Longest) = (Math.Min(Shortest ?? int.MaxValue, shortest), Math.Max(Longest, longest));
        int* places = next.Pointer;
        new Span<int>(places + shortest, longest - shortest + 2).Clear();
        for (int s = 0; s < count; s++)
        {
            places[row[s].Delay + 1]++;
        }

        (long headers, long filled) = Groups();
        for (int delay = shortest; delay <= longest; delay++)
        {
            places[delay + 1] += places[delay];
        }

        sorted.Clear();
        sorted.Extend(count);
        for (int s = 0; s < count; s++)
        {
            sorted.Pointer[places[row[s].Delay]++] = row[s];
        }

        return ((headers + 1) * DelayRows.HeaderBytes) + (filled * (sizeof(TTarget) + sizeof(TSize)));
    }

    /// <summary>Writes the row that was sorted last.</summary>
    public void Write(byte* row)
    {
        int from = 0;
        int last = 0;
        while (from < count)
        {
            int delay = sorted.Pointer[from].Delay;
            int end = next.Pointer[delay];
            int gap = delay - last;
            for (; gap > LongestGap; gap -= LongestGap)
            {
                row = WriteGroup(row, LongestGap, from, from);
            }

            for (; from < end; gap = 0)
            {
                int to = Math.Min(end, from + Most);
                row = WriteGroup(row, gap, from, to);
                from = to;
            }

            last = delay;
        }

        *(ushort*)row = DelayRows.End;
    }

    public void Dispose()
    {
        sorted.Dispose();
        next.Dispose();
    }

    /// <summary>Headers of all groups and their places for synapses, while the numbers of synapses stand behind their delays.</summary>
    private (long Headers, long Places) Groups()
    {
        long headers = 0;
        long places = 0;
        int last = 0;
        for (int delay = shortest; delay <= longest; delay++)
        {
            int synapses = next.Pointer[delay + 1];
            if (synapses > 0)
            {
                headers += ((delay - last - 1) / LongestGap) + ((synapses + Most - 1) / Most);
                places += (synapses / Most * Most) + Filled(synapses % Most);
                last = delay;
            }
        }

        return (headers, places);
    }

    private static int Filled(int synapses) => synapses < FilledFrom ? synapses : (synapses + 3) / 4 * 4;

    private byte* WriteGroup(byte* row, int gap, int from, int to)
    {
        int places = Filled(to - from);
        *(ushort*)row = (ushort)((gap << 8) | places);
        TTarget* targets = (TTarget*)(row + DelayRows.HeaderBytes);
        TSize* sizes = (TSize*)(targets + places);
        for (int s = from; s < to; s++)
        {
            *targets++ = sorted.Pointer[s].Target;
            *sizes++ = sorted.Pointer[s].Size;
        }

        for (int filling = to - from; filling < places; filling++)
        {
            DelayedSynapse<TTarget, TSize> none = DelayedSynapse<TTarget, TSize>.Of(spare, 0, 0);
            *targets++ = none.Target;
            *sizes++ = none.Size;
        }

        return (byte*)sizes;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity;

/// <summary>
/// Synapses of many delays, one row of bytes for each source neuron: groups of one delay each, by rising delay, of the form
/// <code>header, targets, sizes    header = gap in steps to the group before (from 0) &lt;&lt; 8 | synapses (at most 252, then the next group has gap 0; larger groups are filled up to a multiple of 4)</code>
/// A gap above 255 is bridged by groups without synapses; a header of 0 ends the row. Who walks through a row step by step reads memory in one direction only. Within a
/// group synapses stand by projection, target and place in the rule's order.
/// </summary>
public sealed class DelayRows : IDisposable
{
    /// <summary>Bytes of a header.</summary>
    public const int HeaderBytes = sizeof(ushort);

    /// <summary>Ends a row.</summary>
    public const ushort End = 0;

    private readonly NativeArray<byte> bytes;
    private readonly NativeArray<byte> moved;

    private DelayRows(NativeArray<nint> rows, NativeArray<byte> bytes, NativeArray<byte> moved) => (Rows, this.bytes, this.moved) = (rows, bytes, moved);

    /// <summary>Address of each source's row; every row has at least its end.</summary>
    public NativeArray<nint> Rows { get; }

    /// <summary>Bytes of a target with what a spike adds to it.</summary>
    public int BytesOfOne { get; private init; }

    /// <summary>In steps; 0 where there are no synapses.</summary>
    public int ShortestDelay { get; private init; }

    /// <summary>In steps; 0 where there are no synapses.</summary>
    public int LongestDelay { get; private init; }

    /// <summary>Draws the sources twice, first to count them, so that nothing but the rows themselves needs memory.</summary>
    /// <typeparam name="TTarget">ushort or int.</typeparam>
    /// <typeparam name="TSize">float or double.</typeparam>
    /// <param name="sources">Rows.</param>
    /// <param name="spare">A target that is none, to fill groups up.</param>
    public static unsafe DelayRows Of<TTarget, TSize>(int sources, IReadOnlyList<RowPart> parts, int spare)
        where TTarget : unmanaged
        where TSize : unmanaged
    {
        using NativeArray<long> starts = new(sources + 1);
        foreach (RowPart part in parts)
        {
            foreach (SourceLists lists in part.Chunks())
            {
                Count(part.Degrees.Pointer, lists.Sources.Pointer, lists.Count);
            }

            for (int source = 0; source < part.Degrees.Length; source++)
            {
                starts[part.FirstSource + source + 1] += part.Degrees[source];
            }
        }

        for (int source = 0; source < sources; source++)
        {
            starts[source + 1] = starts[source] + (starts[source + 1] * sizeof(DelayedSynapse<TTarget, TSize>)) + HeaderBytes;
        }

        NativeArray<byte> bytes = NativeArray<byte>.Large(starts[sources]);
        using NativeArray<long> next = new(sources + 1);
        starts.Span.CopyTo(next.Span);
        foreach (RowPart part in parts)
        {
            foreach (SourceLists lists in part.Chunks())
            {
                part.Values.Read();
                Scatter<TTarget, TSize>(bytes.Pointer, next.Pointer + part.FirstSource, lists, part);
            }
        }

        return Sorted<TTarget, TSize>(starts, bytes, spare);
    }

    public void Dispose()
    {
        Rows.Dispose();
        bytes.Dispose();
        moved.Dispose();
    }

    private static unsafe void Count(int* counts, int* sources, long count)
    {
        for (long s = 0; s < count; s++)
        {
            counts[sources[s]]++;
        }
    }

    private static unsafe void Scatter<TTarget, TSize>(byte* rows, long* next, SourceLists lists, RowPart part)
        where TTarget : unmanaged
        where TSize : unmanaged
    {
        int* sources = lists.Sources.Pointer;
        double[] sizes = part.Sizes();
        ushort[]? delays = part.Values.DelaysInSteps(part.LeastDelay);
        for (int j = 0; j < lists.Targets.Count; j++)
        {
            int target = part.FirstTarget + lists.Targets.From + j - part.TargetsFrom;
            for (int s = (int)lists.Starts[j]; s < lists.Starts[j + 1]; s++)
            {
                DelayedSynapse<TTarget, TSize>* synapse = (DelayedSynapse<TTarget, TSize>*)(rows + next[sources[s]]);
                next[sources[s]] += sizeof(DelayedSynapse<TTarget, TSize>);
                *synapse = DelayedSynapse<TTarget, TSize>.Of(target, delays is null ? (ushort)part.Values.SameDelay : delays[s], sizes[s]);
            }
        }
    }

    /// <summary>Puts each row in its form, in its own place: a synapse that waits is as long as one that is alone in its group. Rows with bridged gaps, or many filled groups, may need more, and move.</summary>
    private static unsafe DelayRows Sorted<TTarget, TSize>(NativeArray<long> starts, NativeArray<byte> bytes, int spare)
        where TTarget : unmanaged
        where TSize : unmanaged
    {
        using RowSorting<TTarget, TSize> sorting = new(spare);
        NativeArray<byte> moved = new(0);
        NativeArray<nint> rows = new(starts.Length - 1);
        List<(int Source, long At)> movers = [];
        for (int source = 0; source < rows.Length; source++)
        {
            byte* row = bytes.Pointer + starts[source];
            long room = starts[source + 1] - starts[source];
            long needed = sorting.Sort((DelayedSynapse<TTarget, TSize>*)row, (int)((room - HeaderBytes) / sizeof(DelayedSynapse<TTarget, TSize>)));
            rows[source] = (nint)row;
            if (needed <= room)
            {
                sorting.Write(row);
                continue;
            }

            movers.Add((source, moved.Length));
            sorting.Write(moved.Extend(needed));
        }

        foreach ((int source, long at) in movers)
        {
            rows[source] = (nint)(moved.Pointer + at);
        }

        return new DelayRows(rows, bytes, moved) { BytesOfOne = sizeof(TTarget) + sizeof(TSize), ShortestDelay = sorting.Shortest ?? 0, LongestDelay = sorting.Longest };
    }
}

/// <summary>A synapse that waits to be sorted.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal struct DelayedSynapse<TTarget, TSize>
    where TTarget : unmanaged
    where TSize : unmanaged
{
    public TTarget Target;

    /// <summary>In steps.</summary>
    public ushort Delay;

    /// <summary>What a spike adds.</summary>
    public TSize Size;

    public static DelayedSynapse<TTarget, TSize> Of(int target, ushort delay, double size) => new()
    {
        Target = Unsafe.SizeOf<TTarget>() == sizeof(ushort) ? Unsafe.BitCast<ushort, TTarget>((ushort)target) : Unsafe.BitCast<int, TTarget>(target),
        Delay = delay,
        Size = Unsafe.SizeOf<TSize>() == sizeof(float) ? Unsafe.BitCast<float, TSize>((float)size) : Unsafe.BitCast<double, TSize>(size),
    };
}

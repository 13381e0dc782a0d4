using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using BrainSim.Engine.Connectivity;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>
/// Delivers the spikes of projections with many delays. Every spike under way is a cursor into its source's row, at the group that is due next; a step walks through all
/// cursors, oldest spike first, and adds what is due right onto the targets, which are few enough to stay in the second-level cache.
/// </summary>
public sealed unsafe class RowDelivery : IDisposable
{
    /// <summary>Cursors whose groups are fetched while others are served.</summary>
    private const int Ahead = 8;

    /// <summary>A cursor: address of the group's targets, and above it their number.</summary>
    private const int AddressBits = 48;

    private const ulong AddressMask = (1UL << AddressBits) - 1;

    private readonly DelayRows rows;
    private readonly TargetSpace targets;
    private readonly SpikeHistory[] histories;
    private readonly int[] firstRow;
    private readonly int arrivalOffset;
    private readonly Delivery deliver;
    private readonly NativeArray<ulong> cursors = new(0);
    private readonly NativeArray<int> dues = new(0);

    private delegate int Delivery(void* targets, ulong* cursors, int* dues, int count, int step);

    /// <param name="rows">Must live longer.</param>
    /// <param name="histories">Of the populations with rows.</param>
    /// <param name="firstRow">The row of each of these populations' first neuron.</param>
    /// <param name="wide">Whether targets take 32 bits, not 16.</param>
    /// <param name="wideSizes">Whether what a spike adds is kept in float64.</param>
    public RowDelivery(DelayRows rows, TargetSpace targets, SpikeHistory[] histories, int[] firstRow, int arrivalOffset, Precision precision, bool wide, bool wideSizes)
    {
        (this.rows, this.targets, this.histories, this.firstRow, this.arrivalOffset) = (rows, targets, histories, firstRow, arrivalOffset);
        deliver = (precision, wide, wideSizes) switch
        {
            (Precision.Float32, false, _) => Deliver<ushort, float, float>,
            (Precision.Float32, true, _) => Deliver<int, float, float>,
            (_, false, false) => Deliver<ushort, float, double>,
            (_, true, false) => Deliver<int, float, double>,
            (_, false, true) => Deliver<ushort, double, double>,
            (_, true, true) => Deliver<int, double, double>,
        };
    }

    /// <summary>Adds what arrives at the start of a step.</summary>
    public void Deliver(long step)
    {
        Enter(step - arrivalOffset - rows.ShortestDelay);
        int count = deliver(targets.Pointer, cursors.Pointer, dues.Pointer, (int)dues.Length, (int)step);
        cursors.Shrink(count);
        dues.Shrink(count);
    }

    /// <summary>Takes up the spikes that are under way at a step, which is done next, from the histories.</summary>
    public void Restore(long step)
    {
        cursors.Clear();
        dues.Clear();
        for (long past = step - arrivalOffset - rows.LongestDelay; past < step - arrivalOffset - rows.ShortestDelay; past++)
        {
            Enter(past);
        }

        int kept = 0;
        for (int s = 0; s < dues.Length; s++)
        {
            (ulong cursor, int due) = (cursors[s], dues[s]);
            while (due >= 0 && due < step)
            {
                Next(ref cursor, ref due);
            }

            cursors[kept] = cursor;
            dues[kept] = due;
            kept += due >= 0 ? 1 : 0;
        }

        cursors.Shrink(kept);
        dues.Shrink(kept);
    }

    public void Dispose()
    {
        cursors.Dispose();
        dues.Dispose();
    }

    /// <summary>The spikes of one step get their cursors: by population, then id.</summary>
    private void Enter(long past)
    {
        for (int p = 0; p < histories.Length; p++)
        {
            NativeArray<int> spikes = histories[p].Of(past);
            nint* starts = rows.Rows.Pointer + firstRow[p];
            for (long s = 0; s < spikes.Length; s++)
            {
                Fetch(starts[spikes[s]]);
            }

            for (long s = 0; s < spikes.Length; s++)
            {
                ushort* header = (ushort*)starts[spikes[s]];
                if (*header != DelayRows.End)
                {
                    ulong cursor = (ulong)(header + 1) | ((ulong)(*header & byte.MaxValue) << AddressBits);
                    int due = (int)past + arrivalOffset + (*header >> 8);
                    while (due < past + arrivalOffset + rows.ShortestDelay)
                    {
                        // A group without synapses, which bridges a gap.
                        Next(ref cursor, ref due);
                    }

                    cursors.Add(cursor);
                    dues.Add(due);
                }
            }
        }
    }

    private static void Fetch(nint address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0((void*)address);
        }
    }

    /// <summary>Moves a cursor past its group without delivering it.</summary>
    private void Next(ref ulong cursor, ref int due)
    {
        ushort* header = (ushort*)((cursor & AddressMask) + ((cursor >> AddressBits) * (ulong)rows.BytesOfOne));
        due = *header == DelayRows.End ? -1 : due + (*header >> 8);
        cursor = (ulong)(header + 1) | ((ulong)(*header & byte.MaxValue) << AddressBits);
    }

    /// <returns>Cursors that are left; they stand at the front, in their order.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Deliver<TTarget, TSize, T>(void* targets, ulong* cursors, int* dues, int count, int step)
        where TTarget : unmanaged
        where TSize : unmanaged
        where T : unmanaged
    {
        T* sums = (T*)targets;
        int kept = 0;
        for (int s = 0; s < count; s++)
        {
            if (s + Ahead < count)
            {
                Prefetch(cursors[s + Ahead], sizeof(TTarget) + sizeof(TSize));
            }

            ulong cursor = cursors[s];
            int due = dues[s];
            while (due == step)
            {
                TSize* end = AddGroup<TTarget, TSize, T>(sums, (TTarget*)(cursor & AddressMask), (int)(cursor >> AddressBits));
                ushort header = *(ushort*)end;
                due = header == DelayRows.End ? -1 : due + (header >> 8);
                cursor = ((ulong)end + DelayRows.HeaderBytes) | ((ulong)(header & byte.MaxValue) << AddressBits);
            }

            cursors[kept] = cursor;
            dues[kept] = due;
            kept += due >= 0 ? 1 : 0;
        }

        return kept;
    }

    /// <returns>Where the group ends.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSize* AddGroup<TTarget, TSize, T>(T* sums, TTarget* target, int count)
        where TTarget : unmanaged
        where TSize : unmanaged
        where T : unmanaged
    {
        TSize* added = (TSize*)(target + count);
        TSize* end = added + count;
        for (; added + 4 <= end; added += 4, target += 4)
        {
            Add(sums, target[0], added[0]);
            Add(sums, target[1], added[1]);
            Add(sums, target[2], added[2]);
            Add(sums, target[3], added[3]);
        }

        for (; added < end; added++, target++)
        {
            Add(sums, *target, *added);
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(ulong cursor, int bytesOfOne)
    {
        const int Line = 64;
        byte* line = (byte*)(cursor & AddressMask);
        byte* end = line + ((int)(cursor >> AddressBits) * bytesOfOne) + DelayRows.HeaderBytes;
        if (Sse.IsSupported)
        {
            for (; line < end; line += Line)
            {
                Sse.Prefetch0(line);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TTarget, TSize, T>(T* sums, TTarget target, TSize size)
        where TTarget : unmanaged
        where TSize : unmanaged
        where T : unmanaged
    {
        nint place = sizeof(TTarget) == sizeof(ushort) ? *(ushort*)&target : *(int*)&target;
        if (sizeof(T) == sizeof(float))
        {
            ((float*)sums)[place] += *(float*)&size;
        }
        else if (sizeof(TSize) == sizeof(float))
        {
            ((double*)sums)[place] += *(float*)&size;
        }
        else
        {
            ((double*)sums)[place] += *(double*)&size;
        }
    }
}

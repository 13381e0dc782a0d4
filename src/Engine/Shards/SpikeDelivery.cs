using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace BrainSim.Engine.Shards;

/// <summary>The hot loops: spikes times synapses, each adding a jump to its target. Order: spike by spike, synapse by synapse.</summary>
public static unsafe class SpikeDelivery
{
    /// <summary>Bytes of a cache line.</summary>
    private const int Line = 64;

    /// <summary>All synapses of the spikes' rows, one jump for all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSame<TIndex, T>(T* column, TIndex* targets, long* rowStart, int* spikes, int count, T jump)
        where TIndex : unmanaged
        where T : unmanaged
    {
        for (int s = 0; s < count; s++)
        {
            if (s + 1 < count)
            {
                Prefetch(targets, rowStart, spikes[s + 1]);
            }

            TIndex* target = targets + rowStart[spikes[s]];
            TIndex* end = targets + rowStart[spikes[s] + 1];
            for (; target + 4 <= end; target += 4)
            {
                Add(column + Index(target[0]), jump);
                Add(column + Index(target[1]), jump);
                Add(column + Index(target[2]), jump);
                Add(column + Index(target[3]), jump);
            }

            for (; target < end; target++)
            {
                Add(column + Index(*target), jump);
            }
        }
    }

    /// <summary>All synapses of the spikes' rows, each with its own jump.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddEach<TIndex, T>(T* column, TIndex* targets, long* rowStart, int* spikes, int count, T* jumps)
        where TIndex : unmanaged
        where T : unmanaged
    {
        for (int s = 0; s < count; s++)
        {
            long end = rowStart[spikes[s] + 1];
            for (long j = rowStart[spikes[s]]; j < end; j++)
            {
                Add(column + Index(targets[j]), jumps[j]);
            }
        }
    }

    /// <summary>As the others, for a column whose refractory targets lose what arrives.</summary>
    /// <param name="jumps">One per synapse; null where all have <paramref name="jump"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddToActive<TIndex, T>(T* column, TIndex* targets, long* rowStart, int* spikes, int count, T* jumps, T jump, int* activeFrom, int step)
        where TIndex : unmanaged
        where T : unmanaged
    {
        for (int s = 0; s < count; s++)
        {
            long end = rowStart[spikes[s] + 1];
            for (long j = rowStart[spikes[s]]; j < end; j++)
            {
                nint target = Index(targets[j]);
                if (activeFrom[target] <= step)
                {
                    Add(column + target, jumps == null ? jump : jumps[j]);
                }
            }
        }
    }

    /// <summary>The synapses of the spikes' rows that have one delay.</summary>
    /// <param name="delays">Of every synapse, rising within each row.</param>
    /// <param name="jumps">One per synapse; null where all have <paramref name="jump"/>.</param>
    /// <param name="activeFrom">For a column whose refractory targets lose what arrives; else null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddOfDelay<TIndex, T>(
        T* column, TIndex* targets, long* rowStart, ushort* delays, ushort delay, int* spikes, int count, T* jumps, T jump, int* activeFrom, int step)
        where TIndex : unmanaged
        where T : unmanaged
    {
        for (int s = 0; s < count; s++)
        {
            long end = rowStart[spikes[s] + 1];
            for (long j = FirstOf(delays, rowStart[spikes[s]], end, delay); j < end && delays[j] == delay; j++)
            {
                nint target = Index(targets[j]);
                if (activeFrom == null || activeFrom[target] <= step)
                {
                    Add(column + target, jumps == null ? jump : jumps[j]);
                }
            }
        }
    }

    /// <summary>The first synapse of a row whose delay is not below the wanted one.</summary>
    public static long FirstOf(ushort* delays, long from, long to, int delay)
    {
        while (from < to)
        {
            long middle = (from + to) >>> 1;
            if (delays[middle] < delay)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }

        return from;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch<TIndex>(TIndex* targets, long* rowStart, int source)
        where TIndex : unmanaged
    {
        if (Sse.IsSupported)
        {
            byte* end = (byte*)(targets + rowStart[source + 1]);
            for (byte* line = (byte*)(targets + rowStart[source]); line < end; line += Line)
            {
                Sse.Prefetch0(line);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Index<TIndex>(TIndex index)
        where TIndex : unmanaged => sizeof(TIndex) == sizeof(ushort) ? *(ushort*)&index : *(int*)&index;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<T>(T* target, T jump)
        where T : unmanaged
    {
        if (sizeof(T) == sizeof(double))
        {
            *(double*)target += *(double*)&jump;
        }
        else
        {
            *(float*)target += *(float*)&jump;
        }
    }
}

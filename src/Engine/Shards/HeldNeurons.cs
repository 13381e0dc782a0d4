using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>
/// Lets refractory neurons lose what arrives without asking for each spike: their values are kept before and put back after. Pays where more synapses are
/// served than there are neurons.
/// </summary>
public sealed unsafe class HeldNeurons : IDisposable
{
    private readonly NativeArray<int> locals = new(0);
    private readonly NativeArray<double> values = new(0);

    /// <param name="activeFrom">By neuron: the first step in which it is active.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Keep<T>(T* column, int* activeFrom, int count, int step)
        where T : unmanaged
    {
        locals.Clear();
        int* found = locals.Extend(count);
        int held = 0;
        Vector512<int> now = Vector512.Create(step);
        for (int first = 0; first < count; first += Vector512<int>.Count)
        {
            // Reads into the padding, which counts for nothing.
            ulong later = Vector512.GreaterThan(Vector512.Load(activeFrom + first), now).ExtractMostSignificantBits();
            for (; later != 0; later &= later - 1)
            {
                int local = first + BitOperations.TrailingZeroCount(later);
                found[held] = local;
                held += local < count ? 1 : 0;
            }
        }

        locals.Shrink(held);
        values.Clear();
        T* kept = (T*)values.Extend(held);
        for (int h = 0; h < held; h++)
        {
            kept[h] = column[found[h]];
        }
    }

    public void PutBack<T>(T* column)
        where T : unmanaged
    {
        T* kept = (T*)values.Pointer;
        for (int h = 0; h < locals.Length; h++)
        {
            column[locals[h]] = kept[h];
        }
    }

    public void Dispose()
    {
        locals.Dispose();
        values.Dispose();
    }
}

using System.Numerics;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>Sums over all sources, which all targets share where everybody projects to everybody. Without the target itself, those before it and those behind it.</summary>
internal sealed unsafe class SumOverAll<T> : IDisposable
    where T : unmanaged, INumber<T>
{
    private readonly int sources;
    private readonly Partition slice;
    private readonly bool withoutSelf;
    private readonly NativeArray<T> behind;

    /// <param name="slice">The targets.</param>
    public SumOverAll(int sources, Partition slice, bool withoutSelf)
    {
        (this.sources, this.slice, this.withoutSelf) = (sources, slice, withoutSelf);
        behind = new NativeArray<T>(withoutSelf ? sources + 1 : 0);
    }

    /// <param name="sums">By target of the slice.</param>
    /// <param name="parts">By source.</param>
    public void Fill(T* sums, T* parts)
    {
        if (withoutSelf)
        {
            FillWithoutSelf(sums, parts);
            return;
        }

        T total = T.Zero;
        for (int source = 0; source < sources; source++)
        {
            total += parts[source];
        }

        new Span<T>(sums, slice.Count).Fill(total);
    }

    public void Dispose() => behind.Dispose();

    private void FillWithoutSelf(T* sums, T* parts)
    {
        for (int source = sources - 1; source >= 0; source--)
        {
            behind[source] = behind[source + 1] + parts[source];
        }

        T before = T.Zero;
        for (int id = 0; id < slice.To; id++)
        {
            if (id >= slice.From)
            {
                sums[id - slice.From] = before + behind[id + 1];
            }

            before += parts[id];
        }
    }
}

namespace BrainSim.Engine.Units;

/// <summary>
/// The draws of one (key, id, step), counted from 0; the only state is that count. Up to 2^33 draws, then they repeat.
/// Copying the struct copies the count, so pass it by <c>ref</c>. Not thread-safe.
/// </summary>
public struct KeyedStream
{
    private readonly ulong key;
    private readonly uint id;
    private readonly long step;
    private ulong odd; // the second draw of the block that draw `count - 1` began
    private ulong count;

    internal KeyedStream(ulong key, uint id, long step)
    {
        this.key = key;
        this.id = id;
        this.step = step;
    }

    public ulong NextBits()
    {
        ulong draw = count++;
        if ((draw & 1) == 1)
        {
            return odd;
        }

        Philox.Words w = Philox.Block((uint)(draw >> 1), id, (uint)step, (uint)(step >>> 32), (uint)key, (uint)(key >> 32));
        odd = w.W2 | ((ulong)w.W3 << 32);
        return w.W0 | ((ulong)w.W1 << 32);
    }

    /// <summary>Of the block counter, for <see cref="Word"/>: no draw comes so far.</summary>
    internal const uint SharedBlock = 0x8000_0000;

    /// <summary>
    /// 32 bits that do not depend on the count, for what draws one number of every id: 32 ids share 8 blocks, so that a vector of blocks serves four vectors of ids. Id i has
    /// word (i >> 3) mod 4 of the block that stands under id (i >> 5)·8 + i mod 8.
    /// </summary>
    internal readonly uint Word()
    {
        Philox.Words w = Philox.Block(SharedBlock, ((id >> 5) << 3) | (id & 7), (uint)step, (uint)(step >>> 32), (uint)key, (uint)(key >> 32));
        return ((id >> 3) & 3) switch { 0 => w.W0, 1 => w.W1, 2 => w.W2, _ => w.W3 };
    }

    /// <summary>In [0, 1), a multiple of 2^-53.</summary>
    public double NextUnit() => ToUnit(NextBits());

    /// <summary>In (0, 1): an odd multiple of 2^-53, so that neither 0 nor 1 can come.</summary>
    public double NextOpen() => ToOpen(NextBits());

    internal static double ToUnit(ulong bits) => (bits >> 11) * Unit;

    internal static double ToOpen(ulong bits) => ((bits >> 12 << 1) | 1) * Unit;

    /// <summary>2^-53.</summary>
    internal const double Unit = 1.1102230246251565e-16;
}

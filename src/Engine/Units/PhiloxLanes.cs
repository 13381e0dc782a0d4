using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace BrainSim.Engine.Units;

/// <summary>
/// <see cref="Philox"/> for eight ids at once, each in 64 bits: a product of 32-bit numbers fills its lane, whose high half is what
/// the next round mixes and whose low half is what the round after multiplies, so that nothing is ever moved between lanes.
/// </summary>
public static unsafe class PhiloxLanes
{
    /// <summary>Ids of one call. A processor with narrower vectors computes them in parts.</summary>
    public const int Count = 8;

    /// <summary>Draws 0 and 1 of the streams of <paramref name="firstId"/> and the seven ids after it (modulo 2^32), as <see cref="KeyedStream.NextBits"/> gives them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<ulong> First, Vector512<ulong> Second) Draws(PhiloxKeys* schedule, uint firstId, long step)
    {
        ulong* keys = (ulong*)schedule;

        // The first round in scalars: the ids, in which alone the lanes differ, are only added.
        ulong product = (ulong)Philox.M1 * (uint)step;
        Vector512<ulong> c0 = (Vector512.Create((ulong)firstId) + Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7)) ^ Vector512.Create((product >> 32) ^ keys[0]);
        Vector512<ulong> c1 = Vector512.Create(product);
        Vector512<ulong> c2 = Vector512.Create((ulong)(uint)(step >>> 32) ^ keys[1]);
        Vector512<ulong> c3 = Vector512<ulong>.Zero;
        Rounds(ref c0, ref c1, ref c2, ref c3, keys);
        Vector512<ulong> low = Vector512.Create((ulong)uint.MaxValue);
        return ((c0 & low) | (c1 << 32), (c2 & low) | (c3 << 32));
    }

    /// <summary>Groups of 32 ids whose words are made together: a round waits for the one before, so several go side by side.</summary>
    public const int Together = 4;

    /// <summary>The words of 4 times 32 ids; each 32 share 8 blocks: <see cref="KeyedStream.Word"/> of each.</summary>
    /// <param name="group">The common part of the first ids, id >> 5.</param>
    /// <param name="words">Takes them in the order of the ids.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Words(PhiloxKeys* schedule, uint group, long step, uint* words)
    {
        ulong* keys = (ulong*)schedule;
        ulong product0 = (ulong)Philox.M0 * KeyedStream.SharedBlock;
        ulong product1 = (ulong)Philox.M1 * (uint)step;
        Vector512<ulong> second = Vector512.Create((product1 >> 32) ^ keys[0]);
        Vector512<ulong> ids = Vector512.Create((ulong)(group << 3)) + Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7);
        Vector512<ulong> a0 = ids ^ second, b0 = ((ids + Vector512.Create(8UL)) & Low) ^ second, c0 = ((ids + Vector512.Create(16UL)) & Low) ^ second, d0 = ((ids + Vector512.Create(24UL)) & Low) ^ second;
        Vector512<ulong> a1 = Vector512.Create(product1), b1 = a1, c1 = a1, d1 = a1;
        Vector512<ulong> a2 = Vector512.Create((product0 >> 32) ^ (uint)(step >>> 32) ^ keys[1]), b2 = a2, c2 = a2, d2 = a2;
        Vector512<ulong> a3 = Vector512.Create(product0), b3 = a3, c3 = a3, d3 = a3;
        for (int round = 1; round < Philox.Rounds; round++)
        {
            keys += 2;
            Round(ref a0, ref a1, ref a2, ref a3, keys);
            Round(ref b0, ref b1, ref b2, ref b3, keys);
            Round(ref c0, ref c1, ref c2, ref c3, keys);
            Round(ref d0, ref d1, ref d2, ref d3, keys);
        }

        Store(a0, a1, a2, a3, words);
        Store(b0, b1, b2, b3, words + 32);
        Store(c0, c1, c2, c3, words + 64);
        Store(d0, d1, d2, d3, words + 96);
    }

    private static Vector512<ulong> Low => Vector512.Create((ulong)uint.MaxValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<ulong> c0, Vector512<ulong> c1, Vector512<ulong> c2, Vector512<ulong> c3, uint* words)
    {
        Vector512.Narrow(c0, c1).Store(words);
        Vector512.Narrow(c2, c3).Store(words + 16);
    }

    /// <summary>All rounds but the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rounds(ref Vector512<ulong> c0, ref Vector512<ulong> c1, ref Vector512<ulong> c2, ref Vector512<ulong> c3, ulong* keys)
    {
        Round(ref c0, ref c1, ref c2, ref c3, keys + 2);
        Round(ref c0, ref c1, ref c2, ref c3, keys + 4);
        Round(ref c0, ref c1, ref c2, ref c3, keys + 6);
        Round(ref c0, ref c1, ref c2, ref c3, keys + 8);
        Round(ref c0, ref c1, ref c2, ref c3, keys + 10);
        Round(ref c0, ref c1, ref c2, ref c3, keys + 12);
        Round(ref c0, ref c1, ref c2, ref c3, keys + 14);
        Round(ref c0, ref c1, ref c2, ref c3, keys + 16);
        Round(ref c0, ref c1, ref c2, ref c3, keys + 18);
    }

    /// <summary>The high halves of c1 and c3 are what is left of the products; nothing reads them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref Vector512<ulong> c0, ref Vector512<ulong> c1, ref Vector512<ulong> c2, ref Vector512<ulong> c3, ulong* keys)
    {
        Vector512<ulong> p0 = Product(c0, Vector512.Create((ulong)Philox.M0));
        Vector512<ulong> p1 = Product(c2, Vector512.Create((ulong)Philox.M1));
        c0 = (p1 >> 32) ^ c1 ^ Vector512.Create(keys[0]);
        c2 = (p0 >> 32) ^ c3 ^ Vector512.Create(keys[1]);
        c1 = p1;
        c3 = p0;
    }

    /// <summary>The products of the lanes' low halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Product(Vector512<ulong> a, Vector512<ulong> b) => Avx512F.IsSupported
        ? Avx512F.Multiply(a.AsUInt32(), b.AsUInt32())
        : Vector512.Create(Product(a.GetLower(), b.GetLower()), Product(a.GetUpper(), b.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Product(Vector256<ulong> a, Vector256<ulong> b) => Avx2.IsSupported
        ? Avx2.Multiply(a.AsUInt32(), b.AsUInt32())
        : Vector256.Create(Product(a.GetLower(), b.GetLower()), Product(a.GetUpper(), b.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Product(Vector128<ulong> a, Vector128<ulong> b) => AdvSimd.IsSupported
        ? AdvSimd.MultiplyWideningLower(AdvSimd.ExtractNarrowingLower(a), AdvSimd.ExtractNarrowingLower(b))
        : Sse2.IsSupported ? Sse2.Multiply(a.AsUInt32(), b.AsUInt32())
        : Vector128.Create((a[0] & uint.MaxValue) * (b[0] & uint.MaxValue), (a[1] & uint.MaxValue) * (b[1] & uint.MaxValue));
}

/// <summary>The two keys of each round, in order, where vectors can read them.</summary>
public unsafe struct PhiloxKeys
{
    private fixed ulong keys[2 * Philox.Rounds];

    public PhiloxKeys(KeyedRandom random)
    {
        for (uint round = 0; round < Philox.Rounds; round++)
        {
            keys[2 * round] = unchecked(random.Key0 + (round * Philox.W0));
            keys[(2 * round) + 1] = unchecked(random.Key1 + (round * Philox.W1));
        }
    }
}

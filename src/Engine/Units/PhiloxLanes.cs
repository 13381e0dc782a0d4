using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace BrainSim.Engine.Units;

/// <summary>
/// <see cref="Philox"/> for eight ids at once, each in 64 bits: a product of 32-bit numbers fills its lane, whose high half is what
/// the next round mixes and whose low half is what the round after multiplies, so that nothing is ever moved between lanes.
/// </summary>
public static class PhiloxLanes
{
    /// <summary>Ids of one call. A processor with narrower vectors computes them in parts.</summary>
    public const int Count = 8;

    /// <summary>Draws 0 and 1 of the streams of <paramref name="firstId"/> and the seven ids after it (modulo 2^32), as <see cref="KeyedStream.NextBits"/> gives them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<ulong> First, Vector512<ulong> Second) Draws(KeyedRandom random, uint firstId, long step)
    {
        // The first round in scalars: only the id differs, and it is but added.
        ulong product = (ulong)Philox.M1 * (uint)step;
        Vector512<ulong> c0 = (Vector512.Create((ulong)firstId) + Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7)) ^ Vector512.Create((product >> 32) ^ random.Key0);
        Vector512<ulong> c1 = Vector512.Create(product);
        Vector512<ulong> c2 = Vector512.Create((ulong)(uint)(step >>> 32) ^ random.Key1);
        Vector512<ulong> c3 = Vector512<ulong>.Zero;
        Vector512<ulong> m0 = Vector512.Create((ulong)Philox.M0);
        Vector512<ulong> m1 = Vector512.Create((ulong)Philox.M1);
        uint key0 = random.Key0;
        uint key1 = random.Key1;
        for (int round = 1; round < Philox.Rounds; round++)
        {
            key0 = unchecked(key0 + Philox.W0);
            key1 = unchecked(key1 + Philox.W1);
            Vector512<ulong> p0 = Product(c0, m0);
            Vector512<ulong> p1 = Product(c2, m1);
            c0 = (p1 >> 32) ^ c1 ^ Vector512.Create((ulong)key0);
            c2 = (p0 >> 32) ^ c3 ^ Vector512.Create((ulong)key1);
            c1 = p1;
            c3 = p0;
        }

        Vector512<ulong> low = Vector512.Create((ulong)uint.MaxValue);
        return ((c0 & low) | (c1 << 32), (c2 & low) | (c3 << 32));
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

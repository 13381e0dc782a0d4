using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using BrainSim.Engine.Units;

namespace BrainSim.Bench.Yardsticks;

/// <summary>16 blocks of <see cref="Philox"/> at once. A word lies in the low half of a 64-bit lane; what is above it is ignored by the next product, so nothing is shuffled between rounds.</summary>
public static unsafe class PhiloxVectors
{
    /// <summary>Two keys per round, each in a 64-bit number of its own.</summary>
    public const int KeyLength = 2 * Philox.Rounds;

    public static void Schedule(uint key0, uint key1, ulong* keys)
    {
        for (int round = 0; round < Philox.Rounds; round++)
        {
            keys[2 * round] = unchecked(key0 + ((uint)round * Philox.W0));
            keys[(2 * round) + 1] = unchecked(key1 + ((uint)round * Philox.W1));
        }
    }

    /// <summary>Blocks of the counters (first, counter1, counter2, 0), (first + 1, …), … of which block j gives lane j of each result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Blocks(uint first, uint counter1, uint counter2, ulong* keys, out Vector512<uint> w0, out Vector512<uint> w1, out Vector512<uint> w2, out Vector512<uint> w3)
    {
        // Even lanes in a, odd lanes in b: together they are the 16 lanes of 32 bits.
        Vector512<ulong> a0 = Vector512.Create((ulong)first) + Vector512.Create(0ul, 2, 4, 6, 8, 10, 12, 14);
        Vector512<ulong> b0 = a0 + Vector512<ulong>.One;
        Vector512<ulong> a1 = Vector512.Create((ulong)counter1);
        Vector512<ulong> b1 = a1;
        Vector512<ulong> a2 = Vector512.Create((ulong)counter2);
        Vector512<ulong> b2 = a2;
        Vector512<ulong> a3 = Vector512<ulong>.Zero;
        Vector512<ulong> b3 = a3;
        for (int round = 0; round < KeyLength; round += 2)
        {
            Vector512<ulong> key0 = Vector512.Create(keys[round]);
            Vector512<ulong> key1 = Vector512.Create(keys[round + 1]);
            Round(ref a0, ref a1, ref a2, ref a3, key0, key1);
            Round(ref b0, ref b1, ref b2, ref b3, key0, key1);
        }

        w0 = Join(a0, b0);
        w1 = Join(a1, b1);
        w2 = Join(a2, b2);
        w3 = Join(a3, b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref Vector512<ulong> c0, ref Vector512<ulong> c1, ref Vector512<ulong> c2, ref Vector512<ulong> c3, Vector512<ulong> key0, Vector512<ulong> key1)
    {
        Vector512<ulong> p0 = Product(c0, Philox.M0);
        Vector512<ulong> p1 = Product(c2, Philox.M1);
        c0 = (p1 >>> 32) ^ c1 ^ key0;
        c1 = p1;
        c2 = (p0 >>> 32) ^ c3 ^ key1;
        c3 = p0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Product(Vector512<ulong> x, uint factor) => Avx512F.IsSupported
        ? Avx512F.Multiply(x.AsUInt32(), Vector512.Create((ulong)factor).AsUInt32())
        : (x & Vector512.Create(0xFFFF_FFFFul)) * Vector512.Create((ulong)factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Join(Vector512<ulong> even, Vector512<ulong> odd) =>
        ((even & Vector512.Create(0xFFFF_FFFFul)) | (odd << 32)).AsUInt32();
}

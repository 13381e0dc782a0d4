using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Kernels.Cpu;

/// <summary>
/// Random draws for the neurons of one turn of a kernel's loop, each keyed by its global id. For uniform, choice, exponential, normal and
/// lognormal only the uniform numbers that they are made of, since the kernel's vectors do the rest; Poisson whole, in vectors while all
/// means are below <see cref="PoissonTable.MeanLimit"/>; of truncated normals what the first proposal does not give; gamma and larger means neuron by neuron.
/// </summary>
public static unsafe class DrawLanes
{
    /// <summary>Most numbers per lane that go in or come out.</summary>
    public const int Numbers = 5;

    /// <summary>Most lanes of one call.</summary>
    public const int MostLanes = VectorEmitter.MostCopies * 16;

    /// <param name="first">Local id of lane 0.</param>
    /// <param name="lanes">A multiple of <see cref="PhiloxLanes.Count"/>. Those past the last neuron, whose arguments mean nothing, get numbers that mean nothing.</param>
    /// <param name="scratch">The arguments of all lanes, one after the other; what is drawn replaces them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Double(KernelArguments* arguments, int site, int first, int lanes, double* scratch) =>
        Draw(arguments, arguments->Sites + site, first, lanes, scratch);

    /// <summary>As <see cref="Double"/>, rounded at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Single(KernelArguments* arguments, int site, int first, int lanes, float* scratch)
    {
        DrawSite* draw = arguments->Sites + site;
        if (draw->Op != Op.Poisson || !Poisson(arguments, draw, first, lanes, scratch))
        {
            SingleByDouble(arguments, draw, first, lanes, scratch);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void SingleByDouble(KernelArguments* arguments, DrawSite* draw, int first, int lanes, float* scratch)
    {
        double* wide = stackalloc double[Numbers * MostLanes];
        for (int i = 0; i < draw->Arguments * lanes; i += 8)
        {
            Vector512.WidenLower(Vector256.Load(scratch + i).ToVector512Unsafe()).Store(wide + i);
        }

        Draw(arguments, draw, first, lanes, wide);
        int numbers = draw->Op is Op.Normal or Op.Lognormal ? 2 : 1;
        for (int i = 0; i < numbers * lanes; i += 16)
        {
            Vector512.Narrow(Vector512.Load(wide + i), Vector512.Load(wide + i + 8)).Store(scratch + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Draw(KernelArguments* arguments, DrawSite* draw, int first, int lanes, double* scratch)
    {
        switch (draw->Op)
        {
            case Op.Poisson:
                Poisson(arguments, draw, first, lanes, scratch);
                break;
            case Op.TruncatedNormal when draw->Arguments == Numbers:
                Truncated(arguments, draw, first, lanes, scratch);
                break;
            case Op.Gamma or Op.TruncatedNormal:
                OneByOne(arguments, draw, first, lanes, lanes, scratch);
                break;
            default:
                Units(draw, (uint)(arguments->FirstId + first), arguments->DrawStep, lanes, scratch);
                break;
        }
    }

    /// <summary>For normal and lognormal a number in (0, 1) and one in [0, 1) per lane, for exponential one in (0, 1), else one in [0, 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Units(DrawSite* draw, uint firstId, long step, int lanes, double* scratch)
    {
        Op op = draw->Op;
        for (int lane = 0; lane < lanes; lane += PhiloxLanes.Count)
        {
            (Vector512<ulong> a, Vector512<ulong> b) = PhiloxLanes.Draws(&draw->RoundKeys, firstId + (uint)lane, step);
            if (op is Op.Normal or Op.Lognormal)
            {
                ToUnit(b).Store(scratch + lanes + lane);
            }

            (op is Op.Uniform or Op.Choice ? ToUnit(a) : ToOpen(a)).Store(scratch + lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ToUnit(Vector512<ulong> bits) => Vector512.ConvertToDouble(bits >> 11) * KeyedStream.Unit;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ToOpen(Vector512<ulong> bits) =>
        Vector512.ConvertToDouble(((bits >> 12) << 1) | Vector512<ulong>.One) * KeyedStream.Unit;

    /// <summary>A mean that all lanes share is drawn by the site's table, which is made anew where the first neuron brings another mean.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Poisson(KernelArguments* arguments, DrawSite* draw, int first, int lanes, double* means)
    {
        if (first == 0)
        {
            RefillTable(draw, means[0]);
        }

        uint* words = draw->Words.From(&draw->RoundKeys, (uint)(arguments->FirstId + first), lanes, arguments->DrawStep);
        for (int lane = 0; lane < lanes; lane += PhiloxLanes.Count)
        {
            Vector512<double> mean = Vector512.Load(means + lane);
            if (!Vector512.LessThanAll(mean, Vector512.Create(PoissonTable.MeanLimit)) || !Vector512.GreaterThanOrEqualAll(mean, Vector512<double>.Zero))
            {
                OneByOne(arguments, draw, first + lane, PhiloxLanes.Count, lanes, means + lane);
                continue;
            }

            Vector512<ulong> bits = Vector512.WidenLower(Vector256.Load(words + lane).ToVector512Unsafe());
            bool shared = Vector512.EqualsAll(mean, Vector512.Create(draw->Table.Mean));
            (shared ? Reached(bits, &draw->Table) : Reached(bits, mean)).Store(means + lane);
        }
    }

    /// <summary>As <see cref="Poisson"/>, in single precision from the beginning, where all lanes have the table's mean.</summary>
    /// <returns>False where they have not.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Poisson(KernelArguments* arguments, DrawSite* draw, int first, int lanes, float* means)
    {
        if (first == 0)
        {
            RefillTable(draw, means[0]);
        }

        Vector512<float> shared = Vector512.Create((float)draw->Table.Mean);
        bool all = (lanes % 16) == 0;
        for (int lane = 0; lane < lanes && all; lane += 16)
        {
            all = Vector512.EqualsAll(Vector512.Load(means + lane), shared);
        }

        if (!all)
        {
            return false;
        }

        uint* words = draw->Words.From(&draw->RoundKeys, (uint)(arguments->FirstId + first), lanes, arguments->DrawStep);
        for (int lane = 0; lane < lanes; lane += 32)
        {
            Reached(words + lane, &draw->Table, means + lane, lane + 16 < lanes);
        }

        return true;
    }

    private static void RefillTable(DrawSite* draw, double mean)
    {
        if (mean != draw->Table.Mean && mean is >= 0 and < PoissonTable.MeanLimit)
        {
            draw->Table.Fill(mean);
        }
    }

    /// <summary>How many thresholds of the table each lane reaches, two vectors at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reached(uint* words, PoissonTable* table, float* counts, bool both)
    {
        Vector512<uint> a = Vector512.Load(words);
        Vector512<uint> b = Vector512.Load(both ? words + 16 : words);
        Vector512<uint> countA = Vector512<uint>.Zero;
        Vector512<uint> countB = Vector512<uint>.Zero;
        uint* threshold = (uint*)table;
        for (uint* end = threshold + table->Usual; threshold < end; threshold++)
        {
            Vector512<uint> t = Vector512.Create(*threshold);
            countA -= Vector512.GreaterThanOrEqual(a, t);
            countB -= Vector512.GreaterThanOrEqual(b, t);
        }

        for (uint* end = (uint*)table + table->Count; threshold < end && Vector512.GreaterThanOrEqualAny(Vector512.Max(a, b), Vector512.Create(*threshold)); threshold++)
        {
            Vector512<uint> t = Vector512.Create(*threshold);
            countA -= Vector512.GreaterThanOrEqual(a, t);
            countB -= Vector512.GreaterThanOrEqual(b, t);
        }

        Vector512.ConvertToSingle(countA.AsInt32()).Store(counts);
        if (both)
        {
            Vector512.ConvertToSingle(countB.AsInt32()).Store(counts + 16);
        }
    }

    /// <summary>The same for bits in lanes of 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Reached(Vector512<ulong> bits, PoissonTable* table)
    {
        Vector512<ulong> count = Vector512<ulong>.Zero;
        uint* threshold = (uint*)table;
        for (uint* end = threshold + table->Usual; threshold < end; threshold++)
        {
            count -= Vector512.GreaterThanOrEqual(bits, Vector512.Create((ulong)*threshold));
        }

        for (uint* end = (uint*)table + table->Count; threshold < end && Vector512.GreaterThanOrEqualAny(bits, Vector512.Create((ulong)*threshold)); threshold++)
        {
            count -= Vector512.GreaterThanOrEqual(bits, Vector512.Create((ulong)*threshold));
        }

        return Vector512.ConvertToDouble(count.AsInt64());
    }

    /// <summary>As by a table for each lane's own mean, in [0, <see cref="PoissonTable.MeanLimit"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<double> Reached(Vector512<ulong> bits, Vector512<double> mean)
    {
        Vector512<double> unit = Vector512.ConvertToDouble(bits) * PoissonTable.Unit;
        Vector512<double> probability = ExpOfNegative(-mean);
        Vector512<double> below = probability;
        Vector512<double> count = Vector512<double>.Zero;
        Vector512<double> k = Vector512<double>.Zero;
        Vector512<double> reached = Vector512.GreaterThanOrEqual(unit, below);
        while (reached != Vector512<double>.Zero)
        {
            k += Vector512<double>.One;
            count += reached & Vector512<double>.One;
            probability *= mean / k;
            Vector512<double> before = below;
            below += probability;
            reached &= Vector512.GreaterThanOrEqual(unit, below) & Vector512.GreaterThan(below, before);
        }

        return count;
    }

    /// <summary><see cref="Elementary.Exp(double)"/> for -<see cref="PoissonTable.MeanLimit"/> to 0, where its bounds and its rounding of small results do not act.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ExpOfNegative(Vector512<double> x)
    {
        Vector512<double> shift = Vector512.Create(Binary64.RoundingShift);
        Vector512<double> shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(Binary64.Log2E), shift);
        Vector512<double> n = shifted - shift;
        Vector512<double> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Binary64.Ln2Lo), Vector512.FusedMultiplyAdd(n, Vector512.Create(-Binary64.Ln2Hi), x));
        Vector512<double> square = r * r;
        Vector512<double> even = Vector512.Create(Binary64.ExpP[0]);
        Vector512<double> odd = Vector512.Create(Binary64.ExpP[1]);
        for (int i = 2; i < Binary64.ExpP.Length; i += 2)
        {
            even = Vector512.FusedMultiplyAdd(even, square, Vector512.Create(Binary64.ExpP[i]));
            odd = Vector512.FusedMultiplyAdd(odd, square, Vector512.Create(Binary64.ExpP[i + 1]));
        }

        Vector512<double> p = Vector512.FusedMultiplyAdd(even, r, odd);
        p = Vector512.FusedMultiplyAdd(Vector512.FusedMultiplyAdd(p, r, Vector512<double>.One), r, Vector512<double>.One);
        return (p.AsInt64() + (shifted.AsInt64() << Binary64.MantissaBits)).AsDouble();
    }

    /// <summary>Takes the proposed standard normal where <see cref="Distributions.TruncatedNormal"/> would, else draws from the beginning.</summary>
    /// <param name="scratch">Of all lanes the proposal, the mean, the deviation, low and high.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Truncated(KernelArguments* arguments, DrawSite* draw, int first, int lanes, double* scratch)
    {
        for (int lane = 0; lane < lanes; lane += PhiloxLanes.Count)
        {
            double* at = scratch + lane;
            Vector512<double> z = Vector512.Load(at);
            Vector512<double> mean = Vector512.Load(at + lanes);
            Vector512<double> deviation = Vector512.Load(at + (2 * lanes));
            Vector512<double> low = Vector512.Load(at + (3 * lanes));
            Vector512<double> high = Vector512.Load(at + (4 * lanes));
            Vector512<double> a = (low - mean) / deviation;
            Vector512<double> b = (high - mean) / deviation;
            Vector512<double> taken = Vector512.GreaterThan(deviation, Vector512<double>.Zero)
                & Vector512.LessThanOrEqual(a, Vector512<double>.Zero) & Vector512.GreaterThanOrEqual(b, Vector512<double>.Zero)
                & Vector512.GreaterThanOrEqual(b - a, Vector512.Create(Distributions.NormalProposalFrom))
                & Vector512.LessThan(high - low, Vector512.Create(double.PositiveInfinity))
                & Vector512.GreaterThanOrEqual(z, a) & Vector512.LessThanOrEqual(z, b);
            Vector512.Min(Vector512.Max(Vector512.FusedMultiplyAdd(deviation, z, mean), low), high).Store(at);
            int left = Math.Min(PhiloxLanes.Count, arguments->Count - first - lane);
            for (uint others = ~(uint)taken.ExtractMostSignificantBits() & byte.MaxValue; others != 0; others &= others - 1)
            {
                int i = BitOperations.TrailingZeroCount(others);
                if (i < left)
                {
                    KeyedStream stream = draw->Key.Stream((uint)(arguments->FirstId + first + lane + i), arguments->DrawStep);
                    at[i] = RandomOps.Draw(Op.TruncatedNormal, stream, [at[lanes + i], at[(2 * lanes) + i], at[(3 * lanes) + i], at[(4 * lanes) + i]]);
                }
            }
        }
    }

    /// <param name="stride">Distance between a lane's arguments.</param>
    private static void OneByOne(KernelArguments* arguments, DrawSite* draw, int first, int lanes, int stride, double* scratch)
    {
        Span<double> values = stackalloc double[Numbers];
        for (int lane = 0; lane < Math.Min(lanes, arguments->Count - first); lane++)
        {
            for (int a = 0; a < draw->Arguments; a++)
            {
                values[a] = scratch[(a * stride) + lane];
            }

            uint id = (uint)(arguments->FirstId + first + lane);
            scratch[lane] = RandomOps.Draw(draw->Op, draw->Key.Stream(id, arguments->DrawStep), values);
        }
    }
}

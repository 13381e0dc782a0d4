using System.Runtime.CompilerServices;

namespace BrainSim.Engine.Units;

/// <summary>
/// Elementary functions that give the same bits on every processor: only + - * /, fused multiply-add, floor, comparisons
/// with a choice between two computed values, and integer operations on the bits. No branch: the SIMD and GPU code is
/// the same sequence of operations, lane by lane. NaN gives NaN, except in <c>Pow(x, 0)</c> and <c>Pow(1, y)</c>.
/// Where a bound in ulp is named, <c>tests/Engine/Units</c> measures it. The float half is in <c>Elementary.Single.cs</c>.
/// </summary>
public static partial class Elementary
{
    /// <summary>e^x, 0 far below and +inf above <see cref="Binary64.ExpMax"/>; subnormal results are rounded once. 1 ulp.</summary>
    public static double Exp(double x)
    {
        double z = Greater(Binary64.ExpLow, Lesser(Binary64.ExpHigh, x));
        double n = ReduceExp(z, out _);
        double r = Fma(n, -Binary64.Ln2Lo, Fma(n, -Binary64.Ln2Hi, z));
        double p = Fma(Fma(Horner(Binary64.ExpP, r), r, 1.0), r, 1.0);
        return ScaleByPower(p, n);
    }

    /// <summary>e^x - 1, precise near zero. 3 ulp.</summary>
    public static double Expm1(double x)
    {
        double y = BoundedExpm1(Lesser(Binary64.ExpHigh, x));
        return Math.Abs(x) < Binary64.Expm1Tiny ? x : y;
    }

    /// <summary>(e^x - 1)/x, 1 at 0. 3 ulp. +inf above <see cref="Binary64.ExpMax"/>, a little before the quotient itself overflows.</summary>
    public static double Exprel(double x)
    {
        double y = Lesser(Binary64.ExpHigh, AwayFromZero(x));
        return BoundedExpm1(y) / y;
    }

    /// <summary>x/(e^x - 1), 1 at 0: the inverse of <see cref="Exprel(double)"/>, with one division. 3 ulp.</summary>
    public static double InverseExprel(double x)
    {
        double y = Lesser(Binary64.ExpHigh, AwayFromZero(x));
        return y / BoundedExpm1(y);
    }

    /// <summary>ln x; -inf at 0, NaN below. 2 ulp.</summary>
    public static double Log(double x)
    {
        bool subnormal = x < Binary64.MinNormal;
        long bits = Bits(subnormal ? x * Binary64.SubnormalScale : x) + Binary64.LogShift;
        double k = FromBits((bits >>> Binary64.MantissaBits) | Binary64.IntegerBits)
            - (subnormal ? Binary64.LogBiasSubnormal : Binary64.LogBias);
        double f = FromBits((bits & Binary64.MantissaMask) + Binary64.SqrtHalfBits) - 1.0;
        double s = f / (2.0 + f);
        double w = s * s;

        // 2s + s w Q = f - s (f - w Q), because 2s = f - s f; f is exact, s is not.
        double y = Fma(-s, Fma(-w, Horner(Binary64.LogQ, w), f), f);
        y = Fma(k, Binary64.Ln2Hi, Fma(k, Binary64.Ln2Lo, y));
        double outside = x == 0.0 ? double.NegativeInfinity : double.NaN;
        y = x > 0.0 ? y : outside;
        return x == double.PositiveInfinity ? x : y;
    }

    /// <summary>ln(1 + x), precise near zero; -inf at -1, NaN below. 2 ulp.</summary>
    public static double Log1p(double x)
    {
        // u + lost = 1 + x exactly (Knuth's two-sum); ln(u + lost) = ln u + lost/u, the rest being below 2^-106.
        double u = 1.0 + x;
        double taken = u - 1.0;
        double lost = (1.0 - (u - taken)) + (x - taken);
        double y = Log(u);
        double more = lost / u;
        return Math.Abs(more) < 1.0 ? y + more : y;
    }

    /// <summary>sin x (rad). 2 ulp for |x| ≤ 1e9, NaN beyond <see cref="Binary64.PhaseMax"/>.</summary>
    public static double Sin(double x) => Turned(x, 0);

    /// <summary>cos x (rad). 2 ulp for |x| ≤ 1e9, NaN beyond <see cref="Binary64.PhaseMax"/>.</summary>
    public static double Cos(double x) => Turned(x, 1);

    /// <summary>sin x / cos x. 3 ulp.</summary>
    public static double Tan(double x) => Turned(x, 0) / Turned(x, 1);

    /// <summary>3 ulp.</summary>
    public static double Tanh(double x)
    {
        double e = Expm1(-2.0 * Math.Abs(x));
        return Math.CopySign(e / (2.0 + e), x);
    }

    /// <summary>Overflows where <see cref="Exp(double)"/> does, 0.7 before sinh itself. 3 ulp.</summary>
    public static double Sinh(double x)
    {
        double e = Expm1(Math.Abs(x));
        double y = e < double.PositiveInfinity ? 0.5 * (e + (e / (e + 1.0))) : e;
        return Math.CopySign(y, x);
    }

    /// <summary>Overflows where <see cref="Exp(double)"/> does, 0.7 before cosh itself. 2 ulp.</summary>
    public static double Cosh(double x)
    {
        double e = Exp(Math.Abs(x));
        return (0.5 * e) + (0.5 / e);
    }

    /// <summary>1/(1 + e^-x). 3 ulp.</summary>
    public static double Sigmoid(double x) => 1.0 / (1.0 + Exp(-x));

    /// <summary>
    /// x^y = e^(y ln|x|), negative for x &lt; 0 and odd y, NaN for x &lt; 0 and fractional y; special values as in IEEE 754 <c>pow</c>.
    /// The relative error grows with |y ln x|: 1e-13 for results in [1e-100, 1e100]. Small whole powers are better multiplied out.
    /// </summary>
    public static double Pow(double x, double y)
    {
        double size = Math.Abs(x);
        double magnitude = size == 1.0 ? 1.0 : Exp(y * Log(size));
        double half = 0.5 * y;
        bool whole = Math.Floor(y) == y;
        bool odd = whole & (Math.Floor(half) != half);
        double signed = odd ? Math.CopySign(magnitude, x) : magnitude;
        double result = (x >= 0.0) | whole | (size == double.PositiveInfinity) ? signed : double.NaN;
        result = double.IsNaN(x) | double.IsNaN(y) ? x + y : result;
        return (y == 0.0) | (x == 1.0) ? 1.0 : result;
    }

    /// <summary>The n for which x = n·ln 2 + r has |r| ≤ ln 2 / 2; the low 12 bits of <paramref name="power"/> are n. Without meaning where n needs more bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ReduceExp(double x, out long power)
    {
        double t = Fma(x, Binary64.Log2E, Binary64.RoundingShift);
        power = Bits(t);
        return t - Binary64.RoundingShift;
    }

    /// <summary>y·2^n for whole n from -2000 to 2000, rounded once: a power of two at a time, of which only the second can leave the normal range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ScaleByPower(double y, double n)
    {
        double half = Math.Floor(0.5 * n);
        return y * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>2^n for a whole n in the range of normal doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double PowerOfTwo(double n) => FromBits((Bits(n + Binary64.RoundingShift) << Binary64.MantissaBits) + Binary64.OneBits);

    /// <summary>The lesser of two; the second where one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Lesser(double a, double b) => a < b ? a : b;

    /// <summary>The greater of two; the second where one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Greater(double a, double b) => a > b ? a : b;

    /// <summary>x, or ±<see cref="Binary64.Expm1Tiny"/> where it is closer to zero, so that it can divide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double AwayFromZero(double x) => Math.CopySign(Greater(Binary64.Expm1Tiny, Math.Abs(x)), x);

    /// <summary>e^x - 1 = 2·(h·(e^r - 1) + (h - ½)) with h = 2^(n-1), since 2^n itself can overflow. For x up to ExpHigh, where it is +inf; far below 0 it is -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double BoundedExpm1(double x)
    {
        double z = Greater(Binary64.Expm1Low, x);
        double n = ReduceExp(z, out long power);
        double r = Fma(n, -Binary64.Ln2Lo, Fma(n, -Binary64.Ln2Hi, z));
        double p = Fma(r * r, Horner(Binary64.ExpP, r), r);
        double h = FromBits((power << Binary64.MantissaBits) + Binary64.HalfBits);
        double y = Fma(h, p, h - 0.5);
        return y + y;
    }

    /// <summary>sin(x + turn·π/2). Three-part reduction (Cody and Waite 1980, with fused multiply-add, so that the first step is exact).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Turned(double x, long turn)
    {
        double t = Fma(x, Binary64.TwoOverPi, Binary64.RoundingShift);
        double n = t - Binary64.RoundingShift;
        double r = Fma(-n, Binary64.HalfPiC, Fma(-n, Binary64.HalfPiB, Fma(-n, Binary64.HalfPiA, x)));
        double z = r * r;
        double sin = Fma(z * Horner(Binary64.SinS, z), r, r);
        double cos = Fma(Fma(Horner(Binary64.CosC, z), z, -0.5), z, 1.0);
        long quadrant = Bits(t) + turn;
        double y = (quadrant & 1) == 0 ? sin : cos;
        y = (quadrant & 2) == 0 ? y : -y;
        return Math.Abs(x) <= Binary64.PhaseMax ? y : double.NaN;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Horner(ReadOnlySpan<double> coefficients, double x)
    {
        double sum = coefficients[0];
        for (int i = 1; i < coefficients.Length; i++)
        {
            sum = Fma(sum, x, coefficients[i]);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Fma(double a, double b, double c) => Math.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Bits(double x) => BitConverter.DoubleToInt64Bits(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double FromBits(long bits) => BitConverter.Int64BitsToDouble(bits);
}

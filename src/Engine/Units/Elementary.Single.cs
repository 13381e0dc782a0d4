using System.Runtime.CompilerServices;

namespace BrainSim.Engine.Units;

/// <summary>The single-precision half: the same operations in float only.</summary>
public static partial class Elementary
{
    /// <summary>e^x, 0 far below and +inf above <see cref="Binary32.ExpMax"/>; subnormal results are rounded once. 1 ulp.</summary>
    public static float Exp(float x)
    {
        float z = Greater(Binary32.ExpLow, Lesser(Binary32.ExpHigh, x));
        float n = ReduceExp(z, out _);
        float r = Fma(n, -Binary32.Ln2Lo, Fma(n, -Binary32.Ln2Hi, z));
        float p = Fma(Fma(Horner(Binary32.ExpP, r), r, 1f), r, 1f);
        return ScaleByPower(p, n);
    }

    /// <summary>e^x - 1, precise near zero. 3 ulp.</summary>
    public static float Expm1(float x)
    {
        float y = BoundedExpm1(Lesser(Binary32.ExpHigh, x));
        return MathF.Abs(x) < Binary32.Expm1Tiny ? x : y;
    }

    /// <summary>(e^x - 1)/x, 1 at 0. 3 ulp. +inf above <see cref="Binary32.ExpMax"/>, a little before the quotient itself overflows.</summary>
    public static float Exprel(float x)
    {
        float y = Lesser(Binary32.ExpHigh, AwayFromZero(x));
        return BoundedExpm1(y) / y;
    }

    /// <summary>x/(e^x - 1), 1 at 0: the inverse of <see cref="Exprel(float)"/>, with one division. 3 ulp.</summary>
    public static float InverseExprel(float x)
    {
        float y = Lesser(Binary32.ExpHigh, AwayFromZero(x));
        return y / BoundedExpm1(y);
    }

    /// <summary>ln x; -inf at 0, NaN below. 2 ulp.</summary>
    public static float Log(float x)
    {
        bool subnormal = x < Binary32.MinNormal;
        int bits = Bits(subnormal ? x * Binary32.SubnormalScale : x) + Binary32.LogShift;
        float k = FromBits((bits >>> Binary32.MantissaBits) | Binary32.IntegerBits)
            - (subnormal ? Binary32.LogBiasSubnormal : Binary32.LogBias);
        float f = FromBits((bits & Binary32.MantissaMask) + Binary32.SqrtHalfBits) - 1f;
        float s = f / (2f + f);
        float w = s * s;

        // 2s + s w Q = f - s (f - w Q), because 2s = f - s f; f is exact, s is not.
        float y = Fma(-s, Fma(-w, Horner(Binary32.LogQ, w), f), f);
        y = Fma(k, Binary32.Ln2Hi, Fma(k, Binary32.Ln2Lo, y));
        float outside = x == 0f ? float.NegativeInfinity : float.NaN;
        y = x > 0f ? y : outside;
        return x == float.PositiveInfinity ? x : y;
    }

    /// <summary>ln(1 + x), precise near zero; -inf at -1, NaN below. 2 ulp.</summary>
    public static float Log1p(float x)
    {
        // u + lost = 1 + x exactly (Knuth's two-sum); ln(u + lost) = ln u + lost/u, the rest being below 2^-48.
        float u = 1f + x;
        float taken = u - 1f;
        float lost = (1f - (u - taken)) + (x - taken);
        float y = Log(u);
        float more = lost / u;
        return MathF.Abs(more) < 1f ? y + more : y;
    }

    /// <summary>sin x (rad). 2 ulp up to 2^20, NaN beyond <see cref="Binary32.PhaseMax"/>.</summary>
    public static float Sin(float x) => Turned(x, 0);

    /// <summary>cos x (rad). 2 ulp up to 2^20, NaN beyond <see cref="Binary32.PhaseMax"/>.</summary>
    public static float Cos(float x) => Turned(x, 1);

    /// <summary>sin x / cos x. 3 ulp.</summary>
    public static float Tan(float x) => Turned(x, 0) / Turned(x, 1);

    /// <summary>3 ulp.</summary>
    public static float Tanh(float x)
    {
        float e = Expm1(-2f * MathF.Abs(x));
        return MathF.CopySign(e / (2f + e), x);
    }

    /// <summary>Overflows where <see cref="Exp(float)"/> does, 0.7 before sinh itself. 3 ulp.</summary>
    public static float Sinh(float x)
    {
        float e = Expm1(MathF.Abs(x));
        float y = e < float.PositiveInfinity ? 0.5f * (e + (e / (e + 1f))) : e;
        return MathF.CopySign(y, x);
    }

    /// <summary>Overflows where <see cref="Exp(float)"/> does, 0.7 before cosh itself. 2 ulp.</summary>
    public static float Cosh(float x)
    {
        float e = Exp(MathF.Abs(x));
        return (0.5f * e) + (0.5f / e);
    }

    /// <summary>1/(1 + e^-x). 3 ulp.</summary>
    public static float Sigmoid(float x) => 1f / (1f + Exp(-x));

    /// <summary>
    /// x^y = e^(y ln|x|), negative for x &lt; 0 and odd y, NaN for x &lt; 0 and fractional y; special values as in IEEE 754 <c>pow</c>.
    /// The relative error grows with |y ln x|: 1.4e-5 for results in [1e-30, 1e30]. Small whole powers are better multiplied out.
    /// </summary>
    public static float Pow(float x, float y)
    {
        float size = MathF.Abs(x);
        float magnitude = size == 1f ? 1f : Exp(y * Log(size));
        float half = 0.5f * y;
        bool whole = MathF.Floor(y) == y;
        bool odd = whole & (MathF.Floor(half) != half);
        float signed = odd ? MathF.CopySign(magnitude, x) : magnitude;
        float result = (x >= 0f) | whole | (size == float.PositiveInfinity) ? signed : float.NaN;
        result = float.IsNaN(x) | float.IsNaN(y) ? x + y : result;
        return (y == 0f) | (x == 1f) ? 1f : result;
    }

    /// <summary>The n for which x = n·ln 2 + r has |r| ≤ ln 2 / 2; the low 9 bits of <paramref name="power"/> are n. Without meaning where n needs more bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float ReduceExp(float x, out int power)
    {
        float t = Fma(x, Binary32.Log2E, Binary32.RoundingShift);
        power = Bits(t);
        return t - Binary32.RoundingShift;
    }

    /// <summary>y·2^n for whole n from -250 to 250, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float ScaleByPower(float y, float n)
    {
        float half = MathF.Floor(0.5f * n);
        return y * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float PowerOfTwo(float n) => FromBits((Bits(n + Binary32.RoundingShift) << Binary32.MantissaBits) + Binary32.OneBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Lesser(float a, float b) => a < b ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Greater(float a, float b) => a > b ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float AwayFromZero(float x) => MathF.CopySign(Greater(Binary32.Expm1Tiny, MathF.Abs(x)), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float BoundedExpm1(float x)
    {
        float z = Greater(Binary32.Expm1Low, x);
        float n = ReduceExp(z, out int power);
        float r = Fma(n, -Binary32.Ln2Lo, Fma(n, -Binary32.Ln2Hi, z));
        float p = Fma(r * r, Horner(Binary32.ExpP, r), r);
        float h = FromBits((power << Binary32.MantissaBits) + Binary32.HalfBits);
        float y = Fma(h, p, h - 0.5f);
        return y + y;
    }

    /// <summary>sin(x + turn·π/2). Three-part reduction (Cody and Waite 1980, with fused multiply-add, so that the first step is exact).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Turned(float x, int turn)
    {
        float t = Fma(x, Binary32.TwoOverPi, Binary32.RoundingShift);
        float n = t - Binary32.RoundingShift;
        float r = Fma(-n, Binary32.HalfPiC, Fma(-n, Binary32.HalfPiB, Fma(-n, Binary32.HalfPiA, x)));
        float z = r * r;
        float sin = Fma(z * Horner(Binary32.SinS, z), r, r);
        float cos = Fma(Fma(Horner(Binary32.CosC, z), z, -0.5f), z, 1f);
        int quadrant = Bits(t) + turn;
        float y = (quadrant & 1) == 0 ? sin : cos;
        y = (quadrant & 2) == 0 ? y : -y;
        return MathF.Abs(x) <= Binary32.PhaseMax ? y : float.NaN;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Horner(ReadOnlySpan<float> coefficients, float x)
    {
        float sum = coefficients[0];
        for (int i = 1; i < coefficients.Length; i++)
        {
            sum = Fma(sum, x, coefficients[i]);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Bits(float x) => BitConverter.SingleToInt32Bits(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float FromBits(int bits) => BitConverter.Int32BitsToSingle(bits);
}

using System.Numerics;

namespace BrainSim.Tests.Engine.Units;

/// <summary>
/// A real number as Mantissa·2^(Exponent - 320), right to about 2^-300 absolute before scaling: the reference that elementary functions are measured
/// against. Series in fixed point, without any floating point between argument and result. Arguments: |x| in [2^-150, 2^60] or 0.
/// </summary>
internal readonly record struct Exact(BigInteger Mantissa, int Exponent)
{
    private const int Point = 320;

    private static readonly BigInteger One = BigInteger.One << Point;
    private static readonly BigInteger Ln2 = 2 * AtanhOf(One / 3);
    private static readonly BigInteger HalfPi = (8 * AtanInverse(5)) - (2 * AtanInverse(239)); // Machin 1706

    public static Exact Exp(double x)
    {
        BigInteger fixedX = Fixed(x);
        int n = (int)Round(fixedX, Ln2);
        BigInteger r = fixedX - (n * Ln2);
        BigInteger sum = One;
        BigInteger term = One;
        for (int i = 1; !term.IsZero; i++)
        {
            term = Times(term, r) / i;
            sum += term;
        }

        return new Exact(sum, n);
    }

    public static Exact Expm1(double x) => new(Whole(Exp(x)) - One, 0);

    public static Exact Exprel(double x) => Quotient(Expm1(x).Mantissa, Fixed(x));

    public static Exact Log(double x)
    {
        int k = Math.ILogB(x);
        BigInteger m = Fixed(Math.ScaleB(x, -k));
        return new Exact((2 * AtanhOf(((m - One) << Point) / (m + One))) + (k * Ln2), 0);
    }

    public static Exact Log1p(double x)
    {
        BigInteger u = One + Fixed(x);
        int k = (int)u.GetBitLength() - 1 - Point;
        BigInteger m = k >= 0 ? u >> k : u << -k;
        return new Exact((2 * AtanhOf(((m - One) << Point) / (m + One))) + (k * Ln2), 0);
    }

    public static Exact Sin(double x) => Turned(x, 0);

    public static Exact Cos(double x) => Turned(x, 1);

    public static Exact Tan(double x) => Quotient(Sin(x).Mantissa, Cos(x).Mantissa);

    public static Exact Sinh(double x) => new((Whole(Exp(x)) - Whole(Exp(-x))) / 2, 0);

    public static Exact Cosh(double x) => new((Whole(Exp(x)) + Whole(Exp(-x))) / 2, 0);

    public static Exact Tanh(double x) => Quotient(Sinh(x).Mantissa, Cosh(x).Mantissa);

    public static Exact Sigmoid(double x) => Quotient(One, One + Whole(Exp(-x)));

    /// <summary>Distance of a computed value in units of the last of <paramref name="precision"/> bits (53 or 24) of the exact one.</summary>
    public double UlpsFrom(double computed, int precision = 53)
    {
        int ulp = (int)BigInteger.Abs(Mantissa).GetBitLength() - precision;
        return (double)(Difference(computed) >> (ulp - 30)) / (1 << 30);
    }

    public double AbsoluteFrom(double computed) => Math.ScaleB((double)(Difference(computed) >> (Point - 120)), Exponent - 120);

    private BigInteger Difference(double computed) =>
        double.IsFinite(computed) ? BigInteger.Abs(Fixed(computed, Point - Exponent) - Mantissa) : One << 1200;

    private static Exact Turned(double x, int turn)
    {
        BigInteger fixedX = Fixed(x);
        BigInteger n = Round(fixedX, HalfPi);
        BigInteger r = fixedX - (n * HalfPi);
        int quadrant = (int)((n + turn) & 3);
        BigInteger sum = (quadrant & 1) == 0 ? r : One;
        BigInteger term = sum;
        for (int i = (quadrant & 1) == 0 ? 2 : 1; !term.IsZero; i += 2)
        {
            term = -Times(Times(term, r), r) / (i * (i + 1));
            sum += term;
        }

        return new Exact((quadrant & 2) == 0 ? sum : -sum, 0);
    }

    private static BigInteger AtanhOf(BigInteger s)
    {
        BigInteger square = Times(s, s);
        BigInteger sum = BigInteger.Zero;
        BigInteger power = s;
        for (int i = 1; !power.IsZero && power != BigInteger.MinusOne; i += 2)
        {
            sum += power / i;
            power = Times(power, square);
        }

        return sum;
    }

    private static BigInteger AtanInverse(int m)
    {
        BigInteger sum = BigInteger.Zero;
        BigInteger power = One / m;
        for (int i = 1; !power.IsZero; i += 2)
        {
            sum += i % 4 == 1 ? power / i : -(power / i);
            power /= m * m;
        }

        return sum;
    }

    private static BigInteger Fixed(double x, int point = Point)
    {
        if (x == 0)
        {
            return BigInteger.Zero;
        }

        int e = Math.ILogB(x) - 52;
        BigInteger m = new(Math.ScaleB(x, -e));
        return e + point >= 0 ? m << (e + point) : m >> -(e + point);
    }

    private static BigInteger Whole(Exact x) => x.Exponent >= 0 ? x.Mantissa << x.Exponent : x.Mantissa >> -x.Exponent;

    private static Exact Quotient(BigInteger a, BigInteger b) => new((a << Point) / b, 0);

    private static BigInteger Times(BigInteger a, BigInteger b) => a * b / One;

    private static BigInteger Round(BigInteger a, BigInteger b) => BigInteger.Divide((2 * a) + (a.Sign * b), 2 * b);
}

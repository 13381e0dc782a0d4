using System.Security.Cryptography;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Units;

/// <summary>Distance from the exact value, in units of the last place. All arguments are drawn from <see cref="Seed"/>.</summary>
public sealed class ElementaryAccuracyTests(ITestOutputHelper output)
{
    private const ulong Seed = 20240607;
    private const int Points = 20_000;

    // name, double, float, exact, largest |x| (double), largest |x| (float), bound in ulp (double), in ulp (float)
    private sealed record Case(
        string Name, Func<double, double> Double, Func<float, float> Single, Func<double, Exact> Exact,
        double Limit, float SingleLimit, double Ulps, double SingleUlps, bool Positive = false, double Lowest = double.NegativeInfinity);

    private static readonly Case[] Cases =
    [
        new("exp", Elementary.Exp, Elementary.Exp, Exact.Exp, 708, 87, 1, 1.1),
        new("expm1", Elementary.Expm1, Elementary.Expm1, Exact.Expm1, 709, 88, 3, 3),
        new("exprel", Elementary.Exprel, Elementary.Exprel, Exact.Exprel, 709, 88, 3, 3),
        new("log", Elementary.Log, Elementary.Log, Exact.Log, 1e300, 1e38f, 2, 2, Positive: true),
        new("log1p", Elementary.Log1p, Elementary.Log1p, Exact.Log1p, 1e15, 1e38f, 2, 2, Lowest: -1),
        new("sin", Elementary.Sin, Elementary.Sin, Exact.Sin, 1e9, 1048576f, 2, 2),
        new("cos", Elementary.Cos, Elementary.Cos, Exact.Cos, 1e9, 1048576f, 2, 2),
        new("tan", Elementary.Tan, Elementary.Tan, Exact.Tan, 1e6, 1e4f, 3, 3),
        new("tanh", Elementary.Tanh, Elementary.Tanh, Exact.Tanh, 22, 22, 3, 3),
        new("sinh", Elementary.Sinh, Elementary.Sinh, Exact.Sinh, 709, 88, 3, 3),
        new("cosh", Elementary.Cosh, Elementary.Cosh, Exact.Cosh, 709, 88, 2, 2),
        new("sigmoid", Elementary.Sigmoid, Elementary.Sigmoid, Exact.Sigmoid, 100, 80, 3, 3),
    ];

    public static TheoryData<string> Names => new(Cases.Select(c => c.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Double_is_near_the_exact_value(string name)
    {
        Case c = Cases.Single(c => c.Name == name);
        double worst = 0, at = 0;
        foreach (double x in Arguments(c))
        {
            double error = c.Exact(x).UlpsFrom(c.Double(x));
            (worst, at) = error > worst ? (error, x) : (worst, at);
        }

        output.WriteLine($"{name}: {worst:F3} ulp at {at:R}");
        Assert.True(worst <= c.Ulps, $"{name}({at:R}) is {worst:F3} ulp off, more than {c.Ulps}.");
    }

    /// <summary>Against the double function, which the test above measures; every 1009th of all floats.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Single_is_near_the_double_value(string name)
    {
        Case c = Cases.Single(c => c.Name == name);
        double worst = 0, at = 0;
        for (long bits = int.MinValue; bits <= int.MaxValue; bits += 1009)
        {
            float x = BitConverter.Int32BitsToSingle((int)bits);
            double y = c.Double(x);
            if (!(Math.Abs(x) <= c.SingleLimit && x > c.Lowest) || (c.Positive && x <= 0) || y == 0 || Math.Abs(y) is < 1.2e-38 or > 3.4e38)
            {
                continue;
            }

            double error = Math.Abs(c.Single(x) - y) / Math.ScaleB(1, Math.ILogB(y) - 23);
            (worst, at) = error > worst ? (error, x) : (worst, at);
        }

        output.WriteLine($"{name}: {worst:F3} ulp at {at:R}");
        Assert.True(worst <= c.SingleUlps, $"{name}({at:R}f) is {worst:F3} ulp off, more than {c.SingleUlps}.");
    }

    /// <summary>The platform's own functions are within 1 ulp of the exact value, so 1 ulp is added to each bound.</summary>
    [Fact]
    public void Double_is_near_the_platform_on_a_dense_grid()
    {
        for (int i = -1_000_000; i <= 1_000_000; i++)
        {
            double x = i * 7.0e-4;
            AssertUlps(Math.Exp(x), Elementary.Exp(x), 2, x);
            AssertUlps(Math.Log(Math.Abs(x)), Elementary.Log(Math.Abs(x)), 3, x);
            AssertUlps(Math.Sin(x), Elementary.Sin(x), 3, x);
            AssertUlps(Math.Cos(x), Elementary.Cos(x), 3, x);
        }
    }

    [Fact]
    public void Sine_and_cosine_keep_3e_16_absolute_up_to_their_largest_phase()
    {
        KeyedStream stream = new KeyedRandom(Seed, 0).Stream(1, 0);
        for (int i = 0; i < Points; i++)
        {
            double x = Distributions.Uniform(ref stream, -1, 1) * Math.ScaleB(1, i % 46);
            Assert.True(Exact.Sin(x).AbsoluteFrom(Elementary.Sin(x)) <= 3e-16, $"sin({x:R})");
            Assert.True(Exact.Cos(x).AbsoluteFrom(Elementary.Cos(x)) <= 3e-16, $"cos({x:R})");
        }
    }

    /// <summary>Near multiples of π/2 the result is the rest of the reduction, so any lost bit of π shows.</summary>
    [Fact]
    public void Sine_and_cosine_keep_their_digits_at_their_zeros()
    {
        double worst = 0;
        for (int n = 1; n < 600_000_000; n += 29_989)
        {
            double x = n * (Math.PI / 2);
            worst = Math.Max(worst, Exact.Sin(x).UlpsFrom(Elementary.Sin(x)));
            worst = Math.Max(worst, Exact.Cos(x).UlpsFrom(Elementary.Cos(x)));
        }

        output.WriteLine($"{worst:F3} ulp");
        Assert.True(worst <= 2, $"{worst:F3} ulp");
    }

    /// <summary>Error of y·log x: |y log x| ≤ 230 times 2^-53 (rounding of the product) plus 1.2·2^-52 (log) gives 0.9e-13; in single 69 times 2^-24 plus 1.2·2^-23 gives 1.4e-5.</summary>
    [Fact]
    public void Power_keeps_its_relative_error()
    {
        KeyedStream stream = new KeyedRandom(Seed, 0).Stream(2, 0);
        double worst = 0, worstSingle = 0;
        for (int i = 0; i < 200_000; i++)
        {
            double x = Elementary.Exp(Distributions.Uniform(ref stream, -1, 1) * Math.ScaleB(1, -(i % 20)) * 20);
            double y = Distributions.Uniform(ref stream, -230, 230) / Math.Log(x);
            worst = Math.Max(worst, Math.Abs((Elementary.Pow(x, y) / Math.Pow(x, y)) - 1));
            float xs = (float)x, ys = (float)(0.3 * y);
            if (xs != 1)
            {
                worstSingle = Math.Max(worstSingle, Math.Abs((Elementary.Pow(xs, ys) / Math.Pow(xs, ys)) - 1));
            }
        }

        output.WriteLine($"double {worst:E2}, single {worstSingle:E2}");
        Assert.True(worst <= 1e-13, $"{worst:E2}");
        Assert.True(worstSingle <= 1.4e-5, $"{worstSingle:E2}");
    }

    /// <summary>
    /// The very bits, of every function, over arguments drawn from the seed. Recorded from this code on x86-64: another value means
    /// that results of old runs can no longer be repeated, or that this processor does not keep IEEE 754.
    /// </summary>
    [Fact]
    public void Bits_never_change()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Case c in Cases)
        {
            foreach (double x in Arguments(c))
            {
                hash.AppendData(BitConverter.GetBytes(c.Double(x)));
                hash.AppendData(BitConverter.GetBytes(Math.Abs(x) <= c.SingleLimit ? c.Single((float)x) : 0f));
            }
        }

        string bits = Convert.ToHexString(hash.GetHashAndReset());
        Assert.True(bits == "90280B716366F2775C5082CBDF77C134CA07F1D891552160C7EE986CC2D78ED0", bits);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        double sum = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i < 1000; i++)
        {
            sum += Elementary.Pow(Elementary.Tan(i), 1.5) + Elementary.Tanh(i) + Elementary.Sinh(1.0 / i) + Elementary.Cosh(1.0 / i)
                + Elementary.Sigmoid(i) + Elementary.Exprel(i) + Elementary.Log1p(i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0, sum);
    }

    /// <summary>Half evenly over the whole range, half over all magnitudes from 2^-60 up, and what reduction finds hard: both sides of ln 2 / 2, 1 and √2.</summary>
    private static IEnumerable<double> Arguments(Case c)
    {
        KeyedRandom random = new(Seed, KeyedRandom.Purpose(c.Name));
        int octaves = Math.ILogB(c.Limit) + 60;
        for (uint i = 0; i < Points; i++)
        {
            KeyedStream stream = random.Stream(i, 0);
            double u = Distributions.Uniform(ref stream, -1, 1);
            double size = (i % 4) switch
            {
                0 => Math.Abs(u) * c.Limit,
                1 => Math.ScaleB(1 + stream.NextUnit(), (int)(stream.NextUnit() * octaves) - 59),
                2 => Math.Abs(u) * 1.5,
                _ => new[] { 0.34657359, 1.0, 1.41421356, 0.78539816, 1.03972077 }[i % 5] * (1 + (u * 0.02)),
            };
            double x = c.Positive ? size : Math.CopySign(size, u);
            if (size <= c.Limit && x > c.Lowest && size > 1e-18)
            {
                yield return x;
            }
        }
    }

    private static void AssertUlps(double expected, double actual, int ulps, double x)
    {
        long distance = Math.Abs(BitConverter.DoubleToInt64Bits(expected) - BitConverter.DoubleToInt64Bits(actual));
        if (distance > ulps && expected != actual)
        {
            Assert.Fail($"At {x:R}: expected {expected:R}, got {actual:R}.");
        }
    }
}

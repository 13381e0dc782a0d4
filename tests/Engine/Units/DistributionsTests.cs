using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Units;

/// <summary>Every sample is drawn from <see cref="Seed"/>, one id per value, as populations draw theirs. <see cref="Statistics"/> derives the thresholds.</summary>
public sealed class DistributionsTests
{
    private const ulong Seed = 99;
    private const int Count = 100_000;

    private delegate double Draw(ref KeyedStream stream);

    [Fact]
    public void Uniform()
    {
        double[] x = Sample("uniform", (ref KeyedStream s) => Distributions.Uniform(ref s, -3, 5));
        Statistics.AssertMoments(x, mean: 1, variance: 64.0 / 12, kurtosis: 1.8);
        AssertFits(x, v => (v + 3) / 8);
        Assert.All(x, v => Assert.InRange(v, -3, 5));
    }

    [Fact]
    public void Normal()
    {
        double[] x = Sample("normal", (ref KeyedStream s) => Distributions.Normal(ref s, -60, 5));
        Statistics.AssertMoments(x, mean: -60, variance: 25, kurtosis: 3);
        AssertFits(x, v => Statistics.NormalCdf((v + 60) / 5));
    }

    [Fact]
    public void Lognormal()
    {
        // With w = e^{σ²}: mean e^{μ+σ²/2}, variance (w-1) mean², kurtosis w⁴+2w³+3w²-3.
        double[] x = Sample("lognormal", (ref KeyedStream s) => Distributions.Lognormal(ref s, 0.5, 0.3));
        double w = Math.Exp(0.09);
        double mean = Math.Exp(0.545);
        Statistics.AssertMoments(x, mean, (w - 1) * mean * mean, Math.Pow(w, 4) + (2 * Math.Pow(w, 3)) + (3 * w * w) - 3);
        AssertFits(x, v => Statistics.NormalCdf((Math.Log(v) - 0.5) / 0.3));
    }

    [Fact]
    public void Exponential()
    {
        double[] x = Sample("exponential", (ref KeyedStream s) => Distributions.Exponential(ref s, 20));
        Statistics.AssertMoments(x, mean: 20, variance: 400, kurtosis: 9);
        AssertFits(x, v => 1 - Math.Exp(-v / 20));
    }

    /// <summary>In single precision; numbers are 1e-7 apart at most, which no test of 100,000 draws can see.</summary>
    [Fact]
    public void Single_precision()
    {
        double[] uniform = Sample("uniform", (ref KeyedStream s) => Distributions.UniformSingle(ref s, -3, 5));
        Statistics.AssertMoments(uniform, mean: 1, variance: 64.0 / 12, kurtosis: 1.8);
        AssertFits(uniform, v => (v + 3) / 8);
        double[] normal = Sample("normal", (ref KeyedStream s) => Distributions.NormalSingle(ref s, -60, 5));
        Statistics.AssertMoments(normal, mean: -60, variance: 25, kurtosis: 3);
        AssertFits(normal, v => Statistics.NormalCdf((v + 60) / 5));
        double[] lognormal = Sample("lognormal", (ref KeyedStream s) => Distributions.LognormalSingle(ref s, 0.5f, 0.3f));
        AssertFits(lognormal, v => Statistics.NormalCdf((Math.Log(v) - 0.5) / 0.3));
        double[] exponential = Sample("exponential", (ref KeyedStream s) => Distributions.ExponentialSingle(ref s, 20));
        Statistics.AssertMoments(exponential, mean: 20, variance: 400, kurtosis: 9);
        AssertFits(exponential, v => 1 - Math.Exp(-v / 20));
    }

    /// <summary>
    /// The same draws make the same number in both precisions, but for roundings. Those of 12 operations, 2^-24 each, on numbers up to 5; and that
    /// of a, by 2^-25, which the radius √(-2 ln a) divides by itself, so that it matters near a = 1: at most √(2·2^-25).
    /// </summary>
    [Fact]
    public void Single_precision_is_the_same_number_rounded()
    {
        double[] normal = Sample("normal", (ref KeyedStream s) => Distributions.Normal(ref s, 0, 1));
        double[] single = Sample("normal", (ref KeyedStream s) => Distributions.NormalSingle(ref s, 0, 1));
        Assert.All(normal.Zip(single), pair =>
        {
            double fromRadius = Math.Min(Math.ScaleB(1, -12), Math.ScaleB(1, -25) / Math.Abs(pair.First));
            Assert.Equal(pair.First, pair.Second, (12 * 5 * Math.ScaleB(1, -24)) + fromRadius);
        });
    }

    /// <summary>ln Γ(shape+1) from Γ(3/2) = √π/2, Γ(2) = 1, Γ(7/2) = 15√π/8, 30!.</summary>
    [Theory]
    [InlineData(0.5, -0.1207822376352452)]
    [InlineData(1, 0)]
    [InlineData(2.5, 1.2009736023470743)]
    [InlineData(30, 74.65823634883016)]
    public void Gamma(double shape, double logGammaOfShapePlusOne)
    {
        double[] x = Sample($"gamma {shape}", (ref KeyedStream s) => Distributions.Gamma(ref s, shape, 3));
        Statistics.AssertMoments(x, shape * 3, shape * 9, 3 + (6 / shape));
        AssertFits(x, v => Statistics.GammaCdf(v / 3, shape, logGammaOfShapePlusOne));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(3)]
    [InlineData(9.99)]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(400)]
    [InlineData(10_000)]
    public void Poisson(double lambda)
    {
        double[] x = Sample($"poisson {lambda}", (ref KeyedStream s) => Distributions.Poisson(ref s, lambda));
        Statistics.AssertMoments(x, lambda, lambda, 3 + (1 / lambda));
        AssertChiSquare(x, lambda);
    }

    [Fact]
    public void Poisson_with_a_billion_keeps_its_moments()
    {
        double[] x = Sample("poisson 1e9", (ref KeyedStream s) => Distributions.Poisson(ref s, 1e9));
        Statistics.AssertMoments(x, 1e9, 1e9, 3);
        AssertFits(x, v => Statistics.NormalCdf((v + 0.5 - 1e9) / Math.Sqrt(1e9)));
    }

    /// <summary>The definition itself is only good to 1e-9 here: 20,000 logarithms of 15 digits each, and k ln λ with its last place at 3e-11.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    [InlineData(10_000)]
    public void Poisson_log_probability_is_that_of_the_definition(double lambda)
    {
        decimal logFactorial = 0;
        for (int k = 0; k < 2 * lambda; k++)
        {
            logFactorial += k > 0 ? (decimal)Math.Log(k) : 0;
            double expected = (k * Math.Log(lambda)) - lambda - (double)logFactorial;
            Assert.Equal(expected, Distributions.PoissonLogProbability(k, lambda), 1e-9);
        }
    }

    [Fact]
    public void Limits_of_the_arguments()
    {
        KeyedStream stream = new KeyedRandom(Seed, 0).Stream(0, 0);
        Assert.Equal(0, Distributions.Poisson(ref stream, 0));
        Assert.Equal(4, Distributions.Normal(ref stream, 4, 0));
        Assert.Equal(4, Distributions.Uniform(ref stream, 4, 4));
        Assert.Equal(0, Distributions.Exponential(ref stream, 0));
        Assert.Equal(0, Distributions.Gamma(ref stream, 2, 0));
        Assert.Equal(1, Distributions.Lognormal(ref stream, 0, 0));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        double sum = AllDraws(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        sum += AllDraws(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0, sum);
    }

    private static double AllDraws(uint count)
    {
        KeyedRandom random = new(Seed, KeyedRandom.Purpose("all"));
        double sum = 0;
        for (uint id = 0; id < count; id++)
        {
            KeyedStream s = random.Stream(id, 0);
            sum += Distributions.Normal(ref s, 0, 1) + Distributions.Poisson(ref s, 3) + Distributions.Poisson(ref s, 300)
                + Distributions.Gamma(ref s, 0.5, 1) + Distributions.Lognormal(ref s, 0, 1) + Distributions.Exponential(ref s, 1)
                + random.Uniform(id, 1) + random.StandardNormal(id, 1);
        }

        return sum;
    }

    private static double[] Sample(string purpose, Draw draw)
    {
        KeyedRandom random = new(Seed, KeyedRandom.Purpose(purpose));
        double[] sample = new double[Count];
        for (int i = 0; i < Count; i++)
        {
            KeyedStream stream = random.Stream((uint)i, 0);
            sample[i] = draw(ref stream);
        }

        return sample;
    }

    private static void AssertFits(double[] sample, Func<double, double> cdf) =>
        Assert.InRange(Statistics.KolmogorovSmirnov(sample, cdf), 0, Statistics.KolmogorovSmirnovLimit);

    /// <summary>Values are joined into bins that expect at least 20 counts each, so that the counts are nearly normal.</summary>
    private static void AssertChiSquare(double[] sample, double lambda)
    {
        Dictionary<double, int> counts = sample.CountBy(x => x).ToDictionary();
        double left = Count, seen = 0, expected = 0, observed = 0, chiSquare = 0, logFactorial = 0;
        int bins = 0;
        for (int k = 0; ; k++)
        {
            logFactorial += k > 0 ? Math.Log(k) : 0;
            expected += Count * Math.Exp((k * Math.Log(lambda)) - lambda - logFactorial);
            observed += counts.GetValueOrDefault(k);
            if (expected < 20)
            {
                continue;
            }

            if (left - expected < 20)
            {
                break;
            }

            chiSquare += (observed - expected) * (observed - expected) / expected;
            (left, seen, expected, observed) = (left - expected, seen + observed, 0, 0);
            bins++;
        }

        double rest = Count - seen;
        chiSquare += (rest - left) * (rest - left) / left;
        Assert.InRange(chiSquare, 0, Statistics.ChiSquareLimit(bins));
    }
}

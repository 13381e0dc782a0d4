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
        AssertChiSquare(x, PoissonProbabilities(lambda));
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

    /// <summary>Both proposals and both sides of the mean; the given distribution function is (Φ(z) - Φ(a)) / (Φ(b) - Φ(a)).</summary>
    [Theory]
    [InlineData(-1e9, 1e9)]
    [InlineData(-2, 0.7)]
    [InlineData(-0.1, 0.3)]
    [InlineData(0, 1e9)]
    [InlineData(0.01, 5)]
    [InlineData(1, 1.2)]
    [InlineData(1.5, 3)]
    [InlineData(2, 1e9)]
    [InlineData(-3, -1.9)]
    [InlineData(-1e9, -0.6)]
    public void TruncatedNormal(double a, double b)
    {
        double[] x = Sample($"truncated {a} {b}", (ref KeyedStream s) => Distributions.TruncatedNormal(ref s, -60, 5, -60 + (5 * a), -60 + (5 * b)));
        double below = a < -9 ? 0 : Statistics.NormalCdf(a);
        double above = b > 9 ? 1 : Statistics.NormalCdf(b);
        AssertFits(x, v => (Statistics.NormalCdf((v + 60) / 5) - below) / (above - below));
        Assert.All(x, v => Assert.InRange(v, -60 + (5 * a), -60 + (5 * b)));
    }

    /// <summary>Redrawing would not end in the life of the universe. The survival function is Mills(z)/Mills(a)·e^{(a²-z²)/2}.</summary>
    [Theory]
    [InlineData(30, 1e9)]
    [InlineData(1e6, 1e9)]
    [InlineData(30, 30.1)]
    public void TruncatedNormal_far_out(double a, double b)
    {
        double[] x = Sample($"truncated {a} {b}", (ref KeyedStream s) => Distributions.TruncatedNormal(ref s, 0, 1, a, b));
        double Survival(double z) => Mills(z) / Mills(a) * Math.Exp((a - z) * (a + z) / 2);
        double end = Survival(b);
        AssertFits(x, z => (1 - Survival(z)) / (1 - end));
        Assert.Equal(x.Select(z => -z), Sample($"truncated {a} {b}", (ref KeyedStream s) => Distributions.TruncatedNormal(ref s, 0, 1, -b, -a)));
    }

    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(40, 0.2)]
    [InlineData(1_000_000, 1e-6)]
    [InlineData(20, 0.5)]
    [InlineData(40, 0.25)]
    [InlineData(50, 0.8)]
    [InlineData(1000, 0.5)]
    [InlineData(1_000_000, 0.01)]
    [InlineData(1_000_000, 0.37)]
    public void Binomial(int trials, double p)
    {
        double[] x = Sample($"binomial {trials} {p}", (ref KeyedStream s) => Distributions.Binomial(ref s, trials, p));
        double variance = trials * p * (1 - p);
        Statistics.AssertMoments(x, trials * p, variance, 3 + ((1 - (6 * p * (1 - p))) / variance));
        AssertChiSquare(x, BinomialProbabilities(trials, p));
        Assert.All(x, k => Assert.InRange(k, 0, trials));
    }

    [Fact]
    public void Binomial_of_ten_billion_trials_is_normal()
    {
        double[] x = Sample("binomial 1e10", (ref KeyedStream s) => Distributions.Binomial(ref s, 10_000_000_000, 0.3));
        Statistics.AssertMoments(x, 3e9, 2.1e9, 3);
        AssertFits(x, v => Statistics.NormalCdf((v + 0.5 - 3e9) / Math.Sqrt(2.1e9)));
    }

    /// <summary>Against the product of all factors; its logarithms add up to an error of a few 1e-12 times √trials.</summary>
    [Theory]
    [InlineData(50, 0.3)]
    [InlineData(3000, 0.01)]
    [InlineData(3000, 0.5)]
    public void Binomial_log_probability_is_that_of_the_definition(int trials, double p)
    {
        foreach ((int k, double probability) in BinomialProbabilities(trials, p).Index().Where(item => item.Item > 1e-300))
        {
            Assert.Equal(Math.Log(probability), Distributions.BinomialLogProbability(k, trials, p), 1e-9);
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
        Assert.Equal(4, Distributions.TruncatedNormal(ref stream, 4, 0, -1, 5));
        Assert.Equal(7, Distributions.TruncatedNormal(ref stream, 4, 1, 7, 7));
        Assert.Equal(1e300, Distributions.TruncatedNormal(ref stream, 0, 1e-300, 1e300, 1e301));
        Assert.Equal(-1, Distributions.TruncatedNormal(ref stream, 0, 1e-9, -5, -1));
        Assert.Equal(0, Distributions.Binomial(ref stream, 0, 0.3));
        Assert.Equal(0, Distributions.Binomial(ref stream, 1_000_000, 0));
        Assert.Equal(1_000_000, Distributions.Binomial(ref stream, 1_000_000, 1));
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
                + Distributions.TruncatedNormal(ref s, 0, 1, -1, 1) + Distributions.TruncatedNormal(ref s, 0, 1, 3, 9)
                + Distributions.Binomial(ref s, 10, 0.1) + Distributions.Binomial(ref s, 1000, 0.4)
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
    private static void AssertChiSquare(double[] sample, IEnumerable<double> probabilities)
    {
        Dictionary<double, int> counts = sample.CountBy(x => x).ToDictionary();
        double left = Count, seen = 0, expected = 0, observed = 0, chiSquare = 0;
        int bins = 0;
        foreach ((int k, double probability) in probabilities.Index())
        {
            expected += Count * probability;
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

    private static IEnumerable<double> PoissonProbabilities(double lambda)
    {
        double logFactorial = 0;
        for (int k = 0; ; k++)
        {
            logFactorial += k > 0 ? Math.Log(k) : 0;
            yield return Math.Exp((k * Math.Log(lambda)) - lambda - logFactorial);
        }
    }

    private static IEnumerable<double> BinomialProbabilities(int trials, double p)
    {
        double logChoices = 0;
        for (int k = 0; k <= trials; k++)
        {
            logChoices += k > 0 ? Math.Log((trials - k + 1.0) / k) : 0;
            yield return Math.Exp(logChoices + (k * Math.Log(p)) + ((trials - k) * Math.Log(1 - p)));
        }
    }

    /// <summary>Survival function of the standard normal beyond z ≥ 10 times √(2π)e^{z²/2}: four terms of Mills' ratio, the next being 105/z⁸ of it.</summary>
    private static double Mills(double z) => (1 - ((1 - ((3 - (15 / (z * z))) / (z * z))) / (z * z))) / z;
}

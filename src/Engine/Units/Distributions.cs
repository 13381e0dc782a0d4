namespace BrainSim.Engine.Units;

/// <summary>
/// Random variables from the draws of one stream. Each takes as many draws as it needs; only Uniform (1), Exponential (1),
/// Normal and Lognormal (2) always take the same number. The caller checks the arguments; outside the named ranges the result is meaningless.
/// </summary>
public static partial class Distributions
{
    /// <summary>With fewer than 10 expected, P(k > 200) is below 1e-170: only rounding of the sum can lead there.</summary>
    private const long InversionEnd = 200;

    /// <summary>Whole k from which Stirling's series gives ln k! with an error below 1e-12.</summary>
    private const double StirlingFrom = 10;

    /// <summary>In [a, b) for finite a ≤ b with finite b - a; b itself only by rounding.</summary>
    public static double Uniform(ref KeyedStream stream, double a, double b) =>
        Math.FusedMultiplyAdd(b - a, stream.NextUnit(), a);

    /// <summary>Deviation ≥ 0. Never more than 8.6 deviations from the mean.</summary>
    public static double Normal(ref KeyedStream stream, double mean, double deviation)
    {
        double open = stream.NextOpen();
        return Math.FusedMultiplyAdd(deviation, BoxMuller(open, stream.NextUnit()), mean);
    }

    /// <summary>e^X with X normal(mu, sigma), sigma ≥ 0: the median is e^mu.</summary>
    public static double Lognormal(ref KeyedStream stream, double mu, double sigma) =>
        Elementary.Exp(Normal(ref stream, mu, sigma));

    /// <summary>Mean ≥ 0. Never more than 36.8 means, and 0 only for mean 0.</summary>
    public static double Exponential(ref KeyedStream stream, double mean) =>
        -mean * Elementary.Log(stream.NextOpen());

    /// <summary>0 ≤ λ ≤ 1e9. From 10 on by rejection: inversion costs about λ steps, and Hörmann's bounds hold for λ ≥ 10.</summary>
    public static long Poisson(ref KeyedStream stream, double lambda) =>
        lambda < PoissonTable.MeanLimit ? Poisson((uint)(stream.NextBits() >> 32), lambda) : PoissonByRejection(ref stream, lambda);

    /// <summary>Shape > 0, scale ≥ 0; the mean is shape·scale. Source: Marsaglia and Tsang 2000, section 6 for shape &lt; 1.</summary>
    public static double Gamma(ref KeyedStream stream, double shape, double scale)
    {
        if (shape >= 1)
        {
            return scale * StandardGamma(ref stream, shape);
        }

        double above = StandardGamma(ref stream, shape + 1);
        return scale * above * Elementary.Exp(Elementary.Log(stream.NextOpen()) / shape);
    }

    /// <summary>Standard normal from a in (0, 1) and b in [0, 1). Source: Box and Muller 1958.</summary>
    internal static double BoxMuller(double a, double b) =>
        Math.Sqrt(-2.0 * Elementary.Log(a)) * Elementary.Cos(2.0 * Math.PI * b);

    /// <summary>The smallest k whose cumulative probability exceeds u = word·2^-32, as a <see cref="PoissonTable"/> finds it. λ from 0 to below <see cref="PoissonTable.MeanLimit"/>.</summary>
    internal static long Poisson(uint word, double lambda)
    {
        double u = word * PoissonTable.Unit;
        double probability = Elementary.Exp(-lambda);
        double below = probability;
        double before = 0;
        long k = 0;
        while (u >= below && below > before)
        {
            k++;
            probability *= lambda / k;
            before = below;
            below += probability;
        }

        return k;
    }

    /// <summary>Transformed rejection with squeeze. Source: Hörmann 1993, "The transformed rejection method for generating Poisson random variables", algorithm PTRS with its constants.</summary>
    private static long PoissonByRejection(ref KeyedStream stream, double lambda)
    {
        double b = 0.931 + (2.53 * Math.Sqrt(lambda));
        double a = -0.059 + (0.02483 * b);
        double inverseAlpha = 1.1239 + (1.1328 / (b - 3.4));
        double squeeze = 0.9277 - (3.6224 / (b - 2.0));
        while (true)
        {
            double u = stream.NextUnit() - 0.5;
            double v = stream.NextOpen();
            double us = 0.5 - Math.Abs(u);
            double k = Math.Floor((((2.0 * a / us) + b) * u) + lambda + 0.43);
            if (us >= 0.07 && v <= squeeze)
            {
                return (long)k;
            }

            if (k < 0 || (us < 0.013 && v > us))
            {
                continue;
            }

            if (Elementary.Log(v * inverseAlpha / ((a / (us * us)) + b)) <= PoissonLogProbability(k, lambda))
            {
                return (long)k;
            }
        }
    }

    /// <summary>
    /// ln(λ^k e^-λ / k!) for whole k ≥ 0, arranged so that the large terms k ln k and λ never meet.
    /// </summary>
    internal static double PoissonLogProbability(double k, double lambda)
    {
        if (k < StirlingFrom)
        {
            return (k * Elementary.Log(lambda)) - lambda - LogFactorial(k);
        }

        return (k * Elementary.Log(lambda / k)) + (k - lambda) - (0.5 * Elementary.Log(2.0 * Math.PI * k)) - StirlingSeries(k);
    }

    /// <summary>ln k! for whole k from 0 to 18, whose factorials are exact.</summary>
    private static double LogFactorial(double k)
    {
        double factorial = 1;
        for (int i = 2; i <= k; i++)
        {
            factorial *= i;
        }

        return Elementary.Log(factorial);
    }

    /// <summary>ln k! less (k + 1/2) ln k - k + ln √(2π), for k ≥ <see cref="StirlingFrom"/>; the first left-out term is below 1e-12.</summary>
    private static double StirlingSeries(double k)
    {
        double z = 1.0 / (k * k);
        return ((1.0 / 12) - (((1.0 / 360) - (((1.0 / 1260) - (z / 1680)) * z)) * z)) / k;
    }

    /// <summary>Gamma of scale 1 for shape ≥ 1: a normal variable cubed, with a squeeze that spares most logarithms.</summary>
    private static double StandardGamma(ref KeyedStream stream, double shape)
    {
        double d = shape - (1.0 / 3.0);
        double c = 1.0 / Math.Sqrt(9.0 * d);
        while (true)
        {
            double x = Normal(ref stream, 0, 1);
            double root = Math.FusedMultiplyAdd(c, x, 1.0);
            double u = stream.NextOpen();
            if (root <= 0)
            {
                continue;
            }

            double v = root * root * root;
            double x2 = x * x;
            if (u < 1.0 - (0.0331 * x2 * x2)
                || Elementary.Log(u) < (0.5 * x2) + (d * (1.0 - v + Elementary.Log(v))))
            {
                return d * v;
            }
        }
    }
}

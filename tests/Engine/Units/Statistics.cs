using Xunit;

namespace BrainSim.Tests.Engine.Units;

/// <summary>Tests of fit. The seeds are fixed, so a test that passes once passes always; the thresholds say how unlikely a failure is for a right generator.</summary>
internal static class Statistics
{
    /// <summary>√n·D exceeds t with probability 2 exp(-2t²) (Kolmogorov 1933): 1e-6 at t = √(ln(2e6)/2) = 2.69.</summary>
    public const double KolmogorovSmirnovLimit = 2.69;

    /// <summary>√n times the largest distance between the empirical and the given distribution function.</summary>
    public static double KolmogorovSmirnov(double[] sample, Func<double, double> cdf)
    {
        double[] sorted = [.. sample.Order()];
        double n = sorted.Length;
        double largest = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            double p = cdf(sorted[i]);
            largest = Math.Max(largest, Math.Max(p - (i / n), ((i + 1) / n) - p));
        }

        return largest * Math.Sqrt(n);
    }

    /// <summary>The value that chi-square with the given degrees of freedom exceeds with probability 1e-6 (Wilson and Hilferty 1931; 4.753 is the normal quantile).</summary>
    public static double ChiSquareLimit(int degrees)
    {
        double s = 2.0 / (9 * degrees);
        return degrees * Math.Pow(1 - s + (4.753 * Math.Sqrt(s)), 3);
    }

    /// <summary>Mean and variance lie within 5 standard errors (6e-7): √(var/n) and var·√((kurtosis-1)/n), kurtosis being the fourth central moment over var².</summary>
    public static void AssertMoments(double[] sample, double mean, double variance, double kurtosis)
    {
        double n = sample.Length;
        double m = sample.Average();
        double v = sample.Sum(x => (x - m) * (x - m)) / (n - 1);
        double forMean = 5 * Math.Sqrt(variance / n);
        double forVariance = 5 * variance * Math.Sqrt((kurtosis - 1) / n);
        Assert.InRange(m, mean - forMean, mean + forMean);
        Assert.InRange(v, variance - forVariance, variance + forVariance);
    }

    /// <summary>Φ(x) = ½ + φ(x)(x + x³/3 + x⁵/(3·5) + …), Marsaglia 2004.</summary>
    public static double NormalCdf(double x)
    {
        double sum = x;
        double term = x;
        for (int i = 3; Math.Abs(term) > 1e-17; i += 2)
        {
            term *= x * x / i;
            sum += term;
        }

        return 0.5 + (sum * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI));
    }

    /// <summary>Regularized lower incomplete gamma function by its power series (Abramowitz and Stegun 6.5.29).</summary>
    public static double GammaCdf(double x, double shape, double logGammaOfShapePlusOne)
    {
        double term = 1;
        double sum = 1;
        for (int i = 1; term > 1e-17 * sum; i++)
        {
            term *= x / (shape + i);
            sum += term;
        }

        return sum * Math.Exp((shape * Math.Log(x)) - x - logGammaOfShapePlusOne);
    }
}

namespace BrainSim.Engine.Units;

/// <summary>The number of successes in independent trials.</summary>
public static partial class Distributions
{
    /// <summary>Expected successes from which rejection is used: inversion costs about as many steps, and Hörmann's bounds hold from there on.</summary>
    private const double BinomialRejectionFrom = 10;

    /// <summary>Successes in <paramref name="trials"/> (0 to 2^53) trials of <paramref name="probability"/> (0 to 1).</summary>
    public static long Binomial(ref KeyedStream stream, long trials, double probability)
    {
        if (probability > 0.5)
        {
            return trials - Binomial(ref stream, trials, 1 - probability);
        }

        return trials * probability < BinomialRejectionFrom ? BinomialByInversion(ref stream, trials, probability) : BinomialByRejection(ref stream, trials, probability);
    }

    /// <summary>The smallest k whose cumulative probability exceeds one uniform draw. For fewer than 10 expected successes, so that P(0) ≥ 2^-20.</summary>
    private static long BinomialByInversion(ref KeyedStream stream, long trials, double probability)
    {
        double u = stream.NextUnit();
        double odds = probability / (1 - probability);
        double mass = Elementary.Exp(trials * Elementary.Log1p(-probability));
        double below = mass;
        long k = 0;
        while (u >= below && k < trials && k < InversionEnd)
        {
            k++;
            mass *= odds * ((trials - k + 1) / (double)k);
            below += mass;
        }

        return k;
    }

    /// <summary>Transformed rejection with squeeze. Source: Hörmann 1993, "The generation of binomial random variates", J Stat Comput Simul 46:101, algorithm BTRS with its constants.</summary>
    private static long BinomialByRejection(ref KeyedStream stream, long trials, double probability)
    {
        double mean = trials * probability;
        double deviation = Math.Sqrt(mean * (1 - probability));
        double b = 1.15 + (2.53 * deviation);
        double a = -0.0873 + (0.0248 * b) + (0.01 * probability);
        double alpha = (2.83 + (5.1 / b)) * deviation;
        double squeeze = 0.92 - (4.2 / b);
        double mode = BinomialLogProbability(Math.Floor((trials + 1) * probability), trials, probability);
        while (true)
        {
            double u = stream.NextUnit() - 0.5;
            double v = stream.NextOpen();
            double us = 0.5 - Math.Abs(u);
            double k = Math.Floor((((2.0 * a / us) + b) * u) + mean + 0.5);
            if (us >= 0.07 && v <= squeeze)
            {
                return (long)k;
            }

            if (k >= 0 && k <= trials && Elementary.Log(v * alpha / ((a / (us * us)) + b)) <= BinomialLogProbability(k, trials, probability) - mode)
            {
                return (long)k;
            }
        }
    }

    /// <summary>ln of P(k) for whole k from 0 to <paramref name="trials"/> and 0 &lt; p ≤ 1/2, by how far k is from its mean, so that no large terms cancel. Source: Loader 2000, "Fast and accurate computation of binomial probabilities".</summary>
    internal static double BinomialLogProbability(double k, double trials, double probability)
    {
        double rest = trials - k;
        if (k == 0 || rest == 0)
        {
            return k == 0 ? trials * Elementary.Log1p(-probability) : trials * Elementary.Log(probability);
        }

        double mean = trials * probability;
        return StirlingRest(trials) - StirlingRest(k) - StirlingRest(rest) - Deviance(k, mean) - Deviance(rest, trials - mean)
            - (0.5 * Elementary.Log(2.0 * Math.PI * k * (rest / trials)));
    }

    /// <summary>k ln(k/mean) - (k - mean).</summary>
    private static double Deviance(double k, double mean) => (k * Elementary.Log1p((k - mean) / mean)) - (k - mean);

    /// <summary>What ln k! is above (k + 1/2) ln k - k + ln √(2π), for whole k ≥ 1.</summary>
    private static double StirlingRest(double k)
    {
        if (k >= StirlingFrom)
        {
            return StirlingSeries(k);
        }

        return LogFactorial(k) - (((k + 0.5) * Elementary.Log(k)) - k + (0.5 * Elementary.Log(2.0 * Math.PI)));
    }
}

namespace BrainSim.Engine.Units;

/// <summary>A normal variable given that it lies in an interval, however far out that is. Sources: Robert 1995, Statistics and Computing 5:121.</summary>
public static partial class Distributions
{
    /// <summary>√(2π): an interval around the mean that is narrower is hit more often by a uniform proposal than by a normal one.</summary>
    internal const double NormalProposalFrom = 2.5066282746310002;

    /// <summary>An interval that begins so many deviations out holds a draw that float64 does not tell from its nearer end.</summary>
    private const double FarthestDeviation = 1e8;

    /// <summary>What redrawing <see cref="Normal"/> until it lies in [low, high] gives. Deviation ≥ 0 and low ≤ high, all finite; for deviation 0 the mean lies within.</summary>
    public static double TruncatedNormal(ref KeyedStream stream, double mean, double deviation, double low, double high)
    {
        if (deviation == 0 || low == high)
        {
            return Math.Clamp(mean, low, high);
        }

        double a = (low - mean) / deviation;
        double b = (high - mean) / deviation;
        if (a >= FarthestDeviation || b <= -FarthestDeviation)
        {
            return a > 0 ? low : high;
        }

        double standard = a > 0 ? NormalTail(ref stream, a, b) : b < 0 ? -NormalTail(ref stream, -b, -a) : NormalAroundMean(ref stream, a, b);
        return Math.Clamp(Math.FusedMultiplyAdd(deviation, standard, mean), low, high);
    }

    /// <summary>Standard normal in [a, b] with a ≤ 0 ≤ b; accepts at least 4 of 10 proposals.</summary>
    private static double NormalAroundMean(ref KeyedStream stream, double a, double b)
    {
        bool isWide = b - a >= NormalProposalFrom;
        while (true)
        {
            double z = isWide ? Normal(ref stream, 0, 1) : Uniform(ref stream, a, b);
            if (isWide ? z >= a && z <= b : stream.NextOpen() <= Elementary.Exp(-0.5 * z * z))
            {
                return z;
            }
        }
    }

    /// <summary>Standard normal in [a, b] with 0 &lt; a: proposed by a shifted exponential of the best rate, or uniformly where the interval is short (Robert's equations 2.2 and 2.3).</summary>
    private static double NormalTail(ref KeyedStream stream, double a, double b)
    {
        double root = Math.Sqrt((a * a) + 4);
        double rate = 0.5 * (a + root);
        bool isShort = b - a < 1 / rate * Elementary.Exp(0.5 + (0.25 * a * (a - root)));
        while (true)
        {
            // The height above the nearer end is kept by itself: far out its square would be lost beside a's.
            double above = isShort ? Uniform(ref stream, 0, b - a) : Exponential(ref stream, 1 / rate);
            double distance = above + (a - rate);
            double logAccept = isShort ? -above * (a + (0.5 * above)) : -0.5 * distance * distance;
            if (above <= b - a && stream.NextOpen() <= Elementary.Exp(logAccept))
            {
                return a + above;
            }
        }
    }
}

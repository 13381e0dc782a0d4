using BrainSim.Engine.Units;

namespace BrainSim.Engine.Analysis;

/// <summary>
/// A population's rate over time, averaged under a window centred on each step. Where the window reaches beyond the span only the part inside counts, so a steady rate
/// stays steady up to the ends. Dayan &amp; Abbott 2001, Theoretical Neuroscience, section 1.2.
/// </summary>
public static class SmoothedRate
{
    /// <summary>A Gaussian is cut off so many deviations from its centre, where 6e-5 of it is lost.</summary>
    private const double Reach = 4;

    /// <summary>Weights of the offsets -r..r for a Gaussian of a deviation in steps.</summary>
    public static double[] Gaussian(double deviation) => Gaussian(deviation, (int)Math.Ceiling(Reach * deviation));

    public static double[] Gaussian(double deviation, int reach) =>
        [.. Enumerable.Range(-reach, (2 * reach) + 1).Select(j => Elementary.Exp(-0.5 * (j / deviation) * (j / deviation)))];

    /// <summary>Equal weights over the odd number of steps that is nearest to the width.</summary>
    public static double[] Flat(double width) => [.. Enumerable.Repeat(1.0, (2 * (int)(width / 2)) + 1)];

    /// <param name="window">An odd number of weights, the middle one for the step itself.</param>
    /// <param name="every">Steps from one value to the next; the first value is that of the span's first step.</param>
    /// <returns>Hz.</returns>
    public static double[] Of(SpikeTrains trains, double[] window, int every)
    {
        int[] counts = trains.Counts(1);
        double perStep = trains.Neurons * trains.Dt / 1000;
        double[] rates = new double[(trains.Length + every - 1) / every];
        for (int j = 0; j < rates.Length; j++)
        {
            rates[j] = WeightedMean(counts, window, j * every) / perStep;
        }

        return rates;
    }

    private static double WeightedMean(int[] counts, double[] window, int centre)
    {
        int reach = window.Length / 2;
        double sum = 0;
        double weights = 0;
        for (int step = Math.Max(0, centre - reach); step < Math.Min(counts.Length, centre + reach + 1L); step++)
        {
            double weight = window[step - centre + reach];
            sum += weight * counts[step];
            weights += weight;
        }

        return sum / weights;
    }
}

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
        double perStep = trains.Neurons * trains.Dt / 1000;
        int reach = window.Length / 2;
        double[] rates = new double[(trains.Length + every - 1) / every];
        foreach ((int step, int count) in trains.FilledBins(1))
        {
            // The values whose windows hold the step: those of the steps from step - reach to step + reach.
            long last = Math.Min(rates.Length - 1, (step + (long)reach) / every);
            for (long j = (Math.Max(0, step - (long)reach) + every - 1) / every; j <= last; j++)
            {
                rates[j] += window[step - (j * every) + reach] * count;
            }
        }

        for (int j = 0; j < rates.Length; j++)
        {
            rates[j] = rates[j] / WeightWithin(trains.Length, window, (long)j * every) / perStep;
        }

        return rates;
    }

    private static double WeightWithin(int length, double[] window, long centre)
    {
        int reach = window.Length / 2;
        double weights = 0;
        for (long step = Math.Max(0, centre - reach); step < Math.Min(length, centre + reach + 1); step++)
        {
            weights += window[step - centre + reach];
        }

        return weights;
    }
}

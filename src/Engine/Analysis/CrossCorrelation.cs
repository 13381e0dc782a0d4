namespace BrainSim.Engine.Analysis;

/// <summary>
/// Mean synchrony of all pairs of neurons. Time is cut into bins; X_i(l) is 1 where neuron i spikes in bin l, else 0; a pair's coherence at zero lag is
/// sum X_i X_j / sqrt(sum X_i · sum X_j), and 0 where one of the two is silent. Wang &amp; Buzsáki 1996, J Neurosci 16:6402, "Measure of population coherence".
/// </summary>
public static class CrossCorrelation
{
    /// <summary>
    /// With w_i = 1/sqrt(sum X_i), the sum over i ≠ j of X_i X_j w_i w_j in one bin is (sum X_i w_i)² - sum X_i w_i²: the work grows with the spikes, not with the pairs. The spikes are gone through twice.
    /// </summary>
    /// <returns>0 to 1; NaN for fewer than two neurons.</returns>
    public static double Of(SpikeTrains trains, int binSteps)
    {
        double[] weights = Array.ConvertAll(FilledBins(trains, binSteps), n => 1 / Math.Sqrt(n));
        double all = 0;
        int open = -1;
        double sum = 0;
        double squares = 0;
        ForEachFilledBin(trains, binSteps, (neuron, bin) =>
        {
            if (bin != open)
            {
                all += (sum * sum) - squares;
                (open, sum, squares) = (bin, 0, 0);
            }

            sum += weights[neuron];
            squares += weights[neuron] * weights[neuron];
        });
        all += (sum * sum) - squares;

        // Rounding may go an ulp or so beyond what the definition allows.
        return Math.Clamp(all / ((double)trains.Neurons * (trains.Neurons - 1)), 0, 1);
    }

    private static int[] FilledBins(SpikeTrains trains, int binSteps)
    {
        int[] filled = new int[trains.Neurons];
        ForEachFilledBin(trains, binSteps, (neuron, _) => filled[neuron]++);
        return filled;
    }

    /// <summary>Calls once for each neuron and bin in which it spikes, by time of the bin's first spike of the neuron.</summary>
    private static void ForEachFilledBin(SpikeTrains trains, int binSteps, Action<int, int> fill)
    {
        int[] lastBin = new int[trains.Neurons];
        Array.Fill(lastBin, -1);
        foreach ((int step, int neuron) in trains.Spikes)
        {
            int bin = step / binSteps;
            if (lastBin[neuron] != bin)
            {
                lastBin[neuron] = bin;
                fill(neuron, bin);
            }
        }
    }
}

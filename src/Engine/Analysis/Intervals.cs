namespace BrainSim.Engine.Analysis;

/// <summary>
/// The intervals between successive spikes of each neuron, in one pass over the spikes. Sums are whole numbers of steps, so they are exact.
/// Softky &amp; Koch 1993, J Neurosci 13:334, for their coefficient of variation.
/// </summary>
public sealed class Intervals
{
    private readonly double dt;
    private readonly int[] spikes;
    private readonly long[] sums;
    private readonly long[] squares;

    public Intervals(SpikeTrains trains)
    {
        dt = trains.Dt;
        spikes = new int[trains.Neurons];
        sums = new long[trains.Neurons];
        squares = new long[trains.Neurons];
        int[] last = new int[trains.Neurons];
        foreach ((int step, int neuron) in trains.Spikes)
        {
            if (spikes[neuron]++ > 0)
            {
                long interval = step - last[neuron];
                sums[neuron] += interval;
                squares[neuron] += interval * interval;
            }

            last[neuron] = step;
        }
    }

    /// <summary>Over the intervals of all neurons together, ms; NaN where no neuron spiked twice.</summary>
    public double Mean => sums.Sum() * dt / spikes.Sum(n => Math.Max(0, n - 1L));

    /// <summary>
    /// Deviation over mean of each neuron's intervals, averaged over the neurons with at least so many spikes; NaN where there are none.
    /// The deviation divides by the number of intervals, as in NumPy, SciPy and Elephant.
    /// </summary>
    /// <param name="minSpikes">At least 3.</param>
    public double MeanVariation(int minSpikes)
    {
        double sum = 0;
        int counted = 0;
        for (int neuron = 0; neuron < spikes.Length; neuron++)
        {
            if (spikes[neuron] >= minSpikes)
            {
                sum += Variation(neuron);
                counted++;
            }
        }

        return sum / counted;
    }

    /// <summary>sqrt(mean of squares - square of mean) / mean, with n·mean = sum: sqrt(n·squares - sum²) / sum.</summary>
    private double Variation(int neuron)
    {
        Int128 sum = sums[neuron];
        return Math.Sqrt((double)(((spikes[neuron] - 1) * (Int128)squares[neuron]) - (sum * sum))) / sums[neuron];
    }
}

namespace BrainSim.Engine.Analysis;

/// <summary>The spikes of some neurons within a span of steps.</summary>
/// <param name="Neurons">How many neurons, silent ones included.</param>
/// <param name="Length">Steps of the span.</param>
/// <param name="Dt">Length of a step, ms.</param>
/// <param name="Steps">Of the spikes, from 0 at the span's first step; rising.</param>
/// <param name="Ids">Which neuron spiked, from 0 to Neurons - 1; rising within a step.</param>
public sealed record SpikeTrains(int Neurons, int Length, double Dt, int[] Steps, int[] Ids)
{
    public double Seconds => Length * Dt / 1000;

    /// <summary>The part of a population's spikes that the neurons From, From + Stride, ... before To fired in the steps from..to-1.</summary>
    /// <param name="steps">Of all spikes, rising.</param>
    /// <param name="ids">Of all spikes, in the population.</param>
    public static SpikeTrains Within(int[] steps, int[] ids, (int From, int To, int Stride) neurons, long from, long to, double dt)
    {
        int first = FirstNotBefore(steps, from);
        int last = FirstNotBefore(steps, to);
        int count = ((neurons.To - neurons.From - 1) / neurons.Stride) + 1;
        List<int> keptSteps = new(last - first);
        List<int> keptIds = new(last - first);
        for (int s = first; s < last; s++)
        {
            (int place, int rest) = Math.DivRem(ids[s] - neurons.From, neurons.Stride);
            if (ids[s] >= neurons.From && ids[s] < neurons.To && rest == 0)
            {
                keptSteps.Add((int)(steps[s] - from));
                keptIds.Add(place);
            }
        }

        return new SpikeTrains(count, (int)(to - from), dt, [.. keptSteps], [.. keptIds]);
    }

    /// <summary>Spikes of all neurons by bin. The last bin may reach beyond the span.</summary>
    public int[] Counts(int binSteps)
    {
        int[] counts = new int[(Length + binSteps - 1) / binSteps];
        foreach (int step in Steps)
        {
            counts[step / binSteps]++;
        }

        return counts;
    }

    /// <summary>By neuron: the times of its spikes, ms from the span's start.</summary>
    public double[][] Times()
    {
        List<double>[] times = [.. Enumerable.Range(0, Neurons).Select(_ => new List<double>())];
        for (int s = 0; s < Steps.Length; s++)
        {
            times[Ids[s]].Add(Steps[s] * Dt);
        }

        return Array.ConvertAll(times, train => train.ToArray());
    }

    private static int FirstNotBefore(int[] steps, long step)
    {
        int low = 0;
        int high = steps.Length;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            (low, high) = steps[middle] < step ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

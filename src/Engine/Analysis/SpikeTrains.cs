using BrainSim.Engine.Monitors;

namespace BrainSim.Engine.Analysis;

/// <summary>The spikes of some neurons within a span of steps.</summary>
/// <param name="Neurons">How many neurons, silent ones included.</param>
/// <param name="Length">Steps of the span.</param>
/// <param name="Dt">Length of a step, ms.</param>
/// <param name="Spikes">Steps from 0 at the span's first step, rising; ids from 0 to Neurons - 1, rising within a step. May be gone through any number of times.</param>
public sealed record SpikeTrains(int Neurons, int Length, double Dt, IEnumerable<RecordedSpike> Spikes)
{
    /// <param name="steps">Of the spikes.</param>
    /// <param name="ids">Which neuron spiked.</param>
    public SpikeTrains(int neurons, int length, double dt, int[] steps, int[] ids)
        : this(neurons, length, dt, [.. steps.Zip(ids, (step, id) => new RecordedSpike(step, id))])
    {
    }

    public double Seconds => Length * Dt / 1000;

    /// <summary>The part of a population's spikes that the neurons From, From + Stride, ... before To fired in the steps from..to-1.</summary>
    /// <param name="spikes">All, by step, in pieces that are gone when the next is asked for.</param>
    public static SpikeTrains Within(IEnumerable<ArraySegment<RecordedSpike>> spikes, (int From, int To, int Stride) neurons, long from, long to, double dt)
    {
        IEnumerable<RecordedSpike> Chosen()
        {
            foreach (ArraySegment<RecordedSpike> piece in spikes)
            {
                foreach (RecordedSpike spike in piece)
                {
                    if (spike.Step >= to)
                    {
                        yield break;
                    }

                    (int place, int rest) = Math.DivRem(spike.Id - neurons.From, neurons.Stride);
                    if (spike.Step >= from && spike.Id >= neurons.From && spike.Id < neurons.To && rest == 0)
                    {
                        yield return new RecordedSpike((int)(spike.Step - from), place);
                    }
                }
            }
        }

        return new SpikeTrains(((neurons.To - neurons.From - 1) / neurons.Stride) + 1, (int)(to - from), dt, Chosen());
    }

    /// <summary>The bins in which there are spikes, in their order, and the spikes of all neurons in each. The last bin may reach beyond the span.</summary>
    public IEnumerable<(int Bin, int Count)> FilledBins(int binSteps)
    {
        int bin = -1;
        int count = 0;
        foreach (RecordedSpike spike in Spikes)
        {
            if (spike.Step / binSteps != bin)
            {
                if (count > 0)
                {
                    yield return (bin, count);
                }

                (bin, count) = (spike.Step / binSteps, 0);
            }

            count++;
        }

        if (count > 0)
        {
            yield return (bin, count);
        }
    }

    /// <summary>By neuron: the times of its spikes, ms from the span's start. All of them in memory.</summary>
    public double[][] Times()
    {
        List<double>[] times = [.. Enumerable.Range(0, Neurons).Select(_ => new List<double>())];
        foreach (RecordedSpike spike in Spikes)
        {
            times[spike.Id].Add(spike.Step * Dt);
        }

        return Array.ConvertAll(times, train => train.ToArray());
    }
}

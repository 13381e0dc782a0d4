using System.Numerics;
using BrainSim.Engine.Units;
using MathNet.Numerics.IntegralTransforms;
using MathNet.Numerics.Providers.FourierTransform;

namespace BrainSim.Engine.Analysis;

/// <summary>
/// Power density of a population's rate: the rate in bins is cut into segments that overlap by half, and their periodograms, each without its mean and under a Hann
/// window, are averaged. Welch 1967, IEEE Trans Audio Electroacoust 15:70.
/// </summary>
public static class PowerSpectrum
{
    /// <summary>A native library that happens to be installed would give other last bits.</summary>
    static PowerSpectrum() => FourierTransformControl.UseManaged();

    /// <param name="binSteps">Only bins that lie whole within the span are used.</param>
    /// <param name="segmentBins">At least 2.</param>
    /// <returns>One-sided, Hz²/Hz: item k at the frequency k / (duration of a segment), from 0 to half the rate of the bins. Empty where no segment fits.</returns>
    public static double[] Of(SpikeTrains trains, int binSteps, int segmentBins)
    {
        double binSeconds = binSteps * trains.Dt / 1000;
        int bins = trains.Length / binSteps;
        double[] window = [.. Enumerable.Range(0, segmentBins).Select(j => 0.5 - (0.5 * Elementary.Cos(2 * Math.PI * j / segmentBins)))];
        double[] density = new double[(segmentBins / 2) + 1];
        double[] rates = new double[segmentBins];
        int segments = 0;
        int start = 0;
        foreach ((int bin, int count) in trains.FilledBins(binSteps).Append((int.MaxValue, 0)))
        {
            for (; start + segmentBins <= Math.Min(bin, bins); start += Move(rates))
            {
                Add(density, rates, window);
                segments++;
            }

            if (bin >= bins)
            {
                break;
            }

            rates[bin - start] = count / (trains.Neurons * binSeconds);
        }

        double scale = binSeconds / (window.Sum(w => w * w) * segments);
        return segments == 0 ? [] : [.. density.Select((power, k) => power * scale * (k == 0 || 2 * k == segmentBins ? 1 : 2))];
    }

    /// <summary>From one segment to the next, which begins with the last half of it.</summary>
    /// <returns>Bins between the two.</returns>
    private static int Move(Span<double> rates)
    {
        int moved = (rates.Length + 1) / 2;
        rates[moved..].CopyTo(rates);
        rates[^moved..].Clear();
        return moved;
    }

    private static void Add(double[] power, ReadOnlySpan<double> rates, double[] window)
    {
        double mean = 0;
        foreach (double rate in rates)
        {
            mean += rate / rates.Length;
        }

        Complex[] spectrum = new Complex[rates.Length];
        for (int j = 0; j < rates.Length; j++)
        {
            spectrum[j] = (rates[j] - mean) * window[j];
        }

        Fourier.Forward(spectrum, FourierOptions.NoScaling);
        for (int k = 0; k < power.Length; k++)
        {
            power[k] += (spectrum[k].Real * spectrum[k].Real) + (spectrum[k].Imaginary * spectrum[k].Imaginary);
        }
    }
}

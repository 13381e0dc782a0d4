using BrainSim.Engine.Units;

namespace BrainSim.Engine.Analysis;

/// <summary>
/// Distance of two spike trains: every spike becomes a decaying exponential, and D² is 1/tau times the integral of the squared difference of the two traces.
/// One spike more costs D² = 1/2; two spikes far apart cost 1. van Rossum 2001, Neural Comput 13:751.
/// </summary>
public static class VanRossumDistance
{
    /// <summary>
    /// Spikes of the two trains count +1 and -1. Then D² is half the sum over all pairs of spikes of the product of their counts times exp(-|difference|/tau), which one pass
    /// adds up with the decayed sum of all earlier spikes.
    /// </summary>
    /// <param name="a">Rising times, ms.</param>
    /// <param name="b">Rising times, ms.</param>
    /// <param name="tau">Of the decay, ms; positive.</param>
    public static double Of(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double tau)
    {
        double squared = 0;
        double trace = 0;
        double last = 0;
        int i = 0;
        int j = 0;
        while (i < a.Length || j < b.Length)
        {
            double time = Math.Min(i < a.Length ? a[i] : double.PositiveInfinity, j < b.Length ? b[j] : double.PositiveInfinity);
            int count = 0;
            for (; i < a.Length && a[i] == time; i++)
            {
                count++;
            }

            for (; j < b.Length && b[j] == time; j++)
            {
                count--;
            }

            trace *= Elementary.Exp((last - time) / tau);
            squared += count * (count + (2 * trace));
            trace += count;
            last = time;
        }

        return Math.Sqrt(Math.Max(0, squared / 2));
    }
}

namespace BrainSim.Bench.Yardsticks;

/// <summary>
/// The network of Potjans and Diesmann 2014 (Cereb Cortex 24:785) as numbers: 1 mm² of early sensory cortex, four layers with an excitatory and an
/// inhibitory population each, Poisson background, no thalamic input. Populations are ordered L23E, L23I, L4E, L4I, L5E, L5I, L6E, L6I.
/// </summary>
/// <param name="scale">Of sizes and synapse totals; every neuron keeps its in-degree.</param>
public sealed class Microcircuit(double scale)
{
    public const ulong Seed = 42;

    public const int Populations = 8;

    /// <summary>ms.</summary>
    public const double Dt = 0.1, TauM = 10, TauSyn = 0.5;

    /// <summary>pF.</summary>
    public const double Capacitance = 250;

    /// <summary>mV above the resting potential of -65 mV.</summary>
    public const float Threshold = 15, Reset = 0;

    /// <summary>2 ms.</summary>
    public const int RefractorySteps = 20;

    /// <summary>pA; also of every background spike.</summary>
    public const double Weight = 87.8;

    private const double RestingPotential = -65, BackgroundRate = 8;

    /// <summary>Hz, of the full size: the mean rates that NEST's example of this network states.</summary>
    public static readonly double[] ExpectedRates = [0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829];

    private static readonly int[] FullSizes = [20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948];

    private static readonly int[] BackgroundDegrees = [1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100];

    /// <summary>mV: close to what the network settles at, from the same example.</summary>
    private static readonly double[] InitialMeans = [-68.28, -63.16, -63.33, -63.45, -63.11, -61.66, -66.72, -61.43];

    private static readonly double[] InitialDeviations = [5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48];

    /// <summary>Table 5 of the paper: row = target, column = source.</summary>
    private static readonly double[,] Probabilities =
    {
        { 0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0, 0.0076, 0 },
        { 0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0, 0.0042, 0 },
        { 0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0 },
        { 0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0, 0.1057, 0 },
        { 0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0 },
        { 0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0 },
        { 0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252 },
        { 0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443 },
    };

    public int Size(int population) => (int)Math.Round(FullSizes[population] * scale);

    public int Neurons => Enumerable.Range(0, Populations).Sum(Size);

    /// <summary>Pairs are drawn with replacement until the probability that a pair is connected at all is that of the table (eq. 1 of the paper).</summary>
    public long Synapses(int post, int pre)
    {
        double pairs = (double)FullSizes[post] * FullSizes[pre];
        return (long)Math.Round(Math.Log(1 - Probabilities[post, pre]) / Math.Log(1 - (1 / pairs)) * scale);
    }

    public static bool IsExcitatory(int population) => population % 2 == 0;

    /// <summary>pA; the deviation is a tenth of it.</summary>
    public static double MeanWeight(int post, int pre) => Weight * (!IsExcitatory(pre) ? -4 : post == 0 && pre == 2 ? 2 : 1);

    /// <summary>Steps; the deviation is half of it, and less than one step is drawn again.</summary>
    public static double MeanDelay(int pre) => IsExcitatory(pre) ? 15 : 7.5;

    /// <summary>Background spikes per neuron and step.</summary>
    public static double BackgroundPerStep(int population) => BackgroundDegrees[population] * BackgroundRate * Dt / 1000;

    /// <summary>mV above rest.</summary>
    public static (double Mean, double Deviation) InitialPotential(int population) =>
        (InitialMeans[population] - RestingPotential, InitialDeviations[population]);
}

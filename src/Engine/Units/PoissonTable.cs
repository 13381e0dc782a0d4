namespace BrainSim.Engine.Units;

/// <summary>
/// The Poisson distribution of one small mean as thresholds for the 32 bits of a draw: the number drawn is how many of them the bits reach.
/// Threshold k is the probability of at most k events, rounded up to a multiple of 2^-32; so each probability is right to 2^-32, and numbers that come less than once in 2^32 draws never come.
/// </summary>
/// <remarks>
/// The probabilities are made one from the other, p(k) = p(k-1)·λ/k from p(0) = e^-λ, and added up until the sum no longer grows or nothing
/// is left above it. Who adds them up for one draw alone, in the same order, finds the same number.
/// </remarks>
public unsafe struct PoissonTable
{
    /// <summary>Means below it. Above, adding up takes too long, and the sums would end later than the table.</summary>
    public const double MeanLimit = 10;

    /// <summary>2^-32: what one bit is worth.</summary>
    public const double Unit = 1.0 / 4294967296;

    /// <summary>More than the 34 thresholds of a mean of 10.</summary>
    private const int Capacity = 48;

    /// <summary>The first field: vector code reads them at the table's address.</summary>
    private fixed uint thresholds[Capacity];

    /// <summary>From 0 to below <see cref="MeanLimit"/>. A table that was never filled is that of 0, which has no thresholds.</summary>
    public double Mean { get; private set; }

    public int Count { get; private set; }

    /// <summary>So many thresholds that one draw in 4,096 reaches further.</summary>
    public int Usual { get; private set; }

    public readonly uint this[int k] => thresholds[k];

    public void Fill(double mean)
    {
        (Mean, Count, Usual) = (mean, 0, 0);
        double probability = Elementary.Exp(-mean);
        double below = probability;
        double before = 0;
        while (below > before && Math.Ceiling(below / Unit) <= uint.MaxValue)
        {
            thresholds[Count++] = (uint)Math.Ceiling(below / Unit);
            Usual = before < 1 - (1.0 / 4096) ? Count : Usual;
            probability *= mean / Count;
            before = below;
            below += probability;
        }
    }
}

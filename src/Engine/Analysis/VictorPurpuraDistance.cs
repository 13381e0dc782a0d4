namespace BrainSim.Engine.Analysis;

/// <summary>
/// Least cost of turning one spike train into another: adding or removing a spike costs 1, moving one costs <c>cost</c> per ms.
/// Victor &amp; Purpura 1996, J Neurophysiol 76:1310, spike-time metric.
/// </summary>
public static class VictorPurpuraDistance
{
    /// <summary>Row by row of the table of least costs (Sellers 1974); the work is the product of the numbers of spikes.</summary>
    /// <param name="a">Rising times, ms.</param>
    /// <param name="b">Rising times, ms.</param>
    /// <param name="cost">Per ms, at least 0. At 0 only the numbers of spikes count.</param>
    public static double Of(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double cost)
    {
        double[] row = [.. Enumerable.Range(0, b.Length + 1).Select(j => (double)j)];
        for (int i = 0; i < a.Length; i++)
        {
            double diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < b.Length; j++)
            {
                double moved = diagonal + (cost * Math.Abs(a[i] - b[j]));
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(moved, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[^1];
    }
}

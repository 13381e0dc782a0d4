namespace BrainSim.Coordinator.Cluster;

/// <summary>A sum of numbers that nodes say, any of which may be as large as there are: it stops at the largest.</summary>
internal static class SaturatingSum
{
    /// <param name="numbers">None below 0.</param>
    public static long Saturated(this IEnumerable<long> numbers) => numbers.Aggregate(0L, (sum, number) => number > long.MaxValue - sum ? long.MaxValue : sum + number);
}

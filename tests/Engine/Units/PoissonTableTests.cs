using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Units;

/// <summary>The thresholds by which small Poisson numbers are drawn.</summary>
public sealed class PoissonTableTests
{
    public static TheoryData<double> Means => [0, 1e-300, 1e-17, 1e-6, 0.002, 0.3, 1, 1.5, 4, 9.5, Math.BitDecrement(PoissonTable.MeanLimit)];

    /// <summary>
    /// e^-λ has an error of 1 ulp, each probability two roundings more than the one before, each sum one of at most 2^-54: with 50 terms, which
    /// together are 1, less than (1 + 100 + 50) 2^-53 in all, and rounding up adds 2^-53.
    /// </summary>
    [Theory]
    [MemberData(nameof(Means))]
    public void Thresholds_are_cumulative_probabilities(double mean)
    {
        PoissonTable table = default;
        table.Fill(mean);
        double logProbability = -mean;
        double sum = Math.Exp(-mean);
        for (int k = 0; k < table.Count; k++)
        {
            double threshold = ((Threshold(ref table, k) >> 11) + 0.0) / (1L << 53);
            Assert.Equal(sum, threshold, 152.0 / (1L << 53));
            Assert.True(k == 0 || Threshold(ref table, k) > Threshold(ref table, k - 1), $"threshold {k} is not above the one before");
            logProbability += Math.Log(mean / (k + 1));
            sum += Math.Exp(logProbability);
        }

        // Where the table ends, the next sum is 1 but for the same roundings.
        Assert.Equal(1, sum, 152.0 / (1L << 53));
    }

    /// <summary>The scalar draw counts the same thresholds: just below each, and at it.</summary>
    [Theory]
    [MemberData(nameof(Means))]
    public void Streams_count_the_same_thresholds(double mean)
    {
        PoissonTable table = default;
        table.Fill(mean);
        KeyedRandom random = new(5, KeyedRandom.Purpose("poisson"));
        for (uint id = 0; id < 20_000; id++)
        {
            KeyedStream stream = random.Stream(id, 0);
            KeyedStream same = random.Stream(id, 0);
            ulong bits = stream.NextBits();
            int reached = Enumerable.Range(0, table.Count).Count(k => bits >= Threshold(ref table, k));
            Assert.Equal(reached, Distributions.Poisson(ref same, mean));
        }
    }

    [Theory]
    [MemberData(nameof(Means))]
    public void Usual_thresholds_are_those_that_few_draws_pass(double mean)
    {
        PoissonTable table = default;
        table.Fill(mean);
        ulong rare = ulong.MaxValue - (ulong.MaxValue / 4096);
        Assert.InRange(table.Usual, 0, table.Count);
        Assert.True(table.Usual == table.Count || Threshold(ref table, table.Usual - 1) >= rare);
        Assert.True(table.Usual < 2 || Threshold(ref table, table.Usual - 2) < rare);
    }

    private static ulong Threshold(ref PoissonTable table, int k) => table[k];
}

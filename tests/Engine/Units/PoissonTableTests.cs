using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Units;

/// <summary>The thresholds by which small Poisson numbers are drawn.</summary>
public sealed class PoissonTableTests
{
    public static TheoryData<double> Means => [0, 1e-300, 1e-17, 1e-6, 0.002, 0.3, 1, 1.5, 4, 9.5, Math.BitDecrement(PoissonTable.MeanLimit)];

    /// <summary>
    /// e^-λ has an error of 1 ulp, each probability two roundings more than the one before, each sum one of at most 2^-54: with 50 terms, which
    /// together are 1, less than (1 + 100 + 50) 2^-53 in all, and rounding up adds up to 2^-32.
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
            double threshold = Threshold(ref table, k) * PoissonTable.Unit;
            Assert.InRange(threshold - sum, -152.0 / (1L << 53), PoissonTable.Unit + (152.0 / (1L << 53)));
            Assert.True(k == 0 || Threshold(ref table, k) >= Threshold(ref table, k - 1), $"threshold {k} is below the one before");
            logProbability += Math.Log(mean / (k + 1));
            sum += Math.Exp(logProbability);
        }

        // Where the table ends, no 32 bits reach the next sum.
        Assert.InRange(sum, 1 - PoissonTable.Unit - (152.0 / (1L << 53)), 1 + (152.0 / (1L << 53)));
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
            uint bits = (uint)(stream.NextBits() >> 32);
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
        uint rare = uint.MaxValue - (uint.MaxValue / 4096);
        Assert.InRange(table.Usual, 0, table.Count);
        Assert.True(table.Usual == table.Count || Threshold(ref table, table.Usual - 1) >= rare);
        Assert.True(table.Usual < 2 || Threshold(ref table, table.Usual - 2) < rare);
    }

    /// <summary>Vectors and the scalar draw find the same words, wherever the ids begin, and groups that are kept are the right ones.</summary>
    [Fact]
    public unsafe void Shared_words_are_those_of_the_streams()
    {
        KeyedRandom random = new(7, KeyedRandom.Purpose("words"));
        PhiloxKeys keys = new(random);
        SharedWords shared = default;
        foreach ((uint id, int ids, long step) in new[] { (0u, 16, 0L), (16u, 16, 0L), (37u, 48, 0L), (85u, 48, 0L), (85u, 48, 1L), (21u, 96, 1L), (5u, 8, 5_000_000_000L), (uint.MaxValue - 40, 24, 3L) })
        {
            uint* words = shared.From(&keys, id, ids, step);
            for (int i = 0; i < ids; i++)
            {
                Assert.Equal(random.Stream(id + (uint)i, step).Word(), words[i]);
            }
        }
    }

    private static uint Threshold(ref PoissonTable table, int k) => table[k];
}

using System.Collections.Immutable;
using BrainSim.Engine.Connectivity;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Connectivity;

/// <summary>The synapses that a rule makes, for tests of rules.</summary>
internal static class RuleSynapses
{
    public static (int Source, int Target)[] Of(ConnectRule rule, int preSize, int postSize, ulong seed = 1, bool same = false)
    {
        using SourceLists lists = SourceLists.Of(rule, preSize, postSize, same, new Partition(0, postSize), seed, "a");
        return [.. Enumerable.Range(0, postSize).SelectMany(j => lists.Sources.Span[(int)lists.Starts[j]..(int)lists.Starts[j + 1]].ToArray().Select(source => (source, j)))];
    }

    public static GridGeometry Grid(int[] shape, bool normalize = false, bool periodic = false) => Grid(shape, shape, normalize, periodic);

    public static GridGeometry Grid(int[] pre, int[] post, bool normalize = false, bool periodic = false) =>
        new([.. pre], [.. post], normalize, periodic);

    /// <summary>Pearson's sum over cells of given probabilities lies below the value that chi-square exceeds with probability 1e-6. Cells should expect 5 or more.</summary>
    public static void AssertFits<T>(IEnumerable<T> drawn, IReadOnlyDictionary<T, double> probabilities)
        where T : notnull
    {
        Dictionary<T, int> counts = drawn.CountBy(cell => cell).ToDictionary();
        Assert.Empty(counts.Keys.Except(probabilities.Keys));
        Assert.Equal(1, probabilities.Values.Sum(), 1e-9);
        double total = counts.Values.Sum();
        Assert.All(probabilities.Values, p => Assert.True(total * p >= 5, "a cell expects fewer than 5"));
        double sum = probabilities.Sum(p => Math.Pow(counts.GetValueOrDefault(p.Key) - (total * p.Value), 2) / (total * p.Value));
        Assert.InRange(sum, 0, Statistics.ChiSquareLimit(probabilities.Count - 1));
    }

    public static void AssertUniform(IEnumerable<int> drawn, int cells) =>
        AssertFits(drawn, Enumerable.Range(0, cells).ToDictionary(cell => cell, _ => 1.0 / cells));

    public static ImmutableArray<Bell> Bells(params (double Sigma, double Height)[] bells) => [.. bells.Select(b => new Bell(b.Sigma, b.Height))];
}

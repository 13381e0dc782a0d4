using BrainSim.Engine.Connectivity;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Connectivity;

/// <summary>The rules that make a stated number of synapses: fixed_total_num and fixed_pre_num.</summary>
public class CountedRulesTests
{
    private const int Pre = 90;
    private const int Post = 70;
    private const int Total = 63_000;
    private const int Each = Total / Post;

    /// <summary>
    /// Every synapse falls on each target, each source and each pair with the same probability, so the counts are uniform multinomials and Pearson's sum is
    /// chi-square with one degree of freedom less than there are cells (the pairs expect 10 each, enough for the approximation). 1e-6.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ATotalIsDealtOutUniformly(ulong seed)
    {
        (int Source, int Target)[] synapses = Synapses(new FixedTotalNumber(Total), Pre, Post, seed);
        Assert.Equal(Total, synapses.Length);
        AssertUniform(synapses.Select(s => s.Target), Post);
        AssertUniform(synapses.Select(s => s.Source), Pre);
        AssertUniform(synapses.Select(s => (s.Target * Pre) + s.Source), Pre * Post);
    }

    /// <summary>As above, over the pairs of different neurons.</summary>
    [Fact]
    public void ATotalWithoutSelfIsDealtOutUniformlyOverTheOthers()
    {
        (int Source, int Target)[] synapses = Synapses(new FixedTotalNumber(Total) { IncludeSelf = false }, Post, Post, 1, same: true);
        Assert.Equal(Total, synapses.Length);
        Assert.DoesNotContain(synapses, s => s.Source == s.Target);
        AssertUniform(synapses.Select(s => (s.Target * (Post - 1)) + (s.Source > s.Target ? s.Source - 1 : s.Source)), Post * (Post - 1));
    }

    /// <summary>The sum over many branches of the tree, which single in-degrees say little about: over 400 seeds it is binomial(3000, 1/3).</summary>
    [Fact]
    public void AThirdOfTheTargetsGetsABinomialNumber()
    {
        double[] first = [.. Enumerable.Range(0, 400).Select(seed => (double)Synapses(new FixedTotalNumber(3000), Pre, 75, (ulong)seed).Count(s => s.Target < 25))];
        Statistics.AssertMoments(first, 1000, 3000 * (1.0 / 3) * (2.0 / 3), 3);
    }

    /// <summary>Sources with replacement: pairs are uniform within each target.</summary>
    [Fact]
    public void RepeatedSourcesAreUniform()
    {
        (int Source, int Target)[] synapses = Synapses(new FixedPreNumber(Each, Multapses: true), Pre, Post, 1);
        Assert.All(synapses.CountBy(s => s.Target), target => Assert.Equal(Each, target.Value));
        AssertUniform(synapses.Select(s => s.Source), Pre);
        AssertUniform(synapses.Select(s => (s.Target * Pre) + s.Source), Pre * Post);
    }

    /// <summary>Each set of 3 of 6 sources is equally likely: 20 cells, 20,000 targets, chi-square with 19 degrees of freedom. 1e-6.</summary>
    [Fact]
    public void EverySetOfDifferentSourcesIsEquallyLikely()
    {
        (int Source, int Target)[] synapses = Synapses(new FixedPreNumber(3, Multapses: false), 6, 20_000, 1);
        int[] sets = [.. synapses.GroupBy(s => s.Target).Select(target => target.Sum(s => 1 << s.Source))];
        Assert.Equal(20_000, sets.Length);
        Assert.All(sets, set => Assert.Equal(3, int.PopCount(set)));
        int[] known = [.. Enumerable.Range(0, 64).Where(set => int.PopCount(set) == 3)];
        AssertUniform(sets.Select(set => Array.IndexOf(known, set)), known.Length);
    }

    [Theory]
    [InlineData(69, false)]
    [InlineData(30, false)]
    [InlineData(300, true)]
    public void WithoutSelfEveryTargetStillGetsItsNumber(int count, bool multapses)
    {
        (int Source, int Target)[] synapses = Synapses(new FixedPreNumber(count, multapses) { IncludeSelf = false }, Post, Post, 1, same: true);
        Assert.DoesNotContain(synapses, s => s.Source == s.Target);
        Assert.All(synapses.GroupBy(s => s.Target), target =>
        {
            Assert.Equal(count, target.Count());
            Assert.True(multapses || target.Distinct().Count() == count);
        });
        Assert.Equal(Post, synapses.Select(s => s.Source).Distinct().Count());
    }

    [Fact]
    public void AllSourcesOrNoneCanBeTaken()
    {
        Assert.Equal(Enumerable.Range(0, Pre), Synapses(new FixedPreNumber(Pre, Multapses: false), Pre, 1, 1).Select(s => s.Source).Order());
        Assert.Empty(Synapses(new FixedPreNumber(0, Multapses: false), Pre, Post, 1));
        Assert.Empty(Synapses(new FixedTotalNumber(0), Pre, Post, 1));
    }

    /// <summary>A shard of a population of 10^8 with 10^10 synapses finds the part of its few targets, whose in-degrees have mean and variance 100.</summary>
    [Fact]
    public void AShardNeedsOnlyItsOwnBranches()
    {
        using SourceLists lists = SourceLists.Of(new FixedTotalNumber(10_000_000_000), 1000, 100_000_000, false, new Partition(77_000_000, 77_000_400), 1, "a");
        double[] degrees = [.. Enumerable.Range(0, 400).Select(j => (double)(lists.Starts[j + 1] - lists.Starts[j]))];
        Statistics.AssertMoments(degrees, 100, 100, 3.01);
    }

    private static void AssertUniform(IEnumerable<int> drawn, int cells)
    {
        double[] counts = new double[cells];
        foreach (int cell in drawn)
        {
            counts[cell]++;
        }

        double expected = counts.Sum() / cells;
        Assert.InRange(counts.Sum(n => (n - expected) * (n - expected) / expected), 0, Statistics.ChiSquareLimit(cells - 1));
    }

    private static (int Source, int Target)[] Synapses(ConnectRule rule, int preSize, int postSize, ulong seed, bool same = false)
    {
        using SourceLists lists = SourceLists.Of(rule, preSize, postSize, same, new Partition(0, postSize), seed, "a");
        return [.. Enumerable.Range(0, postSize).SelectMany(j => lists.Sources.Span[(int)lists.Starts[j]..(int)lists.Starts[j + 1]].ToArray().Select(source => (source, j)))];
    }
}

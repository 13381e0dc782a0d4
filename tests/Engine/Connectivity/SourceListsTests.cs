using BrainSim.Engine.Connectivity;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Connectivity;

public class SourceListsTests
{
    private const int Pre = 900;
    private const int Post = 700;
    private const double P = 0.05;

    /// <summary>
    /// Every pair is a trial of its own, so the number of synapses is binomial(Pre·Post, P): mean 31,500, standard deviation √(31,500·0.95) = 173.
    /// Five standard deviations fail with probability 6e-7.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TheNumberOfSynapsesIsBinomial(ulong seed)
    {
        double mean = Pre * Post * P;
        double deviation = Math.Sqrt(mean * (1 - P));
        Assert.InRange(Draw(seed).Length, mean - (5 * deviation), mean + (5 * deviation));
    }

    /// <summary>
    /// The in-degrees are independent binomials(Pre, P), so Σ (d - Pre·P)² / (Pre·P·(1-P)) is near chi-square with Post degrees of freedom (each term has
    /// mean 1 and, the kurtosis of this binomial being 3 + (1 - 6P(1-P))/(Pre·P·(1-P)) = 3.02, variance 2.02). Out-degrees likewise. Both tails, 1e-6 each.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void InDegreesAndOutDegreesAreBinomial(ulong seed)
    {
        (int Source, int Target)[] synapses = Draw(seed);
        AssertBinomial(Degrees(synapses.Select(s => s.Target), Post), Pre);
        AssertBinomial(Degrees(synapses.Select(s => s.Source), Pre), Post);
    }

    /// <summary>A gap drawn one off would favour or forbid neighbours: P(s+1 connected | s connected) = P. Successes among about 31,500 trials; five standard deviations.</summary>
    [Fact]
    public void NeighbouringSourcesAreIndependent()
    {
        HashSet<(int Source, int Target)> synapses = [.. Draw(5)];
        int trials = synapses.Count(s => s.Source < Pre - 1);
        int both = synapses.Count(s => synapses.Contains((s.Source + 1, s.Target)));
        Assert.InRange(both, (trials * P) - (5 * Math.Sqrt(trials * P * (1 - P))), (trials * P) + (5 * Math.Sqrt(trials * P * (1 - P))));
    }

    /// <summary>Source 0 and the last source are drawn by the edges of the gap loop; each is connected to about Post·P = 35 ± 5.8 targets.</summary>
    [Fact]
    public void TheFirstAndTheLastSourceAreConnectedAsOftenAsOthers()
    {
        int[] degrees = new int[2];
        for (ulong seed = 0; seed < 30; seed++)
        {
            (int Source, int Target)[] synapses = Draw(seed);
            degrees[0] += synapses.Count(s => s.Source == 0);
            degrees[1] += synapses.Count(s => s.Source == Pre - 1);
        }

        double mean = 30 * Post * P;
        double deviation = Math.Sqrt(mean * (1 - P));
        Assert.All(degrees, degree => Assert.InRange(degree, mean - (5 * deviation), mean + (5 * deviation)));
    }

    [Fact]
    public void NoProbabilityMeansNoSynapseAndProbabilityOneMeansAll()
    {
        Assert.Empty(Synapses(new FixedProbability(0), Whole(Post)));
        Assert.Equal(Synapses(new AllToAll(), Whole(Post)), Synapses(new FixedProbability(1), Whole(Post)));
        Assert.Equal(Pre * Post, Synapses(new AllToAll(), Whole(Post)).Length);
    }

    [Fact]
    public void SourcesRiseAndNoPairOccursTwice()
    {
        (int Source, int Target)[] synapses = Draw(1);
        Assert.Equal(synapses.Order(Comparer<(int Source, int Target)>.Create((a, b) => (a.Target, a.Source).CompareTo((b.Target, b.Source)))), synapses);
        Assert.Equal(synapses.Length, synapses.Distinct().Count());
        Assert.All(synapses, s => Assert.InRange(s.Source, 0, Pre - 1));
    }

    [Fact]
    public void WithoutSelfTheSameSynapsesRemainButTheDiagonal()
    {
        foreach (ConnectRule rule in Rules(Post))
        {
            (int Source, int Target)[] all = Synapses(rule, Whole(Post), Post, same: true);
            (int Source, int Target)[] others = Synapses(rule with { IncludeSelf = false }, Whole(Post), Post, same: true);
            Assert.Contains(all, s => s.Source == s.Target);
            Assert.DoesNotContain(others, s => s.Source == s.Target);
            if (rule is FixedTotalNumber or FixedPreNumber)
            {
                Assert.Equal(all.Length, others.Length);
            }
            else
            {
                Assert.Equal(all.Where(s => s.Source != s.Target), others);
            }

            Assert.Equal(all, Synapses(rule with { IncludeSelf = false }, Whole(Post), Post, same: false));
        }
    }

    [Theory]
    [MemberData(nameof(DrawnRules))]
    public void SeedsAndProjectionsAndTheRulesOwnSeedGiveOtherSynapses(ConnectRule rule)
    {
        (int, int)[][] drawn =
        [
            Synapses(rule, Whole(Post), seed: 1), Synapses(rule, Whole(Post), seed: 2), Synapses(rule, Whole(Post), seed: 1, purpose: "b"),
            Synapses(rule with { Seed = 7 }, Whole(Post), seed: 1),
        ];
        Assert.Equal(drawn.Length, drawn.Select(d => string.Join(' ', d)).Distinct().Count());
        Assert.Equal(drawn[3], Synapses(rule with { Seed = 7 }, Whole(Post), seed: 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(151)]
    public void SlicesPutTogetherAreTheWhole(int shards)
    {
        foreach (ConnectRule rule in Rules(150).Concat(WholeGraphs).Concat(OnGrid(15, 10)).SelectMany(r => new[] { r, r with { IncludeSelf = false } }))
        {
            IEnumerable<(int, int)> parts = Enumerable.Range(0, shards).SelectMany(s => Synapses(rule, Partition.Of(150, s, shards), 150, same: true, postSize: 150));
            Assert.Equal(Synapses(rule, Whole(150), 150, same: true, postSize: 150), parts);
        }
    }

    [Fact]
    public void PairsKeepTheListsOrderWithinATargetAndMayRepeat()
    {
        Pairs pairs = new([3, 1, 3, 3, 0], [1, 0, 1, 1, 1], null, null);
        using SourceLists lists = SourceLists.Of(pairs, 4, 3, false, new Partition(0, 3), 0, "");
        Assert.Equal([0L, 1, 5, 5], lists.Starts);
        Assert.Equal([1, 3, 3, 3, 0], lists.Sources.Span.ToArray());
        Assert.Equal([1, 0, 2, 3, 4], lists.ListIndex.Span.ToArray());
    }

    public static TheoryData<ConnectRule> DrawnRules => [new FixedProbability(P), new FixedTotalNumber(500), new FixedPreNumber(5, Multapses: false), new FixedPreNumber(5, Multapses: true),
        .. WholeGraphs, new GaussianProbability(RuleSynapses.Grid([30, 30], [35, 20], normalize: true), 0.05, 0)];

    private static ConnectRule[] WholeGraphs =>
        [new FixedPostNumber(5), new SmallWorld(3, 0.3, false), new SmallWorld(2, 0.5, true), new GrownGraph(3, 3, 1, 0, false), new GrownGraph(2, 4, 0.5, 0, true), new GrownGraph(3, 3, 1, 0.4, false)];

    private static ConnectRule[] OnGrid(int rows, int columns) =>
    [
        new GridNeighbours(RuleSynapses.Grid([rows, columns]), 1, true), new GridNeighbours(RuleSynapses.Grid([rows, columns], periodic: true), 2, false),
        new GaussianProbability(RuleSynapses.Grid([rows, columns], normalize: true), 0.2, 0.01), new GaussianWeights(RuleSynapses.Grid([rows, columns]), RuleSynapses.Bells((1.5, 1), (3, -0.4)), 0.01),
    ];

    private static Partition Whole(int size) => new(0, size);

    private static ConnectRule[] Rules(int size) =>
    [
        new AllToAll(), new OneToOne(), new FixedProbability(P), new FixedProbability(1), PairsOf(size),
        new FixedTotalNumber(10_000), new FixedPreNumber(40, Multapses: false), new FixedPreNumber(149, Multapses: false), new FixedPreNumber(200, Multapses: true),
    ];

    /// <summary>Pairs in no order, some twice, some from a neuron to itself.</summary>
    private static Pairs PairsOf(int size)
    {
        KeyedStream stream = new KeyedRandom(3, 5).Stream(0, 0);
        int[] ids = new int[4000];
        for (int k = 0; k < ids.Length; k++)
        {
            ids[k] = (int)(stream.NextUnit() * size);
        }

        ids[0] = ids[2000];
        ids[1] = ids[0];
        ids[2001] = ids[2000];
        return new Pairs(ids[..2000], ids[2000..], null, null);
    }

    private static (int Source, int Target)[] Draw(ulong seed) => Synapses(new FixedProbability(P), Whole(Post), seed: seed);

    private static (int Source, int Target)[] Synapses(ConnectRule rule, Partition targets, int preSize = Pre, bool same = false, int postSize = Post, ulong seed = 1, string purpose = "a")
    {
        using SourceLists lists = SourceLists.Of(rule, preSize, postSize, same, targets, seed, purpose);
        Assert.Equal(lists.Count, lists.Starts[^1]);
        return [.. Enumerable.Range(0, targets.Count).SelectMany(j => lists.Sources.Span[(int)lists.Starts[j]..(int)lists.Starts[j + 1]].ToArray().Select(source => (source, targets.From + j)))];
    }

    private static int[] Degrees(IEnumerable<int> ids, int size)
    {
        int[] degrees = new int[size];
        foreach (int id in ids)
        {
            degrees[id]++;
        }

        return degrees;
    }

    private static void AssertBinomial(int[] degrees, int trials)
    {
        double variance = trials * P * (1 - P);
        double chiSquare = degrees.Sum(d => (d - (trials * P)) * (d - (trials * P)) / variance);
        double high = Statistics.ChiSquareLimit(degrees.Length);

        // Wilson and Hilferty's lower quantile, with the sign of the normal one turned.
        double s = 2.0 / (9 * degrees.Length);
        double low = degrees.Length * Math.Pow(1 - s - (4.753 * Math.Sqrt(s)), 3);
        Assert.InRange(chiSquare, low, high);
    }
}

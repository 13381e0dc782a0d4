using BrainSim.Engine.Connectivity.Rules;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Connectivity;

/// <summary>fixed_post_num, small_world, scale_free_ba, scale_free_ba_dual and power_law.</summary>
public class GraphRulesTests
{
    private const int Size = 1000;

    /// <summary>Every source has its number of different targets; each target is as likely as another, for all sources together and for each third of them.</summary>
    [Fact]
    public void EverySourceHasItsNumberOfTargets()
    {
        (int Source, int Target)[] synapses = RuleSynapses.Of(new FixedPostNumber(30), 900, 70);
        Assert.Equal(900 * 30, synapses.Length);
        Assert.Equal(synapses.Length, synapses.Distinct().Count());
        Assert.All(synapses.CountBy(s => s.Source), source => Assert.Equal(30, source.Value));

        // Targets of one source exclude each other, so the counts vary less than a multinomial's and the limit is on the safe side.
        RuleSynapses.AssertUniform(synapses.Select(s => (s.Source / 300 * 70) + s.Target), 210);
    }

    /// <summary>Each set of 3 of 6 targets is equally likely: 20 cells.</summary>
    [Fact]
    public void EverySetOfTargetsIsEquallyLikely()
    {
        int[] sets = [.. RuleSynapses.Of(new FixedPostNumber(3), 20_000, 6).GroupBy(s => s.Source).Select(source => source.Sum(s => 1 << s.Target))];
        int[] known = [.. Enumerable.Range(0, 64).Where(set => int.PopCount(set) == 3)];
        RuleSynapses.AssertUniform(sets.Select(set => Array.IndexOf(known, set)), known.Length);
    }

    [Fact]
    public void WithoutSelfEverySourceStillHasItsNumber()
    {
        (int Source, int Target)[] synapses = RuleSynapses.Of(new FixedPostNumber(69) { IncludeSelf = false }, 70, 70, same: true);
        Assert.Equal(70 * 69, synapses.Distinct().Count());
        Assert.DoesNotContain(synapses, s => s.Source == s.Target);
        Assert.Equal(4900, RuleSynapses.Of(new FixedPostNumber(70), 70, 70, same: true).Distinct().Count());
    }

    /// <summary>Without rewiring each neuron is joined to those at most 3 steps along the ring, in both forms.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ARingWithoutRewiringIsARing(bool directed)
    {
        IEnumerable<(int, int)> expected = Enumerable.Range(0, 50).SelectMany(u => Enumerable.Range(1, 3).SelectMany(step => new[] { (u, (u + step) % 50), ((u + step) % 50, u) }));
        Assert.Equal(expected.Order(), Ring(0, directed, size: 50, eachSide: 3).Order());
    }

    /// <summary>
    /// Size·6 synapses in all, no pair twice; undirected in both directions, directed with 6 targets for each source. The edges of the ring that are left are
    /// binomial(3·Size or 6·Size, 1 - p): five deviations. Rewired ones fall back on a free place of the ring with a probability below 6/Size; three times as many as that
    /// are allowed on top.
    /// </summary>
    [Theory]
    [InlineData(false, 0.3)]
    [InlineData(true, 0.3)]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    public void RewiringKeepsTheNumberOfSynapses(bool directed, double p)
    {
        (int Source, int Target)[] synapses = Ring(p, directed);
        Assert.Equal(6 * Size, synapses.Distinct().Count());
        Assert.DoesNotContain(synapses, s => s.Source == s.Target);
        Assert.True(directed || synapses.ToHashSet().SetEquals(synapses.Select(s => (s.Target, s.Source))));
        Assert.True(!directed || synapses.CountBy(s => s.Source).All(source => source.Value == 6));
        double edges = directed ? 6 * Size : 3 * Size;
        double kept = synapses.Count(s => OnRing(s) <= 3) / (directed ? 1.0 : 2.0);
        double slack = 5 * Math.Sqrt(edges * p * (1 - p));
        Assert.InRange(kept, (edges * (1 - p)) - slack, (edges * (1 - p)) + slack + (edges * p * 6 / Size * 3));
    }

    /// <summary>Far ends are uniform: those more than 3 steps away fall on each of ten arcs of the ring, seen from their source, with the same probability; targets on each of ten arcs counted from neuron 0. 20 seeds.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NewEndsAreUniform(bool directed)
    {
        (int Source, int Target)[] synapses = [.. Enumerable.Range(0, 20).SelectMany(seed => Ring(1, directed, seed: (ulong)seed))];
        IEnumerable<int> steps = synapses.Where(s => directed || s.Source < s.Target).Select(s => (s.Target - s.Source + Size) % Size).Where(step => step is > 3 and < Size - 3);
        double[] weights = [.. Enumerable.Range(0, 10).Select(arc => (double)Enumerable.Range(4, Size - 7).Count(step => step / 100 == arc))];
        Dictionary<int, double> arcs = Enumerable.Range(0, 10).ToDictionary(arc => arc, arc => weights[arc] / weights.Sum());
        RuleSynapses.AssertUniform(synapses.Select(s => s.Target / 100), 10);
        if (directed)
        {
            RuleSynapses.AssertFits(steps.Select(step => step / 100), arcs);
            return;
        }

        // An undirected edge is seen from the smaller id, from which a step of s leaves Size - s places.
        Dictionary<int, double> seen = Enumerable.Range(0, 10).ToDictionary(arc => arc, arc => Enumerable.Range(4, Size - 7).Where(step => step / 100 == arc).Sum(step => (double)(Size - step)));
        double total = seen.Values.Sum();
        RuleSynapses.AssertFits(steps.Select(step => step / 100), seen.ToDictionary(cell => cell.Key, cell => cell.Value / total));
    }

    /// <summary>
    /// Clustering, as triangles over pairs of neighbours: 3(k-2)/4(k-1) = 0.6 for k = 6 without rewiring; with it about (1-p)³ of that (Barrat and Weigt 2000, eq. 13),
    /// since all three edges must have stayed. The part of 3000 edges that was rewired varies by √(p(1-p)/3000), the clustering by 1.8(1-p)² times that, which is 0.008 at
    /// most. Of the mean of 20 graphs five deviations are 0.009; two neighbours are joined by a rewired edge with the probability 6p/Size, 0.0018 at most, hence 0.011.
    /// </summary>
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    [InlineData(0.3)]
    public void ClusteringFallsWithTheThirdPower(double p)
    {
        double mean = Enumerable.Range(0, 20).Average(seed => Clustering(Ring(p, false, seed: (ulong)seed), Size));
        Assert.Equal(0.6 * Math.Pow(1 - p, 3), mean, 0.011);
    }

    [Fact]
    public void SelfAndDirectionOfASmallWorldMatter()
    {
        Assert.Contains(Ring(1, true, size: 20, self: true), s => s.Source == s.Target);
        Assert.Contains(Ring(1, false, size: 20, self: true), s => s.Source == s.Target);
        Assert.NotEqual(Ring(0.5, true).Order(), Ring(0.5, false).Order());
    }

    /// <summary>Where every neuron has all others nothing can be put elsewhere.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ACompleteRingStays(bool directed) => Assert.Equal(42, Ring(1, directed, size: 7, eachSide: 3).Distinct().Count());

    /// <summary>
    /// All ways in which a graph of five or six neurons can grow, with their probabilities by the definition (see <see cref="Growths"/>), against 20,000 graphs:
    /// Pearson's chi-square. Holds one link, several, two numbers of them, and triangles.
    /// </summary>
    [Theory]
    [InlineData(1, 1, 1.0, 0.0, 5)]
    [InlineData(2, 2, 1.0, 0.0, 5)]
    [InlineData(1, 2, 0.3, 0.0, 5)]
    [InlineData(2, 1, 0.3, 0.0, 5)]
    [InlineData(2, 2, 1.0, 0.6, 5)]
    [InlineData(3, 3, 1.0, 0.5, 6)]
    public void GraphsGrowByTheRule(int links, int other, double share, double triangles, int size)
    {
        GrownGraph rule = new(links, other, share, triangles, true);
        string[] grown = [.. Enumerable.Range(0, 20_000).Select(seed => string.Join(' ', GraphGrowth.Edges(rule, size, new KeyedRandom((ulong)seed, 1))))];
        Dictionary<string, double> expected = [];
        foreach ((string graph, double p) in Growths(rule, [.. Enumerable.Range(0, rule.Founders).Select(f => (rule.Founders, f))], size))
        {
            expected[graph] = expected.GetValueOrDefault(graph) + p;
        }

        // Rare graphs share one cell.
        HashSet<string> rare = [.. expected.Where(e => e.Value * grown.Length < 10).Select(e => e.Key)];
        Dictionary<string, double> cells = expected.Where(e => !rare.Contains(e.Key)).ToDictionary();
        if (rare.Count > 0)
        {
            cells["rare"] = rare.Sum(graph => expected[graph]);
        }

        RuleSynapses.AssertFits(grown.Select(graph => rare.Contains(graph) ? "rare" : graph), cells);
    }

    /// <summary>
    /// P(k) = 2m(m+1)/k(k+1)(k+2) (Dorogovtsev, Mendes and Samukhin 2000), so the part with degree m is 2/(m+2) and that with k or more m(m+1)/k(k+1). Links compete for
    /// the same ends, so counts vary less than binomial ones: over 90,000 neurons five deviations are 0.0082 at most; founders and last neurons add 3/3000.
    /// </summary>
    [Fact]
    public void DegreesFollowThePowerLaw()
    {
        int[] degrees = [.. Enumerable.Range(0, 30).SelectMany(seed => RuleSynapses.Of(new GrownGraph(3, 3, 1, 0, false), 3000, 3000, (ulong)seed).CountBy(s => s.Target).Select(t => t.Value))];
        Assert.Equal(90_000, degrees.Length);
        Assert.Equal(2.0 / 5, degrees.Count(k => k == 3) / 90_000.0, 0.0092);
        Assert.Equal(12.0 / 110, degrees.Count(k => k >= 10) / 90_000.0, 0.0062);
        Assert.Equal(12.0 / 930, degrees.Count(k => k >= 30) / 90_000.0, 0.0029);
    }

    /// <summary>(n - m)·m links, all different; those of a directed graph go to older neurons, m from each; an undirected one has both directions of the same.</summary>
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.8)]
    public void AGrownGraphHasItsLinks(double triangles)
    {
        (int Source, int Target)[] directed = RuleSynapses.Of(new GrownGraph(5, 5, 1, triangles, true), Size, Size);
        Assert.Equal((Size - 5) * 5, directed.Distinct().Count());
        Assert.All(directed, s => Assert.True(s.Target < s.Source));
        Assert.All(directed.CountBy(s => s.Source), source => Assert.Equal(5, source.Value));
        Assert.Equal(directed.Concat(directed.Select(s => (s.Target, s.Source))).Order(), RuleSynapses.Of(new GrownGraph(5, 5, 1, triangles, false), Size, Size).Order());
    }

    /// <summary>Of 994 neurons those with 2 links are binomial(994, 0.3): 298 ± 5·14.4; the others have 5.</summary>
    [Fact]
    public void TwoNumbersOfLinksOccurInTheirShares()
    {
        int[] links = [.. RuleSynapses.Of(new GrownGraph(2, 5, 0.3, 0, true), Size, Size).CountBy(s => s.Source).Where(source => source.Key > 5).Select(source => source.Value)];
        Assert.All(links, n => Assert.True(n is 2 or 5));
        Assert.InRange(links.Count(n => n == 2), 226, 370);
    }

    /// <summary>With p = 1 the second link of every neuron closes a triangle; the more triangles, the more clustering.</summary>
    [Fact]
    public void TrianglesAreClosed()
    {
        HashSet<(int, int)> links = [.. GraphGrowth.Edges(new GrownGraph(2, 2, 1, 1, true), Size, new KeyedRandom(1, 1))];
        Assert.All(links.GroupBy(s => s.Item1).Where(born => born.Key > 2), born =>
        {
            int[] met = [.. born.Select(s => s.Item2).Order()];
            Assert.Contains((met[1], met[0]), links);
        });
        double[] clustering = [.. new[] { 0, 0.4, 0.8 }.Select(p => Clustering(RuleSynapses.Of(new GrownGraph(3, 3, 1, p, false), Size, Size), Size))];
        Assert.True(clustering[0] < 0.6 * clustering[1] && clustering[1] < 0.8 * clustering[2], string.Join(' ', clustering));
    }

    /// <summary>
    /// Every continuation of a graph with its probability: each link goes to a neuron that has none from the new one yet, in proportion to the degrees before it
    /// came; or, after the first and with the probability of a triangle, to a neighbour of the one met last, where one is free.
    /// </summary>
    private static IEnumerable<(string Graph, double P)> Growths(GrownGraph rule, (int Born, int Old)[] links, int size)
    {
        int born = links[^1].Born + 1;
        if (born == size)
        {
            yield return (string.Join(' ', links), 1);
            yield break;
        }

        foreach ((int number, double share) in new[] { (rule.Links, rule.Links == rule.OtherLinks ? 1 : rule.Share), (rule.OtherLinks, rule.Links == rule.OtherLinks ? 0 : 1 - rule.Share) }.Where(n => n.Item2 > 0))
        {
            foreach (((int, int)[] more, double p) in Choices(rule, links, [], born, number, 0))
            {
                foreach ((string graph, double rest) in Growths(rule, [.. links, .. more], size))
                {
                    yield return (graph, share * p * rest);
                }
            }
        }
    }

    private static IEnumerable<((int Born, int Old)[] More, double P)> Choices(GrownGraph rule, (int Born, int Old)[] links, (int Born, int Old)[] made, int born, int number, int met)
    {
        if (made.Length == number)
        {
            yield return (made, 1);
            yield break;
        }

        int[] taken = [.. made.Select(m => m.Old)];
        int[] friends = [.. links.Where(l => l.Born == met || l.Old == met).Select(l => l.Born + l.Old - met).Distinct().Except(taken)];
        double triangle = made.Length > 0 && friends.Length > 0 ? rule.Triangles : 0;
        int[] ends = [.. links.SelectMany(l => new[] { l.Born, l.Old }).Where(end => !taken.Contains(end))];
        IEnumerable<(int Next, int Met, double P)> next =
            friends.Select(friend => (friend, met, triangle / friends.Length)).Concat(ends.CountBy(end => end).Select(end => (end.Key, end.Key, (1 - triangle) * end.Value / ends.Length)));
        foreach ((int neuron, int last, double p) in next.Where(n => n.P > 0))
        {
            foreach (((int, int)[] more, double rest) in Choices(rule, links, [.. made, (born, neuron)], born, number, last))
            {
                yield return (more, p * rest);
            }
        }
    }

    /// <summary>Three times the triangles over the pairs of neighbours of one neuron.</summary>
    private static double Clustering((int Source, int Target)[] synapses, int size)
    {
        HashSet<int>[] neighbours = [.. Enumerable.Range(0, size).Select(_ => new HashSet<int>())];
        foreach ((int source, int target) in synapses)
        {
            neighbours[target].Add(source);
        }

        double closed = synapses.Sum(s => (double)neighbours[s.Source].Count(neighbours[s.Target].Contains));
        return closed / neighbours.Sum(n => (double)n.Count * (n.Count - 1));
    }

    private static int OnRing((int Source, int Target) s) => Math.Min((s.Target - s.Source + Size) % Size, (s.Source - s.Target + Size) % Size);

    private static (int Source, int Target)[] Ring(double p, bool directed, int size = Size, int eachSide = 3, bool self = false, ulong seed = 1) =>
        RuleSynapses.Of(new SmallWorld(eachSide, p, directed) { IncludeSelf = self }, size, size, seed, same: true);
}

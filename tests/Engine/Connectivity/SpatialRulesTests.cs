using BrainSim.Engine.Connectivity;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Connectivity;

/// <summary>grid_four, grid_eight, grid_n, gaussian_prob, gaussian_weight and dog.</summary>
public class SpatialRulesTests
{
    /// <summary>The neighbours of each of 3 x 5 neurons as BrainPy 1.0.2 gives them (GridFour, include_self False): rows of the grid follow each other.</summary>
    [Fact]
    public void FourNeighboursAsAnotherSimulatorHasThem()
    {
        int[] sources = [0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 8, 8, 8, 8, 9, 9, 9, 10, 10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14];
        int[] targets = [5, 1, 6, 0, 2, 7, 1, 3, 8, 2, 4, 9, 3, 0, 10, 6, 1, 11, 5, 7, 2, 12, 6, 8, 3, 13, 7, 9, 4, 14, 8, 5, 11, 6, 10, 12, 7, 11, 13, 8, 12, 14, 9, 13];
        AssertSame(sources.Zip(targets), Neighbours([3, 5], 1, true));
    }

    /// <summary>Numbers of synapses in BrainPy 1.0.2: GridFour, GridEight, GridN on these grids, with and without the place itself.</summary>
    [Theory]
    [InlineData(new[] { 4, 4 }, 1, true, false, 48)]
    [InlineData(new[] { 4, 4 }, 1, true, true, 64)]
    [InlineData(new[] { 4, 4 }, 1, false, false, 84)]
    [InlineData(new[] { 4, 4 }, 1, false, true, 100)]
    [InlineData(new[] { 3, 5 }, 1, false, false, 76)]
    [InlineData(new[] { 5, 4 }, 2, false, false, 246)]
    [InlineData(new[] { 3, 5 }, 2, false, true, 171)]
    [InlineData(new[] { 6 }, 1, true, false, 10)]
    [InlineData(new[] { 6 }, 1, false, false, 10)]
    public void AsManyNeighboursAsAnotherSimulatorHas(int[] shape, int reach, bool straight, bool includeSelf, int count) =>
        Assert.Equal(count, Neighbours(shape, reach, straight, includeSelf).Length);

    /// <summary>By definition, from coordinates: the largest difference along an axis is at most the reach; for four neighbours the sum is 1.</summary>
    [Theory]
    [InlineData(new[] { 7, 5 }, 1, true)]
    [InlineData(new[] { 7, 5 }, 1, false)]
    [InlineData(new[] { 7, 5 }, 2, false)]
    [InlineData(new[] { 4, 3, 5 }, 1, false)]
    [InlineData(new[] { 2, 1 }, 1, true)]
    [InlineData(new[] { 11 }, 4, false)]
    [InlineData(new[] { 11 }, 40, false)]
    public void NeighboursAreThoseNearInCoordinates(int[] shape, int reach, bool straight)
    {
        int size = shape.Aggregate((a, b) => a * b);
        foreach (bool periodic in new[] { false, true })
        {
            IEnumerable<(int, int)> expected =
                from target in Enumerable.Range(0, size)
                from source in Enumerable.Range(0, size)
                let apart = Apart(shape, source, target, periodic)
                where source != target && (straight ? apart.Sum() <= 1 : apart.Max() <= reach)
                select (source, target);
            AssertSame(expected, Neighbours(shape, reach, straight, periodic: periodic));
        }
    }

    [Fact]
    public void NoNeuronOfAPeriodicGridHasABorder() =>
        Assert.All(Neighbours([9, 7], 3, false, periodic: true).CountBy(s => s.Target), target => Assert.Equal(48, target.Value));

    /// <summary>The place itself is left out between two populations too.</summary>
    [Fact]
    public void TheSamePlaceOfAnotherPopulationIsNoNeighbour()
    {
        GridNeighbours rule = new(RuleSynapses.Grid([3, 3]), 1, false) { IncludeSelf = false };
        Assert.Equal(RuleSynapses.Of(rule, 9, 9, same: true), RuleSynapses.Of(rule, 9, 9, same: false));
        Assert.Equal(9, RuleSynapses.Of(rule with { IncludeSelf = true }, 9, 9).Except(RuleSynapses.Of(rule, 9, 9)).Count());
    }

    /// <summary>Number, sum and least size of the weights that BrainPy 1.0.2 gives (cases m003_connect_weights); sums of up to 500,000 rounded terms, hence 1e-9.</summary>
    [Theory]
    [InlineData(10, 10, 0.1, 1.0, 0.01, true, true, 1680, 441.85157669251475, 0.045665154610630206)]
    [InlineData(10, 10, 0.2, 2.0, 0.02, true, false, 5536, 2800.947539006911, 0.02277341433263477)]
    [InlineData(6, 8, 1.5, 1.0, 0.01, false, true, 1648, 468.4186700297622, 0.01174362845702136)]
    public void GaussianWeightsAsAnotherSimulatorHasThem(int rows, int columns, double sigma, double height, double least, bool normalize, bool self, int count, double sum, double smallest)
    {
        GaussianWeights rule = new(RuleSynapses.Grid([rows, columns], normalize), RuleSynapses.Bells((sigma, height)), least) { IncludeSelf = self };
        double[] weights = [.. Weights(rule, rows * columns).Select(s => s.Weight)];
        Assert.Equal(count, weights.Length);
        Assert.Equal(sum, weights.Sum(), 1e-9 * sum);
        Assert.Equal(smallest, weights.Min(), 1e-14);
    }

    /// <summary>As above, for DOG.</summary>
    [Theory]
    [InlineData(10, 0.01, 3168, -341.82743120650036)]
    [InlineData(10, 0.003, 4036, -347.7463122809272)]
    [InlineData(40, 0.01, 966592, -100193.67423161073)]
    public void DifferencesOfGaussiansAsAnotherSimulatorHasThem(int side, double least, int count, double sum)
    {
        GaussianWeights rule = new(RuleSynapses.Grid([side, side], true), RuleSynapses.Bells((0.08, 1), (0.15, -0.7)), least);
        double[] weights = [.. Weights(rule, side * side).Select(s => s.Weight)];
        Assert.Equal(count, weights.Length);
        Assert.Equal(sum, weights.Sum(), 1e-9 * -sum);
    }

    /// <summary>By definition, over all pairs: the box in which sources are looked for cuts none off.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void WeightsAreThoseOfTheFormula(bool normalize, bool periodic)
    {
        (int[] pre, int[] post) = normalize ? (new[] { 6, 9 }, new[] { 4, 5 }) : (new[] { 6, 9 }, new[] { 6, 9 });
        double sigma = normalize ? 0.2 : 1.1;
        GaussianWeights rule = new(RuleSynapses.Grid(pre, post, normalize, periodic), RuleSynapses.Bells((sigma, 2), (2 * sigma, -1.5)), 0.05);
        List<(int, int, double)> expected = [];
        for (int target = 0; target < post[0] * post[1]; target++)
        {
            for (int source = 0; source < pre[0] * pre[1]; source++)
            {
                double squared = Square(Place(source / 9, 6) - Place(target / post[1], post[0]), 6) + Square(Place(source % 9, 9) - Place(target % post[1], post[1]), 9);
                double weight = (2 * Math.Exp(-squared / (2 * sigma * sigma))) - (1.5 * Math.Exp(-squared / (8 * sigma * sigma)));
                if (Math.Abs(weight) > 0.05)
                {
                    expected.Add((source, target, Math.Round(weight, 10)));
                }
            }
        }

        Assert.Equal(expected.Order(), Weights(rule, pre[0] * pre[1], post[0] * post[1]).Select(s => (s.Source, s.Target, Math.Round(s.Weight, 10))).Order());

        double Place(int c, int extent) => !normalize ? c : periodic ? (double)c / extent : (double)c / (extent - 1);
        double Square(double apart, int extent)
        {
            double whole = normalize ? 1 : extent;
            return periodic ? Math.Pow(Math.Min(Math.Abs(apart), whole - Math.Abs(apart)), 2) : apart * apart;
        }
    }

    /// <summary>
    /// Pairs by their squared distance (in steps of the grid): those connected are binomial(pairs, p), so the standardised squares sum to chi-square with one degree
    /// of freedom for each distance that expects at least 5 of each kind. 1e-6. A distance at which p is below p_min has none.
    /// </summary>
    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(2, 0.0)]
    [InlineData(3, 0.05)]
    public void ProbabilitiesFollowTheDistance(ulong seed, double least)
    {
        const int Side = 30;
        const double Sigma = 0.2;
        Dictionary<int, (int Pairs, int Connected)> found = [];
        HashSet<(int, int)> synapses = [.. RuleSynapses.Of(new GaussianProbability(RuleSynapses.Grid([Side, Side], true), Sigma, least), Side * Side, Side * Side, seed)];
        for (int pair = 0; pair < Side * Side * Side * Side; pair++)
        {
            (int source, int target) = (pair / (Side * Side), pair % (Side * Side));
            int squared = Apart([Side, Side], source, target, false).Sum(d => d * d);
            (int pairs, int connected) = found.GetValueOrDefault(squared);
            found[squared] = (pairs + 1, connected + (synapses.Contains((source, target)) ? 1 : 0));
        }

        (double sum, int cells) = (0, 0);
        foreach ((int squared, (int pairs, int connected)) in found)
        {
            double p = Math.Exp(-squared / (2 * Sigma * Sigma * (Side - 1) * (Side - 1)));
            Assert.True(p >= least || connected == 0);
            if (p >= least && pairs * p * (1 - p) >= 5)
            {
                sum += Math.Pow(connected - (pairs * p), 2) / (pairs * p * (1 - p));
                cells++;
            }
        }

        Assert.Equal(found[0].Pairs, found[0].Connected);
        Assert.True(cells > 50);
        Assert.InRange(sum, 0, Statistics.ChiSquareLimit(cells));
    }

    /// <summary>Under the four forms of one option the synapses differ: each is read.</summary>
    [Fact]
    public void NormalizeAndPeriodicMatter()
    {
        string[] drawn = [.. new[] { (false, false), (false, true), (true, false), (true, true) }.Select(o =>
            string.Join(' ', RuleSynapses.Of(new GaussianProbability(RuleSynapses.Grid([9, 9], o.Item1, o.Item2), 0.9, 0), 81, 81)))];
        Assert.Equal(4, drawn.Distinct().Count());
    }

    /// <summary>A weight is found again from the ids alone, on every slice.</summary>
    private static IEnumerable<(int Source, int Target, double Weight)> Weights(GaussianWeights rule, int preSize, int? postSize = null)
    {
        NetworkSpec network = NetworkReader.ReadText("net", $$$"""
            {name: net, dt: 0.1, duration: 1, populations: {A: {size: 1, model: lif}}, projections: [{pre: A, post: A, connect: all_to_all, synapse: delta}]}
            """, ".", []);
        ProjectionSpec projection = network.Projections[0] with { Connect = rule };
        int size = postSize ?? preSize;
        for (int slice = 0; slice < 3; slice++)
        {
            using SourceLists lists = SourceLists.Of(rule, preSize, size, postSize is null, Partition.Of(size, slice, 3), 1, "a");
            using SynapseValues values = new(network, projection, lists);
            for (int j = 0; j < lists.Targets.Count; j++)
            {
                for (long s = lists.Starts[j]; s < lists.Starts[j + 1]; s++)
                {
                    yield return (lists.Sources[s], lists.Targets.From + j, values.Weights![s]);
                }
            }
        }
    }

    private static (int Source, int Target)[] Neighbours(int[] shape, int reach, bool straight, bool includeSelf = false, bool periodic = false)
    {
        int size = shape.Aggregate((a, b) => a * b);
        return RuleSynapses.Of(new GridNeighbours(RuleSynapses.Grid(shape, periodic: periodic), reach, straight) { IncludeSelf = includeSelf }, size, size, same: true);
    }

    /// <summary>Steps between two neurons along each axis.</summary>
    private static int[] Apart(int[] shape, int a, int b, bool periodic)
    {
        int[] apart = new int[shape.Length];
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            int steps = Math.Abs((a % shape[axis]) - (b % shape[axis]));
            apart[axis] = periodic ? Math.Min(steps, shape[axis] - steps) : steps;
            (a, b) = (a / shape[axis], b / shape[axis]);
        }

        return apart;
    }

    private static void AssertSame(IEnumerable<(int, int)> expected, IEnumerable<(int, int)> actual) => Assert.Equal(expected.Order(), actual.Order());
}

using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.NetworkFile;

/// <summary>What the file says of a rule is what the rule is.</summary>
public class ConnectReaderTests
{
    [Theory]
    [InlineData("{fixed_post_num: 3}", typeof(FixedPostNumber), "Count = 3", "IncludeSelf = True")]
    [InlineData("grid_four", typeof(GridNeighbours), "Reach = 1, Straight = True", "IncludeSelf = False", "Periodic = False", "Normalize = False")]
    [InlineData("{grid_eight: true, include_self: true, periodic: true}", typeof(GridNeighbours), "Reach = 1, Straight = False", "IncludeSelf = True", "Periodic = True")]
    [InlineData("{grid_n: 2*2}", typeof(GridNeighbours), "Reach = 4, Straight = False")]
    [InlineData("{gaussian_prob: {sigma: 0.2}}", typeof(GaussianProbability), "Sigma = 0.2, Least = 0", "Normalize = True, Periodic = False", "IncludeSelf = True")]
    [InlineData("{gaussian_prob: {sigma: 1, p_min: 0.01}, normalize: false, periodic: true, include_self: false, seed: 4}", typeof(GaussianProbability), "Sigma = 1, Least = 0.01", "Normalize = False, Periodic = True", "IncludeSelf = False", "Seed = 4")]
    [InlineData("{gaussian_weight: {sigma: 0.1, w_max: -2}}", typeof(GaussianWeights), "Least = 0.02", "BringsWeights = True")]
    [InlineData("{gaussian_weight: {sigma: 0.1, w_max: 2, w_min: 0.5}}", typeof(GaussianWeights), "Least = 0.5")]
    [InlineData("{dog: {sigmas: [0.08, 0.15], ws_max: [1, 0.7]}}", typeof(GaussianWeights), "Least = 0.0030000000000000005")]
    [InlineData("{small_world: {num_neighbor: 5, prob: 0.2}}", typeof(SmallWorld), "EachSide = 2, Rewired = 0.2, Directed = False", "IncludeSelf = False")]
    [InlineData("{small_world: {num_neighbor: 6, prob: 0.2}, directed: true, include_self: true, seed: 1}", typeof(SmallWorld), "EachSide = 3, Rewired = 0.2, Directed = True", "IncludeSelf = True", "Seed = 1")]
    [InlineData("{scale_free_ba: 5}", typeof(GrownGraph), "Links = 5, OtherLinks = 5, Share = 1, Triangles = 0, Directed = False")]
    [InlineData("{scale_free_ba_dual: {m1: 3, m2: 5, p: 0.4}, directed: true}", typeof(GrownGraph), "Links = 3, OtherLinks = 5, Share = 0.4, Triangles = 0, Directed = True")]
    [InlineData("{power_law: {m: 3, p: 0.5}, seed: 2}", typeof(GrownGraph), "Links = 3, OtherLinks = 3, Share = 1, Triangles = 0.5, Directed = False", "Seed = 2")]
    public void RulesAreRead(string connect, Type rule, params string[] texts)
    {
        ConnectRule read = Read(connect);
        Assert.IsType(rule, read);
        Assert.All(texts, text => Assert.Contains(text, read.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void TheSecondBellIsTakenFromTheFirst() =>
        Assert.Equal([new Bell(0.08, 1), new Bell(0.15, -0.7)], Assert.IsType<GaussianWeights>(Read("{dog: {sigmas: [0.08, 0.15], ws_max: [1, 0.7]}}")).Bells);

    [Fact]
    public void AMatrixIsTheListOfItsPairsRowByRow()
    {
        Pairs pairs = Assert.IsType<Pairs>(Read("{matrix: [[0, 1, 0], [0, 0, 0], [1, 0, 1]]}", "3"));
        Assert.Equal([(0, 1), (2, 0), (2, 2)], pairs.Pre.Zip(pairs.Post));
        Assert.Null(pairs.Weight);
        pairs = Assert.IsType<Pairs>(Read("{matrix: [[0, 1.5, 0], [0, 0, 0], [-1, 0, 7]], weights: true, include_self: false}", "3"));
        Assert.Equal([1.5, -1, 7], pairs.Weight!);
        Assert.False(pairs.IncludeSelf);
    }

    [Fact]
    public void ThreeAxesNeedAReach()
    {
        Assert.Contains("grid_four is for one or two axes, and A has [2, 3, 4], A has [2, 3, 4]; write {grid_n: 1}", Assert.Throws<UserMistakeException>(() => Read("grid_four", "[2, 3, 4]")).Message, StringComparison.Ordinal);
        Assert.IsType<GridNeighbours>(Read("{grid_n: 1}", "[2, 3, 4]"));
    }

    private static ConnectRule Read(string connect, string size = "[4, 5]") => NetworkReader.ReadText("net", $$$"""
        name: net
        dt: 0.1
        duration: 1
        populations: {A: {size: {{{size}}}, model: lif}}
        projections: [{pre: A, post: A, synapse: delta, connect: {{{connect}}}}]
        """, ".", []).Projections[0].Connect;
}

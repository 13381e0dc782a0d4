using BrainSim.Engine.Connectivity;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Connectivity;

public class SynapseValuesTests
{
    private const string Random = "connect: {fixed_prob: 0.3}, weight: 'normal(delay, 1)', delay: 'uniform(0, 2)'";

    [Theory]
    [InlineData(Random)]
    [InlineData("connect: {fixed_prob: 0.3, include_self: false}, weight: 'uniform(0, 1)', delay: 0.3")]
    [InlineData("connect: {fixed_total_num: 3000}, weight: 'normal(delay, 1)', delay: 'uniform(0, 2)'")]
    [InlineData("connect: {fixed_pre_num: 30}, weight: 'normal(delay, 1)', delay: 'uniform(0, 2)'")]
    [InlineData("connect: {fixed_pre_num: 100, multapses: true}, weight: 'normal(delay, 1)', delay: 'uniform(0, 2)'")]
    [InlineData("connect: {fixed_post_num: 30}, weight: 'normal(delay, 1)', delay: 'uniform(0, 2)'")]
    [InlineData("connect: {small_world: {num_neighbor: 6, prob: 0.5}}, weight: 'normal(delay, 1)', delay: 'uniform(0, 2)'")]
    [InlineData("connect: {gaussian_weight: {sigma: 0.2, w_max: 3}}, delay: 'uniform(0, 2)'")]
    [InlineData("connect: {pairs: {pre: [3, 3, 3, 9], post: [5, 5, 39, 5]}}, weight: 'uniform(0, 1)', delay: 'uniform(0, 2)'")]
    [InlineData("connect: {pairs: {pre: [3, 3, 3, 9], post: [5, 5, 39, 5], weight: [1, 2, 3, 4], delay: [0, 0.1, 0.2, 0.3]}}")]
    public void SlicesPutTogetherAreTheWhole(string projection)
    {
        (double?, int)[] whole = Values(projection, 1);
        Assert.NotEmpty(whole);
        Assert.Equal(whole, Values(projection, 3));
        Assert.Equal(whole, Values(projection, 40));
    }

    [Fact]
    public void EverySynapseDrawsItsOwnWeightAndDelayAndTheSeedMatters()
    {
        (double? Weight, int Delay)[] drawn = Values(Random, 1);
        Assert.Equal(drawn.Length, drawn.Select(d => d.Weight).Distinct().Count());
        Assert.Equal(21, drawn.Select(d => d.Delay).Distinct().Count());
        Assert.NotEqual(drawn, Values(Random, 1, seed: 2));
    }

    /// <summary>3,000 synapses between 1,600 pairs repeat some pairs. Of 3,000 numbers of 24 bits, 3000^2/2^25 = 0.3 pairs are expected to be equal by chance.</summary>
    [Theory]
    [InlineData("fixed_total_num: 3000")]
    [InlineData("fixed_pre_num: 75, multapses: true")]
    public void MultapsesDrawEachTheirOwn(string rule) =>
        Assert.InRange(Values($"connect: {{{rule}}}, weight: 'uniform(0, 1)'", 1).Select(v => v.Weight).Distinct().Count(), 2990, 3000);

    [Fact]
    public void RepeatedPairsDrawEachTheirOwn() =>
        Assert.Equal(3, Values("connect: {pairs: {pre: [1, 1, 1], post: [2, 2, 2]}}, weight: 'uniform(0, 1)'", 1).Select(v => v.Weight).Distinct().Count());

    [Fact]
    public void ListedValuesStayWithTheirPair() => Assert.Equal(
        [(40.0, 4), (10, 1), (30, 3), (20, 2)],
        Values("connect: {pairs: {pre: [0, 1, 2, 3], post: [1, 3, 1, 0], weight: [10, 20, 30, 40], delay: [0.1, 0.2, 0.3, 0.4]}}", 1));

    [Theory]
    [InlineData("delay: 'uniform(-1, -0.5)'", "0 to 65535 steps")]
    [InlineData("delay: 'uniform(7000, 8000)'", "0 to 65535 steps")]
    [InlineData("delay: 'log(uniform(-2, -1))'", "0 to 65535 steps")]
    [InlineData("delay: 'uniform(0, 0.01)'", "1 to 65535 steps", "schedule: [arrive, input, spike, update, observe]")]
    public void DelaysThatDoNotFitAreRefused(string delay, string message, string more = "")
    {
        UserMistakeException problem = Assert.Throws<UserMistakeException>(() => Values($"connect: all_to_all, {delay}", 1, more: more));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains("projections[0].delay", problem.Message, StringComparison.Ordinal);
    }

    private static (double? Weight, int Delay)[] Values(string projection, int shards, int seed = 1, string more = "")
    {
        NetworkSpec network = NetworkReader.ReadText("net", $$$"""
            {name: net, dt: 0.1, duration: 1, seed: {{{seed}}}, {{{(more.Length > 0 ? more + "," : "")}}}
             populations: {A: {size: 40, model: lif}},
             projections: [{pre: A, post: A, synapse: delta, {{{projection}}}}]}
            """, ".", []);
        ProjectionSpec spec = network.Projections[0];
        List<(double?, int)> values = [];
        for (int shard = 0; shard < shards; shard++)
        {
            using SourceLists lists = SourceLists.Of(spec.Connect, 40, 40, true, Partition.Of(40, shard, shards), network.Seed, "a");
            using SynapseValues drawn = new(network, spec, lists);
            ushort[]? delays = drawn.DelaysInSteps(1 - network.Schedule.ArrivalOffset);
            values.AddRange(Enumerable.Range(0, (int)lists.Count).Select(s => (drawn.Weights?[s], (int)(delays?[s] ?? drawn.SameDelay))));
        }

        return [.. values];
    }
}

using BrainSim.Engine.Exchange;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Invariance;

/// <summary>Windows and the batches that end them. Two shards of two populations with 10 and 4 neurons; windows of 2 steps, the one at hand begins at 6.</summary>
public sealed class ExchangeTests
{
    private static readonly int[] Sizes = [10, 4];

    private readonly Inbox inbox = new(2, Sizes);

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 1, 2)]
    [InlineData(15, 1, 16)]
    [InlineData(1, 0, 1)]
    [InlineData(15, 0, 15)]
    [InlineData(999, 1, 1000)]
    [InlineData(1000, 1, 1000)]
    [InlineData(65535, 0, 1000)]
    [InlineData(null, 0, 1000)]
    [InlineData(null, 1, 1000)]
    public void A_window_lasts_until_its_first_spike_can_act_elsewhere(int? shortestDelay, int arrivalOffset, int steps)
    {
        Schedule schedule = arrivalOffset == 1 ? Schedule.Default : new([Phase.Arrive, Phase.Input, Phase.Spike, Phase.Update, Phase.Observe]);
        Assert.Equal(arrivalOffset, schedule.ArrivalOffset);
        Assert.Equal(steps, Window.Steps(schedule, shortestDelay));
    }

    [Fact]
    public void A_complete_window_is_merged_by_step_then_id_whoever_came_first()
    {
        using SpikeBatch low = Batch(0, 6, [1, 4], [0], [], [1]);
        using SpikeBatch high = Batch(1, 6, [5, 9], [], [7], [2, 3]);
        using SpikeHistory first = new(5);
        using SpikeHistory second = new(5);
        Assert.Equal(Acceptance.Accepted, inbox.Accept(high, 6, 8));
        Assert.False(inbox.IsComplete);
        Assert.Equal(Acceptance.Accepted, inbox.Accept(low, 6, 8));
        Assert.True(inbox.IsComplete);
        inbox.Merge([first, second]);
        Assert.Equal([1, 4, 5, 9], first.Of(6).Span.ToArray());
        Assert.Equal([0], second.Of(6).Span.ToArray());
        Assert.Equal([7], first.Of(7).Span.ToArray());
        Assert.Equal([1, 2, 3], second.Of(7).Span.ToArray());
        Assert.False(inbox.IsComplete);
    }

    [Fact]
    public void Repeated()
    {
        using SpikeBatch batch = Batch(0, 6, [], [], [], []);
        Assert.Equal(Acceptance.Accepted, inbox.Accept(batch, 6, 8));
        Assert.Equal(Acceptance.Repeated, inbox.Accept(batch, 6, 8));
        using SpikeBatch other = Batch(0, 6, [1], [], [], []);
        Assert.Equal(Acceptance.Repeated, inbox.Accept(other, 6, 8));
        Assert.False(inbox.IsComplete);
    }

    [Fact]
    public void Late()
    {
        using SpikeBatch batch = Batch(0, 4, [], [], [], []);
        Assert.Equal(Acceptance.Late, inbox.Accept(batch, 6, 8));
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(2, 6)]
    [InlineData(-1, 6)]
    public void Foreign(int shard, long fromStep)
    {
        using SpikeBatch batch = Batch(shard, fromStep, [], [], [], []);
        Assert.Equal(Acceptance.Foreign, inbox.Accept(batch, 6, 8));
    }

    public static TheoryData<string, int[], int[]> WrongContents => new()
    {
        { "too few steps", [0, 0], [] },
        { "too many steps", [0, 0, 0, 0, 0, 0], [] },
        { "a step in part", [0, 0, 0], [] },
        { "negative count", [-1, 0, 0, 0], [] },
        { "more counted than sent", [2, 0, 0, 0], [1] },
        { "counts that overflow", [int.MaxValue, int.MaxValue, 0, 0], [1] },
        { "more sent than counted", [1, 0, 0, 0], [1, 2] },
        { "ids fall", [2, 0, 0, 0], [2, 1] },
        { "an id twice", [2, 0, 0, 0], [1, 1] },
        { "negative id", [1, 0, 0, 0], [-1] },
        { "id beyond the population", [0, 1, 0, 0], [4] },
        { "id of another shard's neuron", [1, 0, 0, 0], [5] },
    };

    /// <summary>One step of a network with couplings: 5 of the 10 values are this shard's, 8 bytes each.</summary>
    [Theory]
    [InlineData(0, Acceptance.Malformed)]
    [InlineData(39, Acceptance.Malformed)]
    [InlineData(40, Acceptance.Accepted)]
    [InlineData(41, Acceptance.Malformed)]
    public void Values_of_a_batch_must_be_those_of_its_neurons(int bytes, Acceptance acceptance)
    {
        using ShardRun first = new(Runs.Compile("""
            {name: coupled, dt: 0.1, duration: 1, populations: {A: {size: 10, model: lif}}, projections: [{pre: A, post: A, connect: all_to_all, synapse: gap_junction, delay: 3}]}
            """), 0, 2);
        first.Open(30);
        Assert.Equal(1, first.WindowSteps);
        Assert.Equal(Acceptance.Accepted, first.Accept(first.Advance()));
        using SpikeBatch second = new(1, 1);
        second.Begin(0);
        second.Add([], 5);
        for (int b = 0; b < bytes; b++)
        {
            second.Values.Add(0);
        }

        Assert.Equal(acceptance, first.Accept(second));
    }

    [Fact]
    public void Malformed_with_values_that_nobody_reads()
    {
        using SpikeBatch batch = Batch(0, 6, [], [], [], []);
        batch.Values.Add(0);
        Assert.Equal(Acceptance.Malformed, inbox.Accept(batch, 6, 8));
    }

    [Theory]
    [MemberData(nameof(WrongContents))]
    public void Malformed(string what, int[] counts, int[] ids)
    {
        using SpikeBatch batch = new(0, 2);
        batch.Begin(6);
        Array.ForEach(counts, batch.Counts.Add);
        Array.ForEach(ids, batch.Ids.Add);
        Assert.Equal((what, Acceptance.Malformed), (what, inbox.Accept(batch, 6, 8)));
        using SpikeBatch right = Batch(0, 6, [4], [], [], [1]);
        Assert.Equal(Acceptance.Accepted, inbox.Accept(right, 6, 8));
    }

    [Fact]
    public void Malformed_where_the_populations_are_others()
    {
        using SpikeBatch batch = new(0, 1);
        batch.Begin(6);
        batch.Counts.Add(0);
        batch.Counts.Add(0);
        Assert.Equal(Acceptance.Malformed, inbox.Accept(batch, 6, 8));
    }

    [Fact]
    public void Slices_cover_a_population_once()
    {
        foreach ((int size, int shards) in new[] { (1, 1), (1, 7), (2, 3), (10, 3), (83, 7), (int.MaxValue, 1000) })
        {
            Partition[] slices = [.. Enumerable.Range(0, shards).Select(s => Partition.Of(size, s, shards))];
            Assert.Equal(0, slices[0].From);
            Assert.Equal(size, slices[^1].To);
            Assert.All(slices.Zip(slices.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
            Assert.InRange(slices.Max(s => s.Count) - slices.Min(s => s.Count), 0, 1);
        }
    }

    /// <param name="counted">Ids by step, then population.</param>
    private static SpikeBatch Batch(int shard, long fromStep, params int[][] counted)
    {
        SpikeBatch batch = new(shard, 2);
        batch.Begin(fromStep);
        Array.ForEach(counted, ids => batch.Add(ids, 0));
        return batch;
    }
}

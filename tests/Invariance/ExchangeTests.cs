using System.Collections.Immutable;
using BrainSim.Engine.Exchange;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Invariance;

/// <summary>
/// Windows and the batches that cross them. Three shards of two populations with 15 and 6 neurons; shard 2 receives: from shard 0 with a shortest delay of 1 step
/// (2 steps can be done without news), from shard 1 with 4 (5 steps). Shard 2 projects to nobody, shards 0 and 1 to each other.
/// </summary>
public sealed class ExchangeTests : IDisposable
{
    private const int Receiver = 2;

    private static readonly int[] Sizes = [15, 6];

    private static readonly ImmutableArray<bool> Nobody = [false, false, false];

    private static readonly ExchangePlan Plan = new(Schedule.Default, [
        new ShardReach([null, 2, null], [3, 9], Nobody), new ShardReach([2, 2, null], [3, 2], Nobody), new ShardReach([1, 4, null], [1, 1], Nobody)]);

    private readonly Inbox inbox = new(Receiver, Plan, Sizes);
    private readonly SpikeHistory[] histories = [new(), new()];

    public ExchangeTests() => Array.ForEach(histories, history => history.Open(12));

    public void Dispose() => Array.ForEach(histories, history => history.Dispose());

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
    public void A_plan_says_who_waits_for_whom()
    {
        Assert.Equal([1], Plan.SendersTo[0]);
        Assert.Equal([0], Plan.SendersTo[1]);
        Assert.Equal([0, 1], Plan.SendersTo[2]);
        Assert.Equal([1, 2], Plan.ReceiversOf[0]);
        Assert.Equal([0, 2], Plan.ReceiversOf[1]);
        Assert.Empty(Plan.ReceiversOf[2]);
        Assert.Equal((2, 5), (Plan.WindowSteps(0, 2), Plan.WindowSteps(1, 2)));
        Assert.Equal((5, 4, 10), (Plan.BatchSteps, Plan.StepsUnderWay(0), Plan.StepsUnderWay(1)));
    }

    /// <summary>A population whose spikes are never long under way still has room for those that come late and early.</summary>
    [Fact]
    public void Histories_have_room_for_late_and_early_steps() => Assert.Equal((5 + 1 + 5, 10 + 1 + 5), (Plan.HistorySteps(0), Plan.HistorySteps(1)));

    /// <summary>Shard 1 hears of shard 0 by spikes only, and may run 11 steps ahead of it, though batches have one step for the sake of the coupling.</summary>
    [Fact]
    public void Histories_have_room_for_steps_that_come_in_late_beside_a_coupling()
    {
        ExchangePlan plan = new(Schedule.Default, [new ShardReach([null, null], [10, 0], [false, true]), new ShardReach([10, null], [10, 0], [false, false])]);
        Inbox late = new(1, plan, Sizes);
        using SpikeHistory first = new();
        using SpikeHistory second = new();
        first.Open(plan.HistorySteps(0));
        second.Open(plan.HistorySteps(1));
        for (int step = 0; step < 11; step++)
        {
            using SpikeBatch batch = Batch(0, step, [], step % 3 == 0 ? [1] : []);
            Assert.Equal(Acceptance.Accepted, late.Accept(batch, 11, [first, second]));
        }

        Assert.Equal([1], second.Of(9).Span.ToArray());
        Assert.Empty(second.Of(10).Span.ToArray());
    }

    [Fact]
    public void A_shard_that_nobody_projects_to_waits_for_nobody()
    {
        ExchangePlan plan = new(Schedule.Default, [new ShardReach([3, null], [3], Nobody), new ShardReach([null, null], [0], Nobody)]);
        Assert.All(Enumerable.Range(0, 2), shard => Assert.Equal(long.MaxValue, new Inbox(shard, plan, Sizes).Horizon));
        Assert.Equal(16, plan.BatchSteps);
    }

    [Fact]
    public void Each_sender_holds_the_receiver_back_by_its_own_delay()
    {
        Assert.Equal(2, inbox.Horizon);
        Assert.Equal(Acceptance.Accepted, Offer(0, 0, 3, 0));
        Assert.Equal(5, inbox.Horizon);
        Assert.Equal(Acceptance.Accepted, Offer(0, 3, 4, 0));
        Assert.Equal(5, inbox.Horizon);
        Assert.Equal(Acceptance.Accepted, Offer(1, 0, 1, 0));
        Assert.Equal(6, inbox.Horizon);
    }

    [Fact]
    public void Batches_of_one_sender_may_come_out_of_turn()
    {
        Assert.Equal(Acceptance.Accepted, Offer(1, 0, 5, 0));
        Assert.Equal(Acceptance.Accepted, Offer(0, 3, 4, 0));
        Assert.Equal(Acceptance.Accepted, Offer(0, 1, 2, 0));
        Assert.Equal(2, inbox.Horizon);
        Assert.Equal(Acceptance.Accepted, Offer(0, 0, 1, 0));
        Assert.Equal(4, inbox.Horizon);
        Assert.Equal(Acceptance.Accepted, Offer(0, 2, 3, 0));
        Assert.Equal(6, inbox.Horizon);
    }

    [Fact]
    public void Spikes_stand_by_step_then_id_whoever_came_first()
    {
        using SpikeBatch low = Batch(0, 0, [1, 4], [0], [], [1]);
        using SpikeBatch high = Batch(1, 0, [5, 9], [], [7], [2, 3]);
        Assert.Equal(Acceptance.Accepted, inbox.Accept(high, 0, histories));
        Assert.Equal(Acceptance.Accepted, inbox.Accept(low, 0, histories));
        Assert.Equal([1, 4, 5, 9], histories[0].Of(0).Span.ToArray());
        Assert.Equal([0], histories[1].Of(0).Span.ToArray());
        Assert.Equal([7], histories[0].Of(1).Span.ToArray());
        Assert.Equal([1, 2, 3], histories[1].Of(1).Span.ToArray());
    }

    [Fact]
    public void Repeated()
    {
        Assert.Equal(Acceptance.Accepted, Offer(0, 0, 2, 0));
        Assert.Equal(Acceptance.Repeated, Offer(0, 0, 2, 0));
        Assert.Equal(Acceptance.Repeated, Offer(0, 1, 2, 0));
        Assert.Equal(Acceptance.Accepted, Offer(0, 4, 5, 0));
        Assert.Equal(Acceptance.Repeated, Offer(0, 4, 5, 0));
    }

    [Fact]
    public void A_repeated_batch_changes_nothing()
    {
        using SpikeBatch batch = Batch(0, 0, [1, 4], [0]);
        Assert.Equal(Acceptance.Accepted, inbox.Accept(batch, 0, histories));
        Assert.Equal(Acceptance.Repeated, inbox.Accept(batch, 0, histories));
        Assert.Equal([1, 4], histories[0].Of(0).Span.ToArray());
    }

    [Fact]
    public void Late()
    {
        Assert.Equal(Acceptance.Accepted, Offer(0, 0, 2, 0));
        Assert.Equal(Acceptance.Late, Offer(0, 0, 2, 2));
        inbox.Restore(40);
        Assert.Equal(Acceptance.Late, Offer(0, 38, 40, 40));
        Assert.Equal(42, inbox.Horizon);
    }

    [Fact]
    public void Early()
    {
        Assert.Equal(Acceptance.Early, Offer(1, 3, 6, 0));
        Assert.Equal(Acceptance.Accepted, Offer(1, 3, 6, 1));
    }

    [Theory]
    [InlineData(Receiver)]
    [InlineData(3)]
    [InlineData(-1)]
    public void Foreign(int shard) => Assert.Equal(Acceptance.Foreign, Offer(shard, 0, 1, 0));

    [Fact]
    public void Foreign_where_the_sender_does_not_project_here()
    {
        using SpikeBatch batch = Batch(2, 0, [], []);
        Assert.Equal(Acceptance.Foreign, new Inbox(0, Plan, Sizes).Accept(batch, 0, histories));
    }

    [Fact]
    public void Malformed_where_it_contradicts_what_came_before()
    {
        Assert.Equal(Acceptance.Accepted, Offer(0, 0, 2, 0));
        Assert.Equal(Acceptance.Malformed, Offer(0, 1, 3, 0));
        Assert.Equal(Acceptance.Accepted, Offer(0, 3, 4, 0));
        Assert.Equal(Acceptance.Malformed, Offer(0, 2, 5, 0));
    }

    [Fact]
    public void Malformed_where_it_is_longer_than_agreed() => Assert.Equal(Acceptance.Malformed, Offer(0, 0, 6, 10));

    public static TheoryData<string, int[], int[]> WrongContents => new()
    {
        { "no step", [], [] },
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
        CompiledNetwork compiled = Runs.Compile("""
            {name: coupled, dt: 0.1, duration: 1, populations: {A: {size: 10, model: lif}}, projections: [{pre: A, post: A, connect: all_to_all, synapse: gap_junction, delay: 3}]}
            """);
        using ShardRun first = new(compiled, 0, 2);
        using ShardRun other = new(compiled, 1, 2);
        ExchangePlan plan = new(compiled.Network.Schedule, [first.State.Reach(2), other.State.Reach(2)]);
        first.Open(plan);
        Assert.Equal((1, 0, 1), (plan.BatchSteps, plan.StepsAhead, plan.WindowSteps(1, 0)));
        using SpikeBatch own = new(0, 1);
        first.Advance(1, own);
        Assert.Equal(40, own.Values.Length);
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
        using SpikeBatch batch = Batch(0, 0, [], []);
        batch.Values.Add(0);
        Assert.Equal(Acceptance.Malformed, inbox.Accept(batch, 0, histories));
    }

    [Theory]
    [MemberData(nameof(WrongContents))]
    public void Malformed(string what, int[] counts, int[] ids)
    {
        using SpikeBatch batch = new(0, 2);
        batch.Begin(0);
        Array.ForEach(counts, batch.Counts.Add);
        Array.ForEach(ids, batch.Ids.Add);
        Assert.Equal((what, Acceptance.Malformed), (what, inbox.Accept(batch, 0, histories)));
        Assert.Equal(2, inbox.Horizon);
        Assert.All(histories, history => Assert.Equal(0, history.Of(0).Length));
        using SpikeBatch right = Batch(0, 0, [4], [], [], [1]);
        Assert.Equal(Acceptance.Accepted, inbox.Accept(right, 0, histories));
    }

    [Fact]
    public void Malformed_where_the_populations_are_others()
    {
        using SpikeBatch batch = new(0, 1);
        batch.Begin(0);
        batch.Counts.Add(0);
        batch.Counts.Add(0);
        Assert.Equal(Acceptance.Malformed, inbox.Accept(batch, 0, histories));
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

    /// <summary>Offers the silent steps [from, to) of a shard to the receiver, which has done some steps.</summary>
    private Acceptance Offer(int shard, long from, long to, long stepsDone)
    {
        using SpikeBatch batch = Batch(shard, from, [.. Enumerable.Repeat(Array.Empty<int>(), 2 * (int)(to - from))]);
        return inbox.Accept(batch, stepsDone, histories);
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

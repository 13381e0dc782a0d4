using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;
using BrainSim.Tests.Engine.Sweeps;
using Xunit;

namespace BrainSim.Tests.Coordinator.Cluster;

/// <summary>What the coordinator makes of sweeps, one thing at a time; the simulated cluster draws failures together.</summary>
public sealed class SweepRunTests
{
    private static readonly SweepPlan Plan = SweepFiles.Plan("sweep: {vary: {drive: [10, 12, 14, 16, 18, 20]}}");

    private readonly JournalInMemory store = new();
    private readonly Dictionary<string, long> sequences = [];
    private long now;

    [Fact]
    public void Each_free_slot_gets_one_point_until_it_is_known_how_long_they_take()
    {
        CoordinatorLogic logic = Begun(out long sweep, ("a", 2), ("b", 1));
        Assert.Equal("0 1, at once 2", Told(logic, sweep, "a"));
        Assert.Equal("2, at once 1", Told(logic, sweep, "b"));
        Assert.Equal(new SweepTally(6, 0, 3, 0, null), logic.Find(sweep, now)!.Sweep);
    }

    [Fact]
    public void Short_points_are_given_ahead_and_long_ones_are_not()
    {
        CoordinatorLogic logic = Begun(out long sweep, ("a", 1));
        End(logic, sweep, "a", seconds: 0.2, 0);
        Assert.Equal("1 2 3, at once 1", Told(logic, sweep, "a"));
        End(logic, sweep, "a", seconds: 30, 1);
        Assert.Equal("2, at once 1", Told(logic, sweep, "a"));
    }

    [Fact]
    public void Points_of_a_lost_node_go_elsewhere_and_an_end_that_it_told_counts_once()
    {
        CoordinatorLogic logic = Begun(out long sweep, ("a", 1), ("b", 1));
        for (int second = 0; second < 8; second++)
        {
            Report(logic, "b", 1);
        }

        End(logic, sweep, "b", seconds: 10, 1);
        Assert.Equal("0, at once 1", Told(logic, sweep, "b"));
        End(logic, sweep, "a", seconds: 10, 0);
        End(logic, sweep, "b", seconds: 10, 0);
        Assert.Equal([1, 0], store.Load().Where(r => r.Points is not null).SelectMany(r => r.Points.Results).Select(r => r.Index));
        Assert.Equal(2, logic.Find(sweep, now)!.Sweep!.Finished);
    }

    [Fact]
    public void A_run_of_higher_priority_goes_before_points_that_have_not_begun()
    {
        CoordinatorLogic logic = Begun(out long sweep, ("a", 2));
        End(logic, sweep, "a", seconds: 0.1, 0);
        Assert.Equal("1 2 3 4 5, at once 2", Told(logic, sweep, "a"));
        long run = logic.Submit(new Submission { Key = "r", Shards = 1, Priority = 1, Network = new(), Need = new() { Steps = 10 } }, now);
        Assert.Equal("1 2, at once 0", Told(logic, sweep, "a"));
        Assert.Equal(RunState.Queued, logic.Find(run, now)!.State);
        End(logic, sweep, "a", seconds: 0.1, 1);
        Assert.Equal(RunState.Building, logic.Find(run, now)!.State);
        Assert.Equal("2 3 4 5, at once 1", Told(logic, sweep, "a"));
    }

    [Fact]
    public void A_second_sweep_waits_for_the_first_and_says_so()
    {
        CoordinatorLogic logic = Begun(out long first, ("a", 2));
        long second = Submit(logic, "second");
        Assert.Equal(($"waits behind run {first}", RunState.Queued), (logic.Find(second, now)!.Reason, logic.Find(second, now)!.State));
        Assert.True(logic.Cancel(first));
        Report(logic, "a", 2);
        Assert.Equal("0 1, at once 2", Told(logic, second, "a"));
    }

    [Fact]
    public void A_cancelled_sweep_is_void_on_its_nodes_and_keeps_what_has_ended()
    {
        CoordinatorLogic logic = Begun(out long sweep, ("a", 2));
        End(logic, sweep, "a", seconds: 30, 0);
        logic.TakeEffects();
        Assert.True(logic.Cancel(sweep));
        Assert.Contains(logic.TakeEffects().OfType<TellNode>(), t => t.Message.Points is { Network: null } order && order.Run == sweep);
        Assert.Equal((RunOutcome.Cancelled, 1), (logic.Find(sweep, now)!.End!.Outcome, logic.Find(sweep, now)!.End!.Points));
        Report(logic, "a", 2, new SweepStatus { Run = sweep, Begun = { 1 } });
        Assert.Contains(logic.TakeEffects().OfType<TellNode>(), t => t.Message.Points is { Network: null });
    }

    [Fact]
    public void After_a_restart_nodes_keep_the_points_that_they_have()
    {
        CoordinatorLogic before = Begun(out long sweep, ("a", 1), ("b", 1));
        End(before, sweep, "a", seconds: 30, 0);
        Assert.Equal("2, at once 1", Told(before, sweep, "a"));
        CoordinatorLogic logic = new(store, new ClusterSettings(), now, _ => []);
        Assert.Equal(1, logic.Find(sweep, now)!.Sweep!.Finished);
        for (int second = 0; second < 4; second++)
        {
            Report(logic, "a", 1, new SweepStatus { Run = sweep, AtOnce = 1, Begun = { 2 } });
            Report(logic, "b", 1, new SweepStatus { Run = sweep, AtOnce = 1, Begun = { 1 } });
            Answer(logic);
        }

        Assert.Equal("2, at once 1", Told(logic, sweep, "a"));
        Assert.Equal("1, at once 1", Told(logic, sweep, "b"));
    }

    [Theory]
    [InlineData(FailureCause.UserMistake, RunOutcome.Refused, 1)]
    [InlineData(FailureCause.Defect, RunOutcome.FailedByDefect, 1)]
    [InlineData(FailureCause.Infrastructure, RunOutcome.FailedByInfrastructure, 21)]
    public void A_point_without_an_outcome_is_tried_again_or_ends_the_sweep_by_its_cause(FailureCause cause, RunOutcome outcome, int attempts)
    {
        CoordinatorLogic logic = Begun(out long sweep, ("a", 1));
        int failed = 0;
        for (; logic.Find(sweep, now)!.State != RunState.Ended; failed++)
        {
            logic.Hear(new ToCoordinator { Node = "a", PointFailed = new() { Run = sweep, Index = 0, Cause = cause, Message = "no files" } }, now);
            for (int second = 0; second < 12; second++)
            {
                Report(logic, "a", 1);
            }
        }

        RunEnded end = logic.Find(sweep, now)!.End!;
        Assert.Equal((outcome, attempts), (end.Outcome, failed));
        Assert.Contains("no files", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_draining_node_begins_no_more_and_is_let_go_when_its_points_have_ended()
    {
        CoordinatorLogic logic = Begun(out long sweep, ("a", 1));
        End(logic, sweep, "a", seconds: 0.1, 0);
        Drain(logic, sweep, 1, 2);
        Assert.Equal("1, at once 0", Told(logic, sweep, "a"));
        End(logic, sweep, "a", seconds: 0.1, 1);
        logic.TakeEffects();
        logic.Tick(now);
        Assert.Contains(logic.TakeEffects().OfType<TellNode>(), t => t.Message.Points is { Network: null });
        Drain(logic, sweep);
        Assert.Contains(logic.TakeEffects().OfType<TellNode>(), t => t.Message.Released is not null);
        Assert.Equal("waits for a node: none is there", logic.Find(sweep, now)!.Reason);
    }

    [Fact]
    public void A_point_of_several_threads_needs_so_many_slots_of_one_node()
    {
        CoordinatorLogic logic = new(store, new ClusterSettings(), 0, _ => []);
        Report(logic, "a", 2);
        Report(logic, "b", 3);
        long sweep = Submit(logic, "wide", threads: 3);
        Assert.Equal("0, at once 1", Told(logic, sweep, "b"));
        Assert.Equal(3, logic.Nodes(now).Single(n => n.Node == "b").Used);
        long wider = Submit(logic, "wider", threads: 4, priority: 1);
        logic.Tick(now);
        Assert.Equal("waits for a node with 4 free slots; start one with --slots 4, or ask for fewer shards", logic.Find(wider, now)!.Reason);
    }

    private readonly Dictionary<(long Sweep, string Node), RunPoints> orders = [];

    private CoordinatorLogic Begun(out long sweep, params (string Node, int Slots)[] nodes)
    {
        CoordinatorLogic logic = new(store, new ClusterSettings(), 0, _ => []);
        foreach ((string node, int slots) in nodes)
        {
            Report(logic, node, slots);
        }

        sweep = Submit(logic, "sweep");
        return logic;
    }

    private long Submit(CoordinatorLogic logic, string key, int threads = 0, int priority = 0)
    {
        long run = logic.Submit(new Submission { Key = key, Name = key, Shards = threads, Priority = priority, Network = new(), Sweep = new(), Need = new() { Steps = 6, MemoryBytes = 10 } }, now);
        Answer(logic);
        return run;
    }

    /// <summary>Does what the shell does, and remembers what nodes were told.</summary>
    private void Answer(CoordinatorLogic logic)
    {
        List<CoordinatorEffect> effects = [.. logic.TakeEffects()];
        foreach (PlanSweep plan in effects.OfType<PlanSweep>())
        {
            logic.Planned(plan.Submission.Run, Plan, Plan.Points(), now);
        }

        effects.AddRange(logic.TakeEffects());
        foreach (TellNode tell in effects.OfType<TellNode>().Where(t => t.Message.Points is not null))
        {
            orders[(tell.Message.Points.Run, tell.Node)] = tell.Message.Points;
        }
    }

    /// <summary>The points that a node was told of last, and how many it may run at once.</summary>
    private string Told(CoordinatorLogic logic, long sweep, string node)
    {
        Answer(logic);
        RunPoints order = orders[(sweep, node)];
        return $"{string.Join(' ', order.Points.Select(p => p.Index))}, at once {order.AtOnce}";
    }

    private void Report(CoordinatorLogic logic, string node, int slots, params SweepStatus[] has)
    {
        now += 1000;
        sequences[node] = sequences.GetValueOrDefault(node) + 1;
        NodeReport report = new() { Sequence = sequences[node], Description = new() { Address = $"{node}:1", Slots = slots, MemoryBytes = 1 << 30 }, Sweeps = { has } };
        logic.Hear(new ToCoordinator { Node = node, Report = report }, now);
        logic.Tick(now);
    }

    private void Drain(CoordinatorLogic logic, long sweep, params int[] begun)
    {
        sequences["a"]++;
        NodeReport report = new() { Sequence = sequences["a"], Draining = true, Description = new() { Address = "a:1", Slots = 1, MemoryBytes = 1 << 30 } };
        report.Sweeps.AddRange(begun.Length == 0 ? [] : [new SweepStatus { Run = sweep, AtOnce = 1, Begun = { begun[0] }, Waiting = { begun[1..] } }]);
        logic.Hear(new ToCoordinator { Node = "a", Report = report }, now);
        logic.Tick(now);
    }

    private void End(CoordinatorLogic logic, long sweep, string node, double seconds, int index)
    {
        SweepPoint point = Plan.Points()[index];
        PointOutcome outcome = new(PointStatus.Done, null, [], "hash", seconds);
        logic.Hear(new ToCoordinator { Node = node, Points = new() { Run = sweep, Results = { WirePoints.ToWire(point.Key, index, outcome) } } }, now);
    }
}

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
        long wider = Submit(logic, "wider", threads: 6, priority: 1);
        logic.Tick(now);
        Assert.Equal("waits for 6 free slots, of one node or of several together; start more nodes, or ask for fewer shards", logic.Find(wider, now)!.Reason);
    }

    [Theory]
    [InlineData(2, 10L)]
    [InlineData(0, 3L << 29)]
    public void A_point_that_no_node_can_hold_becomes_a_run_that_nodes_share(int threads, long bytes)
    {
        CoordinatorLogic logic = Divided(out long sweep, Plan, threads, bytes);
        RunView[] points = PointsOf(logic, sweep);
        Assert.Equal([("sweep, point 0", RunState.Building), ("sweep, point 1", RunState.Queued)], points.Select(p => (p.Submission.Name, p.State)));
        Assert.Equal(["a", "b"], points[0].Nodes.Select(n => n.Node));
        Assert.Equal((RunState.Running, 1), (logic.Find(sweep, now)!.State, logic.Find(sweep, now)!.Sweep!.Running));
        BuildShards build = logic.TakeEffects().OfType<TellNode>().First(t => t.Message.Build is not null).Message.Build;
        Assert.Equal((Plan.Points()[0].Key, Plan.Points()[0].NetworkHash), (build.Network.Point.Key, build.Network.NetworkHash));
    }

    [Fact]
    public void A_point_that_one_node_can_hold_stays_whole_whatever_is_free()
    {
        CoordinatorLogic logic = new(store, new ClusterSettings(), 0, _ => []);
        Report(logic, "a", 2);
        Report(logic, "b", 1);
        long sweep = Submit(logic, "sweep", threads: 2);
        logic.Tick(now);
        Assert.Equal("0, at once 1", Told(logic, sweep, "a"));
        Assert.Empty(PointsOf(logic, sweep));
    }

    [Fact]
    public void A_point_whose_run_takes_too_long_ends_alone()
    {
        CoordinatorLogic logic = Divided(out long sweep, SweepFiles.Plan("sweep: {vary: {drive: [10, 12, 14]}, limits: {seconds: 5}}"), threads: 2);
        ReportBoth(logic, times: 4);

        PointResult late = Assert.Single(Kept());
        Assert.Equal((0, "time", "was not over after 5 s", 5.0), (late.Index, late.Status, late.Reason, late.Limit));
        Assert.Equal([RunState.Ended, RunState.Building, RunState.Queued], PointsOf(logic, sweep).Select(p => p.State));
    }

    [Fact]
    public void A_point_whose_run_is_cancelled_ends_alone_and_a_sweep_takes_its_runs_with_it()
    {
        CoordinatorLogic logic = Divided(out long sweep, Plan, threads: 2);
        long first = PointsOf(logic, sweep)[0].Submission.Run;
        Assert.True(logic.Cancel(first));
        logic.Tick(now);
        Assert.Equal((0, "refused", $"run {first}, which it was, was cancelled by request"), Assert.Single(Kept()) is var kept ? (kept.Index, kept.Status, kept.Reason) : default);
        Assert.Contains(logic.TakeEffects(), effect => effect is ForgetParts { Keep: null } forget && forget.Run == first);
        Assert.True(logic.Cancel(sweep));
        Assert.All(PointsOf(logic, sweep), point => Assert.Equal((RunState.Ended, false, false), (point.State, point.HasResults, point.IsAwaited)));
    }

    [Theory]
    [InlineData("limits: {rate: 100}")]
    [InlineData("limits: {memory: 100}")]
    [InlineData("stop: {when: r > 5, every: 10}")]
    public void Points_that_are_looked_at_while_they_run_are_not_divided(string limit)
    {
        CoordinatorLogic logic = Divided(out long sweep, SweepFiles.Plan($"sweep: {{vary: {{drive: [10, 12]}}, {limit}}}"), threads: 2);
        Assert.Empty(PointsOf(logic, sweep));
        Assert.StartsWith("waits for a node with 2 free slots", logic.Find(sweep, now)!.Reason, StringComparison.Ordinal);
        Assert.EndsWith("are not divided between nodes)", logic.Find(sweep, now)!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_restart_the_runs_of_points_go_on_and_are_not_begun_again()
    {
        CoordinatorLogic before = Divided(out long sweep, Plan, threads: 2);
        long[] runs = [.. PointsOf(before, sweep).Select(p => p.Submission.Run)];
        CoordinatorLogic logic = new(store, new ClusterSettings(), now, _ => []);
        logic.Tick(now);
        Answer(logic);
        ReportBoth(logic, times: 5);

        Assert.Equal(runs, PointsOf(logic, sweep).Select(p => p.Submission.Run));
        Assert.Equal(RunState.Building, PointsOf(logic, sweep)[0].State);
    }

    [Fact]
    public void The_newest_run_of_a_point_is_the_one_that_counts_after_a_restart()
    {
        CoordinatorLogic before = Divided(out long sweep, Plan, threads: 2);
        FailFor(before, PointsOf(before, sweep)[0]);
        (string, RunState)[] points = [("sweep, point 0", RunState.Ended), ("sweep, point 1", RunState.Building), ("sweep, point 0", RunState.Queued)];
        Assert.Equal(points, PointsOf(before, sweep).Select(p => (p.Submission.Name, p.State)));
        CoordinatorLogic logic = new(store, new ClusterSettings(), now, _ => []);
        Answer(logic);
        ReportBoth(logic, times: 5);

        Assert.Equal(points, PointsOf(logic, sweep).Select(p => (p.Submission.Name, p.State)));
    }

    [Fact]
    public void Where_only_a_node_is_left_that_holds_a_point_alone_points_go_there_whole()
    {
        CoordinatorLogic logic = Divided(out long sweep, Plan, threads: 0, bytes: 6L << 28, dividedBytes: 7L << 28);
        Assert.Equal([RunState.Building, RunState.Queued], PointsOf(logic, sweep).Select(p => p.State));
        for (int second = 0; second < 10; second++)
        {
            Report(logic, "c", 1, bytes: 6L << 28);
        }

        Assert.Equal("2, at once 1", Told(logic, sweep, "c"));
        Assert.All(PointsOf(logic, sweep), point => Assert.Equal(RunOutcome.FailedByInfrastructure, point.End?.Outcome));
        Assert.Empty(Kept());
    }

    [Fact]
    public void A_node_that_is_left_alone_is_not_given_what_it_cannot_hold()
    {
        CoordinatorLogic logic = Divided(out long sweep, Plan, threads: 0, bytes: 3L << 29);
        for (int second = 0; second < 10; second++)
        {
            Report(logic, "a", 1);
        }

        Assert.DoesNotContain(orders, order => order.Value.Points.Count > 0);
        Assert.Equal(RunState.Queued, logic.Find(sweep, now)!.State);
    }

    [Fact]
    public void Measures_that_cannot_be_taken_cost_the_run_and_not_the_sweep()
    {
        CoordinatorLogic logic = Divided(out long sweep, Plan, threads: 2);
        long run = PointsOf(logic, sweep)[0].Submission.Run;
        logic.NotMeasured(run, "the disk does not answer", now);
        Assert.Contains($"tries points again: point 0, run {run}: the disk does not answer", logic.Find(sweep, now)!.Reason, StringComparison.Ordinal);
        Assert.Null(logic.Find(sweep, now)!.End);
    }

    [Fact]
    public void What_waits_behind_a_divided_sweep_does_not_slip_in_between_its_points()
    {
        CoordinatorLogic logic = new(store, new ClusterSettings(), 0, _ => []);
        foreach (string node in (string[])["a", "b", "c", "d"])
        {
            Report(logic, node, 1);
        }

        long sweep = Submit(logic, "sweep", threads: 2, priority: 1);
        long run = logic.Submit(new Submission { Key = "r", Shards = 1, Network = new(), Need = new() { Steps = 10 } }, now);
        logic.Tick(now);
        logic.Tick(now);
        logic.Tick(now);
        Assert.Equal(2, PointsOf(logic, sweep).Count(p => p.State == RunState.Building));
        Assert.Equal(RunState.Queued, logic.Find(run, now)!.State);
    }

    /// <summary>Ends a run by failures of machines.</summary>
    private void FailFor(CoordinatorLogic logic, RunView run)
    {
        for (int times = 0; times < 1000 && logic.Find(run.Submission.Run, now)!.State != RunState.Ended; times++)
        {
            if (logic.Find(run.Submission.Run, now) is { State: RunState.Building } view)
            {
                RunEpoch epoch = new() { Run = run.Submission.Run, Epoch = view.Epoch };
                logic.Hear(new ToCoordinator { Node = "a", Failed = new RunFailed { Epoch = epoch, Cause = FailureCause.Infrastructure, Message = "no disk" } }, now);
            }

            ReportBoth(logic, times: 1);
        }

        ReportBoth(logic, times: 10);
    }

    /// <summary>Two nodes of one slot and 2^30 bytes each.</summary>
    private CoordinatorLogic Divided(out long sweep, SweepPlan of, int threads, long bytes = 10, long dividedBytes = 0)
    {
        plan = of;
        CoordinatorLogic logic = new(store, new ClusterSettings(), 0, _ => []);
        Report(logic, "a", 1);
        Report(logic, "b", 1);
        sweep = Submit(logic, "sweep", threads, bytes: bytes, dividedBytes: dividedBytes);
        logic.Tick(now);
        logic.Tick(now);
        return logic;
    }

    /// <summary>The nodes of <see cref="Divided"/> say in turn that they are there.</summary>
    private void ReportBoth(CoordinatorLogic logic, int times)
    {
        for (; times > 0; times--)
        {
            Report(logic, "a", 1);
            Report(logic, "b", 1);
        }
    }

    private RunView[] PointsOf(CoordinatorLogic logic, long sweep) => [.. logic.Runs(now).Where(r => r.Submission.OfSweep == sweep)];

    private IEnumerable<PointResult> Kept() => store.Load().Where(r => r.Points is not null).SelectMany(r => r.Points.Results);

    private SweepPlan plan = Plan;

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

    private long Submit(CoordinatorLogic logic, string key, int threads = 0, int priority = 0, long bytes = 10, long dividedBytes = 0)
    {
        long run = logic.Submit(new Submission { Key = key, Name = key, Shards = threads, Priority = priority, Network = new(), Sweep = new(), Need = new() { Steps = 6, MemoryBytes = bytes, DividedMemoryBytes = dividedBytes } }, now);
        Answer(logic);
        return run;
    }

    /// <summary>Does what the shell does, and remembers what nodes were told.</summary>
    private void Answer(CoordinatorLogic logic)
    {
        List<CoordinatorEffect> effects = [.. logic.TakeEffects()];
        foreach (PlanSweep asked in effects.OfType<PlanSweep>())
        {
            logic.Planned(asked.Submission.Run, plan, plan.Points(), now);
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

    private void Report(CoordinatorLogic logic, string node, int slots, params SweepStatus[] has) => Report(logic, node, slots, 1 << 30, has);

    private void Report(CoordinatorLogic logic, string node, int slots, long bytes, params SweepStatus[] has)
    {
        now += 1000;
        sequences[node] = sequences.GetValueOrDefault(node) + 1;
        NodeReport report = new() { Sequence = sequences[node], Description = new() { Address = $"{node}:1", Slots = slots, MemoryBytes = bytes }, Sweeps = { has } };
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

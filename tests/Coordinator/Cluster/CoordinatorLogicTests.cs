using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using Xunit;

namespace BrainSim.Tests.Coordinator.Cluster;

/// <summary>What the coordinator makes of failures, one at a time; the simulated cluster draws them together.</summary>
public sealed class CoordinatorLogicTests
{
    private readonly JournalInMemory store = new();
    private long now;
    private long sequence;

    [Fact]
    public void The_users_mistake_is_never_tried_again()
    {
        CoordinatorLogic logic = Running(out long run);
        Fail(logic, run, FailureCause.UserMistake, "weight is negative.");
        RunView view = logic.Find(run, now)!;
        Assert.Equal((RunState.Ended, RunOutcome.Refused, "weight is negative."), (view.State, view.End!.Outcome, view.End.Message));
        Assert.Equal(1, view.Epoch);
    }

    [Fact]
    public void More_runs_than_are_taken_are_refused_until_one_has_ended_and_a_known_key_is_never()
    {
        CoordinatorLogic logic = new(store, new ClusterSettings { MostRuns = 2 }, now, _ => []);
        long first = logic.Submit(Keyed("a"), now);
        logic.Submit(Keyed("b"), now);
        Assert.Contains("2 runs wait or go on", Assert.Throws<FullException>(() => logic.Submit(Keyed("c"), now)).Message, StringComparison.Ordinal);
        Assert.Equal(first, logic.Submit(Keyed("a"), now));
        Assert.Equal(2, store.Load().Count());
        logic.Cancel(first);
        Assert.Equal(3, logic.Submit(Keyed("c"), now));

    }

    [Fact]
    public void Texts_of_runs_that_have_not_ended_are_bounded_and_those_of_ended_ones_are_not_kept()
    {
        Submission Large(string key) => Keyed(key, settings: new string('x', 1000), file: new string('a', 64));
        CoordinatorLogic logic = new(store, new ClusterSettings { MostSubmittedBytes = 3000 }, now, _ => []);
        long first = logic.Submit(Large("a"), now);
        logic.Submit(Large("b"), now);
        Assert.Contains("have more than 3,000 bytes", Assert.Throws<FullException>(() => logic.Submit(Large("c"), now)).Message, StringComparison.Ordinal);
        logic.Cancel(first);
        Assert.Equal(3, logic.Submit(Large("c"), now));
        CoordinatorLogic again = new(store, new ClusterSettings(), now, _ => []);
        foreach (Submission kept in (Submission[])[logic.Find(first, now)!.Submission, again.Find(first, now)!.Submission])
        {
            Assert.Equal(("a", "named a", 7), (kept.Key, kept.Name, kept.Need.Steps));
            Assert.InRange(kept.CalculateSize(), 1, 100);
        }
    }

    [Fact]
    public void No_more_sweeps_are_taken_where_those_that_go_on_have_too_many_points_already()
    {
        Submission Sweep(string key)
        {
            Submission sweep = Keyed(key);
            sweep.Sweep = new SweepReference();
            return sweep;
        }

        CoordinatorLogic logic = new(store, new ClusterSettings { MostPoints = 14 }, now, _ => []);
        long first = logic.Submit(Sweep("a"), now);
        logic.Submit(Sweep("b"), now);
        Assert.Contains("have 14 points or more", Assert.Throws<FullException>(() => logic.Submit(Sweep("c"), now)).Message, StringComparison.Ordinal);
        Assert.Equal(3, logic.Submit(Keyed("d"), now));
        logic.Cancel(first);
        Assert.Equal(4, logic.Submit(Sweep("c"), now));
    }

    private static Submission Keyed(string key, string settings = "", string file = "") => new()
    {
        Key = key, Name = $"named {key}", Need = new RunNeed { Steps = 7 }, Network = new NetworkReference { Settings = { settings }, Files = { new NamedBlob { Path = file, Sha256 = file } } },
    };

    [Fact]
    public void A_defect_is_reported_whole()
    {
        CoordinatorLogic logic = Running(out long run);
        Fail(logic, run, FailureCause.Defect, "IndexOutOfRangeException\n   at X\n   at Y");
        Assert.Equal(RunOutcome.FailedByDefect, logic.Find(run, now)!.End!.Outcome);
        Assert.Contains("   at Y", logic.Find(run, now)!.End!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Failures_of_machines_are_tried_again_with_a_limit_and_named()
    {
        CoordinatorLogic logic = Running(out long run);
        int attempts = 0;
        for (; logic.Find(run, now)!.State != RunState.Ended; attempts++)
        {
            Fail(logic, run, FailureCause.Infrastructure, "no space left");
            Pass(logic, 20_000);
        }

        RunEnded end = logic.Find(run, now)!.End!;
        Assert.Equal(new ClusterSettings().MostFailures + 1, attempts);
        Assert.Equal(RunOutcome.FailedByInfrastructure, end.Outcome);
        Assert.Contains("no space left", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_silent_node_is_lost_within_ten_seconds_and_the_run_says_so()
    {
        CoordinatorLogic logic = Running(out long run);
        for (int quarter = 0; quarter < 40 && logic.Find(run, now)!.State != RunState.Queued; quarter++)
        {
            now += 250;
            logic.Tick(now);
        }

        Assert.InRange(now, 5000, 10_000);
        Assert.Equal("begins again from step 0: node a was lost", logic.Find(run, now)!.Reason);
        Pass(logic, 2000);
        Assert.Equal(2, logic.Find(run, now)!.Epoch);
        Assert.Contains(store.Load(), r => r.Begun?.Reason == "node a was lost");
    }

    [Fact]
    public void The_same_key_is_the_same_submission()
    {
        CoordinatorLogic logic = new(store, new ClusterSettings(), 0, _ => []);
        long first = logic.Submit(Submission("k"), 0);
        Assert.Equal(first, logic.Submit(Submission("k"), 0));
        Assert.Equal(first + 1, logic.Submit(Submission("l"), 0));
        Assert.Equal(first, new CoordinatorLogic(store, new ClusterSettings(), 0, _ => []).Submit(Submission("k"), 0));
    }

    [Fact]
    public void A_run_that_no_cluster_like_this_can_take_says_so_and_lets_others_pass()
    {
        CoordinatorLogic logic = new(store, new ClusterSettings(), 0, _ => []);
        Report(logic);
        long large = logic.Submit(Submission("large", shards: 5), 0);
        long small = logic.Submit(Submission("small", shards: 1), 0);
        Assert.Contains("start more nodes", logic.Find(large, 0)!.Reason, StringComparison.Ordinal);
        Assert.Equal(RunState.Building, logic.Find(small, 0)!.State);
    }

    [Fact]
    public void Priority_goes_first_and_the_others_say_whom_they_wait_for()
    {
        CoordinatorLogic logic = new(store, new ClusterSettings(), 0, _ => []);
        Report(logic);
        long busy = logic.Submit(Submission("busy", shards: 1), 0);
        long low = logic.Submit(Submission("low", shards: 2), 0);
        long high = logic.Submit(Submission("high", shards: 2, priority: 1), 0);
        Assert.Contains("waits for 2 free slots", logic.Find(high, 0)!.Reason, StringComparison.Ordinal);
        Assert.Equal($"waits behind run {high}", logic.Find(low, 0)!.Reason);
        Assert.True(logic.Cancel(busy));
        logic.Tick(now);
        Assert.Equal(RunState.Building, logic.Find(high, 0)!.State);
        Assert.Equal(RunState.Queued, logic.Find(low, 0)!.State);
    }

    [Fact]
    public void A_node_that_has_what_is_void_is_told_to_stop()
    {
        CoordinatorLogic logic = Running(out long run);
        Assert.True(logic.Cancel(run));
        logic.TakeEffects();
        Report(logic, new HostedStatus { Epoch = new RunEpoch { Run = run, Epoch = 1 } });
        Assert.Contains(logic.TakeEffects().OfType<TellNode>(), t => t is { Node: "a", Message.Stop.Epoch.Epoch: 1 });
    }

    private CoordinatorLogic Running(out long run)
    {
        CoordinatorLogic logic = new(store, new ClusterSettings(), now, _ => []);
        Report(logic);
        run = logic.Submit(Submission("one"), now);
        Assert.Equal(RunState.Building, logic.Find(run, now)!.State);
        return logic;
    }

    private void Pass(CoordinatorLogic logic, long milliseconds)
    {
        for (long end = now + milliseconds; now < end; now += 1000)
        {
            Report(logic);
        }
    }

    private void Report(CoordinatorLogic logic, params HostedStatus[] has)
    {
        NodeReport report = new() { Sequence = ++sequence, Description = new NodeDescription { Address = "a:1", Slots = 2, MemoryBytes = 1 << 30 } };
        report.Runs.AddRange(has);
        logic.Hear(new ToCoordinator { Node = "a", Report = report }, now);
        logic.Tick(now);
    }

    private void Fail(CoordinatorLogic logic, long run, FailureCause cause, string message) => logic.Hear(
        new ToCoordinator { Node = "a", Failed = new RunFailed { Epoch = new RunEpoch { Run = run, Epoch = logic.Find(run, now)!.Epoch }, Cause = cause, Message = message } }, now);

    private static Submission Submission(string key, int shards = 0, int priority = 0) => new()
    {
        Key = key, Name = key, Shards = shards, Priority = priority, Network = new NetworkReference(), Need = new RunNeed { Steps = 100, OperationsPerStep = 10 },
    };
}

using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Operations;
using Xunit;

namespace BrainSim.Tests.Coordinator.Operations;

public sealed class TotalsTests
{
    private readonly ManualClock clock = new();
    private readonly Totals totals;

    public TotalsTests() => totals = new Totals(clock);

    [Fact]
    public void WhatWasThereAtTheStartIsNotCountedAndWhatIsDoneAgainCountsAgain()
    {
        See(View(1, step: 1000));
        Assert.Equal(0, totals.Steps);
        See(View(1, step: 1500, spikes: 7));
        See(View(1, step: 1200, epoch: 2, spikes: 0));
        See(View(1, step: 1600, epoch: 2, spikes: 5));
        Assert.Equal((500 + 400, 7 + 5), (totals.Steps, totals.Spikes));
    }

    [Fact]
    public void ARunThatIsOverBeforeItIsSeenCountsOnce()
    {
        See();
        RunView ended = View(1, step: 0, spikes: 3) with { State = RunState.Ended, Nodes = [], End = new RunEnded { Run = 1, Outcome = RunOutcome.Done } };
        See(ended);
        See(ended);
        Assert.Equal((2000, 3), (totals.Steps, totals.Spikes));
    }

    [Fact]
    public void WaitingIsCountedByPairOfNodesAndForgottenWithTheNode()
    {
        See();
        See(View(1, waited: [0, 400]));
        See(View(1, waited: [100, 1500]));
        See(View(1, epoch: 2, waited: [0, 500]));
        Assert.Equal([("a:1", "b:1", 2.0), ("a:1", "the coordinator", 0.1)], totals.Waited.Select(s => (s.Labels[0], s.Labels[1], s.Value)).OrderBy(w => w.Item2, StringComparer.Ordinal));
        Assert.Equal([("a:1", 0.75)], totals.Stepped.Where(s => s.Value > 0).Select(s => (s.Labels[0], s.Value)));
        totals.See([], [Node("b:1")]);
        Assert.Empty(totals.Waited);
    }

    [Fact]
    public void CheckpointsEpochsAndEndsAreCountedAsTheyAreWritten()
    {
        PartKey part = new() { Epoch = new RunEpoch { Run = 1, Epoch = 1 }, Step = 100 };
        totals.Kept(part);
        clock.Advance(TimeSpan.FromSeconds(2));
        totals.Kept(part);
        totals.Wrote(new JournalRecord { Committed = new CheckpointReference { Epoch = part.Epoch, Step = 100, Parts = { new PartKept { Key = part, Bytes = 30 }, new PartKept { Key = part, Bytes = 12 } } } });
        totals.Wrote(new JournalRecord { Begun = new EpochBegun { Epoch = part.Epoch } });
        totals.Wrote(new JournalRecord { Begun = new EpochBegun { Epoch = part.Epoch, Cause = EpochCause.NodeLost } });
        totals.Wrote(new JournalRecord { Ended = new RunEnded { Run = 1, Outcome = RunOutcome.FailedByDefect } });
        Assert.Equal((1, 42, 2), (totals.Checkpoints, totals.CheckpointBytes, totals.CheckpointSeconds));
        Assert.Equal([("node_lost", 1.0), ("submitted", 1.0)], totals.Epochs.Select(s => (s.Labels[0], s.Value)).Order());
        Assert.Equal([("failed_by_defect", 1.0)], totals.Ends.Select(s => (s.Labels[0], s.Value)));
    }

    [Fact]
    public void TheAgeOfACheckpointAndTheMemoryOfANodeAreAsLastSeen()
    {
        totals.See([View(3) with { CheckpointAge = 4500 }, View(4) with { State = RunState.Queued }], [Node("a:1") with { MemoryUsed = 77 }]);
        Assert.Equal([("3", 4.5)], totals.CheckpointAges.Select(s => (s.Labels[0], s.Value)));
        Assert.Equal([("a:1", 77.0)], totals.MemoryUsed.Select(s => (s.Labels[0], s.Value)));
    }

    private void See(params RunView[] runs) => totals.See(runs, [Node("a:1"), Node("b:1")]);

    private static NodeView Node(string address) => new(address, new NodeDescription { Address = address }, false, 0, 0);

    /// <param name="waited">By a:1, for itself (the coordinator) and for b:1.</param>
    private static RunView View(long run, long step = 0, int epoch = 1, long spikes = 0, long[]? waited = null)
    {
        TimeSpent[] spent = [new() { Address = "a:1", BusyMs = 500, ShardBusyMs = { waited is null ? 0 : 500L / epoch }, WaitedMs = { waited ?? [] } }, new() { Address = "b:1" }];
        return new RunView(new Submission { Run = run, Need = new RunNeed { Steps = 2000 } }, RunState.Running, "", step, 0, epoch, [new NodeShareView("a", 1, step)], spent, null) { Spikes = spikes };
    }
}

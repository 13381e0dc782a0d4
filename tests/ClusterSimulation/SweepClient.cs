using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;
using Xunit;

namespace BrainSim.Tests.ClusterSimulation;

/// <summary>Submits one sweep.</summary>
internal sealed class SweepClient : IClient
{
    /// <summary>Simulated milliseconds in which a sweep that has points on nodes must move: the longest points, and a node that is lost.</summary>
    private const long MostStill = 60_000;

    private readonly SimulatedCluster cluster;
    private readonly int number;
    private readonly TinySweep sweep;
    private readonly bool cancels;
    private long run;
    private (RunState, SweepTally?, string) seen;
    private long seenAt;
    private bool cancelIsTaken;

    public SweepClient(SimulatedCluster cluster, int number)
    {
        (this.cluster, this.number) = (cluster, number);
        sweep = TinySweep.All[cluster.Random.Next(TinySweep.All.Length)];
        cancels = cluster.Random.Next(20) == 0;
    }

    public bool IsDone => run > 0 && cluster.View(run)?.State == RunState.Ended;

    public void Submit()
    {
        Try(l => run = l.Submit(Submission(), cluster.Time.Now));
        if (run == 0)
        {
            cluster.Time.After(700, Submit);
        }
        else if (cancels)
        {
            cluster.Time.After(cluster.Random.Next(10_000), Cancel);
        }
    }

    public void CheckThatNothingIsLost()
    {
        if (run > 0)
        {
            RunView? view = cluster.View(run);
            Assert.True(view?.Submission.Name == sweep.Name, $"sweep {run} is lost");
            Assert.True(!cancelIsTaken || view!.State == RunState.Ended, $"sweep {run} was cancelled and is alive");
        }
    }

    public void CheckThatItMoves()
    {
        if (run == 0 || cluster.View(run) is not { } view)
        {
            return;
        }

        (RunState, SweepTally?, string) now = (view.State, view.Sweep! with { LeftMs = null }, string.Join(' ', view.Nodes));
        if (now != seen)
        {
            (seen, seenAt) = (now, cluster.Time.Now);
        }

        Assert.False(view.State == RunState.Running && cluster.Time.Now - seenAt > MostStill, $"sweep {run} has stood still since {seenAt} ms: {this}");
        Assert.True(view.State != RunState.Queued || view.Reason.Length > 0, $"sweep {run} waits and does not say why");
    }

    public void Check()
    {
        RunView view = cluster.View(run)!;
        PointResult[] kept = [.. cluster.Disk.Load().Select(r => r.Points).Where(p => p?.Run == run).SelectMany(p => p.Results)];
        cluster.Tally.Points += kept.Length;
        Dictionary<string, PointOutcome> outcomes = kept.DistinctBy(r => r.Key).ToDictionary(r => r.Key, r => WirePoints.FromWire(r)!);
        Assert.True(kept.Length == outcomes.Count || cluster.Disk.FailedWrites > 0, $"sweep {run} has written down {kept.Length - outcomes.Count} points twice");
        SweepLogic logic = new(sweep.Plan, sweep.Points, point => outcomes.GetValueOrDefault(point.Key));
        while (logic.Next() is not null)
        {
        }

        string[] table = [.. logic.Table.Select(row => TinySweep.Row(row.Point, row.Outcome))];
        if (cancels && view.End!.Outcome == RunOutcome.Cancelled)
        {
            Assert.Subset(sweep.Rows, table.ToHashSet());
            return;
        }

        Assert.True(view.End!.Outcome == RunOutcome.Done, $"sweep {run} ({sweep.Name}) ended as {view.End.Outcome}: {view.End.Message}");
        Assert.Equal(sweep.Table, table);
        Assert.Equal((table.Length, logic.Table.Count(row => !row.Outcome.Status.HasMeasures())), (view.End.Points, view.End.FailedPoints));
    }

    public override string ToString() => cluster.View(run) is { } view
        ? $"sweep {run} ({sweep.Name}) is {view.State}, {view.Sweep}, on {string.Join(", ", view.Nodes.Select(n => $"{n.Node}:{n.Shards}"))}: '{view.Reason}'"
        : $"client {number} has no sweep";

    private void Cancel()
    {
        Try(l => cancelIsTaken |= l.Cancel(run));
        if (!cancelIsTaken)
        {
            cluster.Time.After(500, Cancel);
        }
    }

    private void Try(Action<CoordinatorLogic> what) => cluster.WithCoordinator(l =>
    {
        try
        {
            what(l);
        }
        catch (StoreException)
        {
        }
    });

    private Submission Submission() => new()
    {
        Key = $"client {number}", Name = sweep.Name, Priority = number % 2, Sweep = new SweepReference { Identity = "test" },
        Network = new NetworkReference { Main = "n.yaml", NetworkHash = sweep.Name },
        Need = new RunNeed { Steps = sweep.Total, OperationsPerStep = 10, MemoryBytes = 1000 },
    };
}

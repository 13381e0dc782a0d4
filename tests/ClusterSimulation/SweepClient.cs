using System.Text.RegularExpressions;
using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;
using Xunit;

namespace BrainSim.Tests.ClusterSimulation;

/// <summary>Submits one sweep.</summary>
internal sealed class SweepClient : IClient
{
    private readonly SimulatedCluster cluster;
    private readonly int number;
    private readonly TinySweep sweep;
    private readonly bool cancels;
    private readonly int shards;
    private readonly long bytes;
    private long run;
    private (RunState, SweepTally?, string) seen;
    private long seenAt;
    private bool cancelIsTaken;

    public SweepClient(SimulatedCluster cluster, int number, int machines)
    {
        (this.cluster, this.number) = (cluster, number);
        sweep = TinySweep.All[cluster.Random.Next(TinySweep.All.Length)];
        cancels = cluster.Random.Next(20) == 0;
        shards = cluster.Random.Next(2) == 0 ? 0 : cluster.Random.Next(1, machines + 1);
        bytes = cluster.Random.Next(3) == 0 ? 3 * SimulatedMachine.MemoryBytes / 2 : 1000;
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

        (RunState, SweepTally?, string) now = (view.State, view.Sweep! with { LeftMs = null }, string.Join(' ', [.. view.Nodes, .. Divided()]));
        if (now != seen)
        {
            (seen, seenAt) = (now, cluster.Time.Now);
        }

        Assert.False(view.State == RunState.Running && cluster.Time.Now - seenAt > cluster.MostStill, $"sweep {run} has stood still since {seenAt} ms: {this}");
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
            Assert.Subset(sweep.Rows.Select(WithoutDrawn).ToHashSet(), table.Select(WithoutDrawn).ToHashSet());
            return;
        }

        HashSet<string> divided = [.. cluster.Disk.Load().Select(r => r.Submitted).Where(s => s?.OfSweep == run).Select(s => s.Network.Point.Key)];
        cluster.Tally.Divided += kept.Count(r => divided.Contains(r.Key));
        Assert.True(view.End!.Outcome == RunOutcome.Done, $"sweep {run} ({sweep.Name}) ended as {view.End.Outcome}: {view.End.Message}");
        Assert.Equal(sweep.Table.Select(WithoutDrawn), table.Select(WithoutDrawn));
        Assert.Equal((table.Length, logic.Table.Count(row => !row.Outcome.Status.HasMeasures())), (view.End.Points, view.End.FailedPoints));
    }

    public override string ToString() => cluster.View(run) is { } view
        ? $"sweep {run} ({sweep.Name}) is {view.State}, {view.Sweep}, on {string.Join(", ", [.. view.Nodes.Select(n => $"{n.Node}:{n.Shards}"), .. Divided()])}: '{view.Reason}'"
        : $"client {number} has no sweep";

    /// <summary>Of the delays that cannot be, each shard names one of its own.</summary>
    private static string WithoutDrawn(string row) => Regex.Replace(row, @"a delay of \S+ ms", "a delay");

    /// <summary>Where the points are that several nodes share.</summary>
    private IEnumerable<string> Divided() => cluster.Runs.Where(r => r.Submission.OfSweep == run).Select(r => $"run {r.Submission.Run} {r.State} {r.Epoch} {r.Step} {r.Committed} {r.End?.Outcome}{(r.IsAwaited ? " awaited" : "")}");

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
        Key = $"client {number}", Name = sweep.Name, Priority = number % 2, Shards = shards, Sweep = new SweepReference { Identity = "test", Vary = { sweep.Name } },
        Network = new NetworkReference { Main = "n.yaml", NetworkHash = sweep.Name },
        Need = new RunNeed { Steps = sweep.Total, OperationsPerStep = 10, MemoryBytes = bytes },
    };
}

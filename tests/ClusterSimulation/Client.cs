using System.Security.Cryptography;
using System.Text.RegularExpressions;
using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.ClusterSimulation;

/// <summary>Submits one run.</summary>
internal sealed class Client : IClient
{
    private readonly SimulatedCluster cluster;
    private readonly int number;
    private readonly TinyNetwork network;
    private readonly int shards;
    private readonly bool cancels;
    private long run;
    private (RunState, int, long, long) seen;
    private long seenAt;
    private bool cancelIsTaken;

    public Client(SimulatedCluster cluster, int number, int machines)
    {
        (this.cluster, this.number) = (cluster, number);
        network = TinyNetwork.All[cluster.Random.Next(4) > 0 ? cluster.Random.Next(3) : cluster.Random.Next(TinyNetwork.All.Length)];
        shards = cluster.Random.Next(2) == 0 ? 0 : cluster.Random.Next(1, machines + 1);
        cancels = cluster.Random.Next(20) == 0;
    }

    public bool IsDone => run > 0 && cluster.View(run)?.State == RunState.Ended;

    public void Submit()
    {
        cluster.WithCoordinator(l =>
        {
            try
            {
                run = l.Submit(Submission(), cluster.Time.Now);
            }
            catch (StoreException)
            {
            }
        });
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
            Assert.True(view?.Submission.Name == network.Name, $"run {run} is lost");
            Assert.True(!cancelIsTaken || view!.State == RunState.Ended, $"run {run} was cancelled and is alive");
        }
    }

    public void CheckThatItMoves()
    {
        if (run == 0 || cluster.View(run) is not { } view)
        {
            return;
        }

        (RunState, int, long, long) now = (view.State, view.Epoch, view.Step, view.Committed);
        if (now != seen)
        {
            (seen, seenAt) = (now, cluster.Time.Now);
        }

        bool stands = view.State is RunState.Building or RunState.Running && cluster.Time.Now - seenAt > cluster.MostStill;
        Assert.False(stands, $"run {run} has stood still since {seenAt} ms: {this}");
        Assert.True(view.State != RunState.Queued || view.Reason.Length > 0, $"run {run} waits and does not say why");
    }

    public void Check()
    {
        RunView view = cluster.View(run)!;
        RunEnded end = view.End!;
        cluster.Tally.Epochs += view.Epoch;
        cluster.Tally.Runs++;
        if (cancels && end.Outcome == RunOutcome.Cancelled)
        {
            return;
        }

        Assert.True(end.Outcome == network.Outcome, $"run {run} ({network.Name}) ended as {end.Outcome}: {end.Message}");
        Assert.Equal(network.StateHash, end.StateHash);
        if (network.Message is not null)
        {
            // Where a node could not be waited for, another neuron of the same step may be named.
            Assert.Equal(WithoutNeuron(network.Message), WithoutNeuron(end.Message));
            return;
        }

        CheckpointReference last = cluster.Last(run)!;
        Assert.Equal(network.Steps, last.Step);
        Checkpoint joined = Checkpoint.Join([.. last.Parts.Select(Read)]);
        Assert.Equal(network.Last, CheckpointFile.ToBytes(joined));
        IReadOnlyList<IReadOnlyList<PartKey>> recorded = RecordedRun.Parts(cluster.JournalOf(run), cluster.Disk.Recorded);
        Assert.Equal(network.Recorded, TinyNetwork.Files(network.Compiled!.Network, [.. joined.SpikeCounts], [.. recorded.Select(ofShard => ofShard.Select(key => cluster.Disk.Read(key)!).ToArray())]));
    }

    public override string ToString() => cluster.View(run) is { } view
        ? $"run {run} ({network.Name}, {shards} shards) is {view.State} at step {view.Step} of {network.Steps}, committed {view.Committed}, epoch {view.Epoch}, on {string.Join(", ", view.Nodes.Select(n => $"{n.Node}:{n.Shards}@{n.Step}"))}: '{view.Reason}'"
        : $"client {number} has no run";

    private static string WithoutNeuron(string message) => Regex.Replace(message, @"neuron \d+", "neuron");

    private Checkpoint Read(PartKept part)
    {
        byte[] bytes = cluster.Disk.Read(part.Key)!;
        Assert.Equal(part.Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        return CheckpointFile.FromBytes(bytes);
    }

    private void Cancel()
    {
        bool taken = false;
        cluster.WithCoordinator(l =>
        {
            try
            {
                taken = l.Cancel(run);
            }
            catch (StoreException)
            {
            }
        });
        cancelIsTaken |= taken;
        if (!taken)
        {
            cluster.Time.After(500, Cancel);
        }
    }

    private Submission Submission() => new()
    {
        Key = $"client {number}", Name = network.Name, Shards = shards, Priority = number % 2,
        Network = new NetworkReference { Main = "n.yaml", NetworkHash = network.Name },
        Need = new RunNeed { Steps = network.Steps, OperationsPerStep = 10, MemoryBytes = 1000 },
    };
}

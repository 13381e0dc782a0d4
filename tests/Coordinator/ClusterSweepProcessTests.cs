using System.Text.Json;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Coordinator;

/// <summary>A sweep on coordinator and nodes as real processes on this machine, some of which are killed.</summary>
public sealed class ClusterSweepProcessTests : IDisposable
{
    private const int Points = 200;

    /// <summary>Points of some 10 ms.</summary>
    private static readonly string Sweep = Networks.Swept.Replace("duration: 200", "duration: 2000", StringComparison.Ordinal) + """
        sweep: { vary: { populations.E.params.tau: {linspace: [5, 20, 50]}, "projections[0].weight": [0.002, 0.004] }, repeats: 2 }
        """;

    private readonly Brainsim brainsim = new();
    private readonly ProcessCluster cluster;

    public ClusterSweepProcessTests() => cluster = new ProcessCluster(brainsim);

    public void Dispose()
    {
        cluster.Dispose();
        brainsim.Dispose();
    }

    /// <summary>Issue 7: 200 points, SIGKILL of a node and of the coordinator.</summary>
    [Fact]
    public async Task EveryPointIsInTheTableOnceAfterANodeAndTheCoordinatorWereKilled()
    {
        brainsim.Write("net.yaml", Sweep);
        Brainsim.Started coordinator = cluster.StartCoordinator();
        Brainsim.Started victim = cluster.StartNode();
        cluster.StartNode();
        using CoordinatorClient client = await cluster.Reach();
        brainsim.Run("submit", "net.yaml").Fine();

        await ProcessCluster.Until(client, 1, run => run.Sweep!.Ended >= Points / 8);
        ProcessCluster.Kill(victim);
        cluster.StartNode();
        await ProcessCluster.Until(client, 1, run => run.Sweep!.Ended >= Points / 2);
        ProcessCluster.Kill(coordinator);
        cluster.StartCoordinator();
        using CoordinatorClient again = await cluster.Reach();
        RunView end = await ProcessCluster.Until(again, 1, run => run.HasEnded);
        Assert.Equal((RunState.Done, new SweepView(Points, Points, 0, 0, null)), (end.State, end.Sweep));

        brainsim.Run("results", "1", "--out", "there").Fine();
        string[][] table = [.. TableFiles.Rows(brainsim.At("there/points.csv"))[1..].Select(row => row.Split(','))];
        Assert.Equal(Enumerable.Range(0, Points).Select(index => $"{index}"), table.Select(row => row[0]));
        Random random = TestSeed.Of(nameof(EveryPointIsInTheTableOnceAfterANodeAndTheCoordinatorWereKilled));
        foreach (string[] row in random.GetItems(table, 2))
        {
            brainsim.Run("run", "net.yaml", "--set", $"populations.E.params.tau={row[3]}", "--set", $"projections[0].weight={row[4]}", "--seed", row[2], "--out", "alone", "--quiet").Fine();
            Assert.Equal(JsonDocument.Parse(File.ReadAllText(brainsim.At("alone/run.json"))).RootElement.GetProperty("state_hash").GetString(), row[^1]);
        }

        brainsim.Run("sweep", "net.yaml", "--out", "here", "--quiet").Fine();
        Assert.Equal(TableFiles.Rows(brainsim.At("here/points.csv")), TableFiles.Rows(brainsim.At("there/points.csv")));
    }
}

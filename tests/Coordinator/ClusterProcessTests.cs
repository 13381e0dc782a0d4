using System.Globalization;
using System.Text.Json;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using BrainSim.Tests.Architecture;
using BrainSim.Tests.Coordinator.Service;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Coordinator;

/// <summary>Coordinator and nodes as real processes on this machine, some of which are killed: the results are those of <c>run</c>.</summary>
public sealed class ClusterProcessTests : IDisposable
{
    /// <summary>BRAINSIM_KILLS=20 for a longer trial.</summary>
    private const string KillsVariable = "BRAINSIM_KILLS";

    private readonly Brainsim brainsim = new();
    private readonly ProcessCluster cluster;

    public ClusterProcessTests() => cluster = new ProcessCluster(brainsim);

    public void Dispose()
    {
        cluster.Dispose();
        brainsim.Dispose();
    }

    [Theory]
    [InlineData("duration=5000")]
    [InlineData("duration=400", "populations.E.size=32000", "populations.I.size=8000", "projections[0].connect.fixed_prob=0.002", "projections[1].connect.fixed_prob=0.002")]
    public async Task ARunOutlivesANodeAndTheCoordinator(params string[] settings)
    {
        string[] network = [Repository.Absolute("examples/coba.yaml"), .. settings.SelectMany(setting => (string[])["--set", setting])];
        brainsim.Run(["run", .. network, "--out", "here", "--quiet"]).Fine();
        Brainsim.Started coordinator = cluster.StartCoordinator();
        List<Brainsim.Started> nodes = [.. Enumerable.Range(0, 3).Select(_ => cluster.StartNode())];
        using CoordinatorClient client = await cluster.Reach();
        brainsim.Run(["submit", .. network, "--shards", "3"]).Fine();

        await ProcessCluster.Until(client, 1, run => run.Step > 0);
        ProcessCluster.Kill(nodes[0]);
        nodes[0] = cluster.StartNode();
        await ProcessCluster.Until(client, 1, run => run.HasEnded || (run.Epoch > 1 && run.State == RunState.Running));
        ProcessCluster.Kill(coordinator);
        coordinator = cluster.StartCoordinator();
        using CoordinatorClient again = await cluster.Reach();

        RunView end = await ProcessCluster.Until(again, 1, run => run.HasEnded);
        Assert.Equal((RunState.Done, HashOf("here")), (end.State, end.StateHash));
        Assert.True(end.Epoch > 1, "the run did not notice that its node was killed");
        CheckResults(1);

        nodes.ForEach(node => node.Signal("TERM"));
        Assert.All(nodes, node => Assert.Equal(0, cluster.End(node).Code));
        coordinator.Signal("TERM");
        Assert.Equal(0, cluster.End(coordinator).Code);
    }

    [Fact]
    public async Task NodesKilledAtRandomMomentsChangeNoBit()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable(KillsVariable) ?? "2", CultureInfo.InvariantCulture);
        string[] network = [Repository.Absolute("examples/coba.yaml"), "--duration", "3000"];
        brainsim.Run(["run", .. network, "--out", "here", "--quiet"]).Fine();
        cluster.StartCoordinator();
        List<Brainsim.Started> nodes = [.. Enumerable.Range(0, 2).Select(_ => cluster.StartNode())];
        using CoordinatorClient client = await cluster.Reach();
        Random random = TestSeed.Of(nameof(NodesKilledAtRandomMomentsChangeNoBit));
        for (int run = 1; run <= kills; run++)
        {
            brainsim.Run(["submit", .. network, "--shards", "2"]).Fine();
            double part = random.NextDouble();
            await ProcessCluster.Until(client, run, now => now.HasEnded || now.Step > part * now.Steps);
            int victim = random.Next(nodes.Count);
            ProcessCluster.Kill(nodes[victim]);
            nodes[victim] = cluster.StartNode();
            RunView end = await ProcessCluster.Until(client, run, now => now.HasEnded);
            Assert.True((RunState.Done, HashOf("here")) == (end.State, end.StateHash), $"run {run}, node {victim} killed after {part:0%}; {end}");
            CheckResults(run);
        }
    }

    [Fact]
    public async Task WhatWasAnsweredIsThereAfterTheCoordinatorWasKilledRightThen()
    {
        brainsim.Write("small.yaml", Networks.Small);
        for (int run = 1; run <= 3; run++)
        {
            Brainsim.Started coordinator = cluster.StartCoordinator();
            using CoordinatorClient client = await cluster.Reach();
            Assert.Equal(Enumerable.Range(1, run - 1).Select(r => (long)r), (await client.Runs()).Select(r => r.Run));
            string network = brainsim.At("small.yaml");
            SubmitRequest request = new($"key {run}", "", "small.yaml", new Dictionary<string, string> { ["small.yaml"] = TestCluster.HashOf(Networks.Small) }, [], 0, 0);
            Assert.Equal(run, (await client.Submit(request, new Dictionary<string, string> { ["small.yaml"] = network })).Run);
            ProcessCluster.Kill(coordinator);
        }

        cluster.StartCoordinator();
        using CoordinatorClient last = await cluster.Reach();
        Assert.Equal([1, 2, 3], (await last.Runs()).Select(r => r.Run));
    }

    /// <summary>Of the cluster are those of <c>run</c>, byte for byte.</summary>
    private void CheckResults(int run)
    {
        string there = $"there{run}";
        brainsim.Run("results", $"{run}", "--out", there).Fine();
        Assert.Equal(HashOf("here"), HashOf(there));
        string[] recordings = Directory.GetFiles(brainsim.At("here"), "*.npz");
        Assert.NotEmpty(recordings);
        Assert.All(recordings, recording => Assert.Equal(File.ReadAllBytes(recording), File.ReadAllBytes(brainsim.At($"{there}/{Path.GetFileName(recording)}"))));
    }

    private string HashOf(string folder) =>
        JsonDocument.Parse(File.ReadAllText(brainsim.At($"{folder}/run.json"))).RootElement.GetProperty("state_hash").GetString()!;
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
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
    private readonly List<Brainsim.Started> started = [];
    private readonly string address = $"http://127.0.0.1:{FreePort()}";

    public ClusterProcessTests() => brainsim.Environment["BRAINSIM_COORDINATOR"] = address;

    public void Dispose()
    {
        started.ForEach(process => process.KillAfter(TimeSpan.Zero));
        brainsim.Dispose();
    }

    [Theory]
    [InlineData("duration=5000")]
    [InlineData("duration=400", "populations.E.size=32000", "populations.I.size=8000", "projections[0].connect.fixed_prob=0.002", "projections[1].connect.fixed_prob=0.002")]
    public async Task ARunOutlivesANodeAndTheCoordinator(params string[] settings)
    {
        string[] network = [Repository.Absolute("examples/coba.yaml"), .. settings.SelectMany(setting => (string[])["--set", setting])];
        brainsim.Run(["run", .. network, "--out", "here", "--quiet"]).Fine();
        Brainsim.Started coordinator = Start("coordinator", "--listen", address, "--data", "data");
        List<Brainsim.Started> nodes = [.. Enumerable.Range(0, 3).Select(_ => StartNode())];
        using CoordinatorClient client = await Reach();
        brainsim.Run(["submit", .. network, "--shards", "3"]).Fine();

        await Until(client, 1, run => run.Step > 0);
        Kill(nodes[0]);
        nodes[0] = StartNode();
        await Until(client, 1, run => run.HasEnded || (run.Epoch > 1 && run.State == RunState.Running));
        Kill(coordinator);
        coordinator = Start("coordinator", "--listen", address, "--data", "data");
        using CoordinatorClient again = await Reach();

        RunView end = await Until(again, 1, run => run.HasEnded);
        Assert.Equal((RunState.Done, HashOf("here")), (end.State, end.StateHash));
        Assert.True(end.Epoch > 1, "the run did not notice that its node was killed");
        CheckResults(1);

        nodes.ForEach(node => node.Signal("TERM"));
        Assert.All(nodes, node => Assert.Equal(0, End(node).Code));
        coordinator.Signal("TERM");
        Assert.Equal(0, End(coordinator).Code);
    }

    [Fact]
    public async Task NodesKilledAtRandomMomentsChangeNoBit()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable(KillsVariable) ?? "2", CultureInfo.InvariantCulture);
        string[] network = [Repository.Absolute("examples/coba.yaml"), "--duration", "3000"];
        brainsim.Run(["run", .. network, "--out", "here", "--quiet"]).Fine();
        Start("coordinator", "--listen", address, "--data", "data");
        List<Brainsim.Started> nodes = [.. Enumerable.Range(0, 2).Select(_ => StartNode())];
        using CoordinatorClient client = await Reach();
        Random random = TestSeed.Of(nameof(NodesKilledAtRandomMomentsChangeNoBit));
        for (int run = 1; run <= kills; run++)
        {
            brainsim.Run(["submit", .. network, "--shards", "2"]).Fine();
            double part = random.NextDouble();
            await Until(client, run, now => now.HasEnded || now.Step > part * now.Steps);
            int victim = random.Next(nodes.Count);
            Kill(nodes[victim]);
            nodes[victim] = StartNode();
            RunView end = await Until(client, run, now => now.HasEnded);
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
            Brainsim.Started coordinator = Start("coordinator", "--listen", address, "--data", "data");
            using CoordinatorClient client = await Reach();
            Assert.Equal(Enumerable.Range(1, run - 1).Select(r => (long)r), (await client.Runs()).Select(r => r.Run));
            string network = brainsim.At("small.yaml");
            SubmitRequest request = new($"key {run}", "", "small.yaml", new Dictionary<string, string> { ["small.yaml"] = TestCluster.HashOf(Networks.Small) }, [], 0, 0);
            Assert.Equal(run, (await client.Submit(request, new Dictionary<string, string> { ["small.yaml"] = network })).Run);
            Kill(coordinator);
        }

        Start("coordinator", "--listen", address, "--data", "data");
        using CoordinatorClient last = await Reach();
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

    private Brainsim.Started Start(params string[] arguments)
    {
        Brainsim.Started process = brainsim.Start(arguments);
        started.Add(process);
        return process;
    }

    private Brainsim.Started StartNode() => Start("node", "--slots", "1");

    private Brainsim.Ended End(Brainsim.Started process)
    {
        started.Remove(process);
        return process.End();
    }

    private static void Kill(Brainsim.Started process) => process.KillAfter(TimeSpan.Zero);

    /// <summary>A client, when the coordinator listens.</summary>
    private async Task<CoordinatorClient> Reach()
    {
        CoordinatorClient client = new(address, null);
        using CancellationTokenSource late = new(Brainsim.Patience);
        while (true)
        {
            try
            {
                await client.Runs();
                return client;
            }
            catch (UnreachableException)
            {
                late.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    /// <summary>Follows a run until something holds of it.</summary>
    private static async Task<RunView> Until(CoordinatorClient client, long run, Predicate<RunView> holds)
    {
        TaskCompletionSource<RunView> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<RunView> followed = client.Follow(run, seen =>
        {
            if (holds(seen))
            {
                found.TrySetResult(seen);
            }
        });
        await Task.WhenAny(found.Task, followed).WaitAsync(Brainsim.Patience, TestContext.Current.CancellationToken);
        return found.Task.IsCompleted ? await found.Task : await followed;
    }

    private string HashOf(string folder) =>
        JsonDocument.Parse(File.ReadAllText(brainsim.At($"{folder}/run.json"))).RootElement.GetProperty("state_hash").GetString()!;

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

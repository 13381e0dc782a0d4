using System.Text.Json;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>Coordinator and nodes in this process, over real sockets: what a run gives there is what it gives here.</summary>
public sealed class ClusterTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    public async Task ARunOnNodesLeavesTheStateAndTheFilesOfARunHere(int nodes, int shards)
    {
        await using TestCluster cluster = await TestCluster.Start(nodes);
        long run = await cluster.Run(Networks.Small, shards: shards);
        using CoordinatorClient client = cluster.Client();
        RunView end = await client.Follow(run, _ => { });
        Assert.Equal((RunState.Done, ""), (end.State, end.Reason));

        using SerialRun here = new SerialRun(CompiledNetwork.Of(NetworkReader.ReadText("small", Networks.Small, ".", []))).Run();
        Assert.Equal(here.StateHash, end.StateHash);
        here.Recordings.Write(cluster.At("here"));
        ResultFile[] files = await client.Results(run);
        Assert.Equal(["run.json", "spikes.npz", "v.npz"], files.Select(file => file.Name));
        foreach (ResultFile file in files)
        {
            await client.Fetch(run, file, cluster.At(file.Name));
        }

        Assert.Equal(File.ReadAllBytes(cluster.At("here/spikes.npz")), File.ReadAllBytes(cluster.At("spikes.npz")));
        Assert.Equal(File.ReadAllBytes(cluster.At("here/v.npz")), File.ReadAllBytes(cluster.At("v.npz")));
        JsonElement manifest = JsonDocument.Parse(File.ReadAllText(cluster.At("run.json"))).RootElement;
        Assert.Equal((here.StateHash, shards), (manifest.GetProperty("state_hash").GetString(), manifest.GetProperty("shards").GetInt32()));
        Assert.Equal(
            here.Shards[0].State.Arrivals[0].Events,
            manifest.GetProperty("projections").EnumerateObject().Single().Value.GetProperty("events").GetInt64());
        (string Work, string Of)[] times = [.. manifest.GetProperty("times").EnumerateArray().Select(line => (line.GetProperty("work").GetString()!, line.GetProperty("of").GetString()!))];
        Assert.Equal(times, end.Times.Select(line => (line.Work, line.Of)));
        Assert.All(Enumerable.Range(0, shards), shard => Assert.Contains(("stepping", $"shard {shard}"), times));
        Assert.All(end.Times.Select(line => line.Node).Distinct(), node => Assert.Equal(nodes - 1, times.Count(line => line == ("waiting", node))));
        Assert.Contains(await client.Logs(run), line => line.Text == $"done, state hash {here.StateHash}");
    }

    [Fact]
    public async Task ARunOfNoStepsLeavesTheStateAndTheFilesOfARunHere()
    {
        const string nothing = """
            name: nothing
            dt: 0.1
            duration: 0
            populations:
              R: { size: 2, model: spike_source, spikes: {t: [1, 2], id: [0, 1]} }
              E: { size: 3, model: lif, params: {tau: 10, V_th: 10}, init: {V: "uniform(0, 9)"} }
            projections: [ { pre: R, post: E, connect: all_to_all, synapse: delta, weight: 1, delay: 0.5 } ]
            monitors: [ { name: s, of: R, record: spikes }, { name: v, of: E, record: V, every: 1 } ]
            """;
        await using TestCluster cluster = await TestCluster.Start(2);
        long run = await cluster.Run(nothing, shards: 2);
        using CoordinatorClient client = cluster.Client();
        RunView end = await client.Follow(run, _ => { });
        using SerialRun here = new SerialRun(CompiledNetwork.Of(NetworkReader.ReadText("nothing", nothing, ".", []))).Run();
        Assert.Equal((RunState.Done, here.StateHash), (end.State, end.StateHash));
        here.Recordings.Write(cluster.At("here"));
        foreach (ResultFile file in await client.Results(run))
        {
            await client.Fetch(run, file, cluster.At(file.Name));
        }

        Assert.All((string[])["s.npz", "v.npz"], name => Assert.Equal(File.ReadAllBytes(cluster.At($"here/{name}")), File.ReadAllBytes(cluster.At(name))));
        JsonElement manifest = JsonDocument.Parse(File.ReadAllText(cluster.At("run.json"))).RootElement;
        Assert.Equal((0, 6), (manifest.GetProperty("steps").GetInt64(), manifest.GetProperty("projections").EnumerateObject().Single().Value.GetProperty("synapses").GetInt64()));
    }

    [Fact]
    public async Task ANumericalFailureEndsTheRunWithTheSentenceOfARunHere()
    {
        await using TestCluster cluster = await TestCluster.Start(2);
        long run = await cluster.Run(Networks.Exploding, shards: 2);
        using CoordinatorClient client = cluster.Client();
        RunView end = await client.Follow(run, _ => { });
        NumericalFailureException here = Assert.Throws<NumericalFailureException>(() => new SerialRun(CompiledNetwork.Of(NetworkReader.ReadText("x", Networks.Exploding, ".", []))).Run());
        Assert.Equal((RunState.Failed, RunCause.Numbers, here.Message), (end.State, end.Cause, end.Reason));
    }

    [Fact]
    public async Task NodesAndProgressAreShownAndACancelledRunLeavesItsNode()
    {
        await using TestCluster cluster = await TestCluster.Start(1);
        long run = await cluster.Run(Networks.Long);
        using CoordinatorClient client = cluster.Client();
        TaskCompletionSource moved = new();
        Task<RunView> followed = client.Follow(run, seen =>
        {
            if (seen.Step > 0)
            {
                moved.TrySetResult();
            }
        });
        await moved.Task.WaitAsync(Brainsim.Patience, TestContext.Current.CancellationToken);
        NodeView node = Assert.Single(await client.Nodes());
        Assert.Equal((1, 1, BrainSim.Coordinator.CommandLine.Results.Version), (node.Slots, node.Shards, node.Version));
        Assert.Equal([run], node.Runs);
        Assert.Equal(BrainSim.Node.Devices.Seen(), node.Devices);
        await client.Cancel(run);
        Assert.Equal(RunState.Cancelled, (await followed).State);
        Assert.Equal(0, Assert.Single(await client.Nodes()).Shards);
    }
}

using System.Diagnostics;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using BrainSim.Tests.Architecture;
using Xunit;

namespace BrainSim.Tests.Coordinator;

/// <summary>An upgrade: every node and the coordinator are ended by SIGTERM, one after the other, and others start in their place, while somebody submits all the time.</summary>
public sealed class RollingRestartTests : IDisposable
{
    private const int Nodes = 3, Slots = 2;

    private static readonly TimeSpan LongestRefusal = TimeSpan.FromSeconds(5);

    /// <summary>On a machine that does much else, where starting the program takes long, a restart may take as long as so many starts.</summary>
    private const int StartsOfARestart = 10;

    private readonly LoopbackCluster cluster = new();

    public void Dispose() => cluster.Dispose();

    [Fact]
    public async Task EveryRunEndsAsItMustAndNoSubmissionWaitsLong()
    {
        cluster.Brainsim.Write("small.yaml", Networks.Small);
        Submitter.Network small = Known(cluster.Brainsim.At("small.yaml"), 1), large = Known(Repository.Absolute("examples/coba.yaml"), 2, "duration=3000");
        Brainsim.Started coordinator = await cluster.StartCoordinator();
        Brainsim.Started[] nodes = await Task.WhenAll(Enumerable.Range(0, Nodes).Select(_ => cluster.StartNode(Slots)));
        using CoordinatorClient client = cluster.Client();
        await using Submitter submitter = new(client, small, large);
        await submitter.Begun;
        for (int n = 0; n < Nodes; n++)
        {
            cluster.Stop(nodes[n]);
            nodes[n] = await cluster.StartNode(Slots);
        }

        TimeSpan start = Start();
        cluster.Stop(coordinator);
        coordinator = await cluster.StartCoordinator();
        start = TimeSpan.FromTicks(Math.Max(start.Ticks, Start().Ticks));

        IReadOnlyDictionary<long, Submitter.Network> runs = await submitter.End();
        RunView[] ends = await Task.WhenAll(runs.Keys.Select(run => client.Follow(run, _ => { })));
        Assert.All(ends, end => Assert.Equal((RunState.Done, runs[end.Run].StateHash), (end.State, end.StateHash)));
        Assert.Contains(ends, end => end.Epoch > 1);
        Assert.InRange(submitter.LongestRefusal, TimeSpan.Zero, TimeSpan.FromTicks(Math.Max(LongestRefusal.Ticks, StartsOfARestart * start.Ticks)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{runs.Count} runs, {ends.Count(end => end.Epoch > 1)} handed over; longest refusal {submitter.LongestRefusal.TotalSeconds:0.0} s; a start takes {start.TotalSeconds:0.0} s");
        Array.ForEach(nodes, cluster.Stop);
        cluster.Stop(coordinator);
    }

    private TimeSpan Start()
    {
        long before = Stopwatch.GetTimestamp();
        cluster.Brainsim.Run("--version").Fine();
        return Stopwatch.GetElapsedTime(before);
    }

    /// <summary>A network with the hash that <c>run</c> gives here.</summary>
    private Submitter.Network Known(string path, int shards, params string[] settings)
    {
        string folder = $"here-{shards}";
        cluster.Brainsim.Run(["run", path, .. settings.SelectMany(s => (string[])["--set", s]), "--out", folder, "--quiet"]).Fine();
        return new Submitter.Network(path, settings, shards, cluster.HashOf(folder));
    }
}

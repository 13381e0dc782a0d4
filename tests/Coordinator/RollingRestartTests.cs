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

    /// <summary>On a machine that does much else: a coordinator that has nothing to wait for has ended, and another one is ready, within so many starts of the program.</summary>
    private const int StartsOfARestart = 40;

    /// <summary>There, the first submissions compile what they need, which may take about as long as becoming ready.</summary>
    private const int RestartsOfARefusal = 2;

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

        TimeSpan before = Start();
        long stopped = Stopwatch.GetTimestamp();
        cluster.Stop(coordinator);
        coordinator = await cluster.StartCoordinator();
        TimeSpan restart = Stopwatch.GetElapsedTime(stopped), start = Longer(before, Start());

        IReadOnlyDictionary<long, Submitter.Network> runs = await submitter.End();
        RunView[] ends = await Task.WhenAll(runs.Keys.Select(run => client.Follow(run, _ => { })));
        Assert.All(ends, end => Assert.Equal((RunState.Done, runs[end.Run].StateHash), (end.State, end.StateHash)));
        Assert.Contains(ends, end => end.Epoch > 1);
        TestContext.Current.TestOutputHelper?.WriteLine($"{runs.Count} runs, {ends.Count(end => end.Epoch > 1)} handed over; longest refusal {submitter.LongestRefusal.TotalSeconds:0.00} s; restart {restart.TotalSeconds:0.00} s; a start takes {start.TotalSeconds:0.00} s");
        Assert.InRange(restart, TimeSpan.Zero, Longer(LongestRefusal, StartsOfARestart * start));
        Assert.InRange(submitter.LongestRefusal, TimeSpan.Zero, Longer(LongestRefusal, (RestartsOfARefusal * restart) + Insistence.Longest));
        Array.ForEach(nodes, cluster.Stop);
        cluster.Stop(coordinator);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

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

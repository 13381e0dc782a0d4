using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using BrainSim.Coordinator.Sweeps;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;
using BrainSim.Node;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>Sweeps on coordinator and nodes in this process, over real sockets: the table is that of a sweep here.</summary>
public sealed class ClusterSweepTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>With a bad point of every kind that a network can be.</summary>
    private const string Grid = Networks.Swept + """
        sweep:
          vary: { populations.E.params.tau: [8, 12, 20], "inputs[0].expr": ["12 + normal(0, 20)", "100*i", "-1e308*10^(i*i)"], "projections[0].delay": [1, "normal(-50, 1)"] }
          repeats: 2
          limits: {rate: 300}
        """;

    private const string Search = Networks.Swept + """
        optimize: { over: {populations.E.params.tau: {uniform: [5, 20]}, populations.E.params.V_th: {loguniform: [5, 15]}}, minimize: abs(r - 60), batch: 4, evaluations: 20 }
        """;

    private const string Early = Networks.Swept + """
        sweep: { vary: {populations.E.params.tau: {linspace: [20, 5, 16]}}, until: r > 60 }
        """;

    [Theory]
    [InlineData(Grid, 1, 0)]
    [InlineData(Grid, 3, 0)]
    [InlineData(Search, 2, 0)]
    [InlineData(Early, 2, 0)]
    [InlineData(Search, 1, 1)]
    [InlineData(Search, 2, 2)]
    [InlineData(Early, 3, 2)]
    public async Task TheTableIsThatOfASweepHere(string network, int nodes, int threads)
    {
        await using TestCluster cluster = await TestCluster.Start(nodes);
        long run = await cluster.Sweep(network, threads);
        using CoordinatorClient client = cluster.Client();
        RunView end = await client.Follow(run, _ => { });
        Assert.Equal((RunState.Done, ""), (end.State, end.Reason));
        PointTable here = Here(network);
        int failed = here.Rows.Count(row => !row.Outcome.Status.HasMeasures());
        Assert.Equal(new SweepView(here.Rows.Count, here.Rows.Count, 0, failed, null), end.Sweep);
        await SameTable(cluster, client, run, here);
        RunView[] divided = [.. (await client.Runs()).Where(r => r.PointOf == run)];
        Assert.Equal(threads > 1, divided.Length > 0); // The nodes have one slot each.
        Assert.Contains(await client.Logs(run), line => line.Text == $"done, {here.Rows.Count} points, {failed} failed");
    }

    [Fact]
    public async Task ACoordinatorThatComesBackGoesOnAndRunsNothingAgain()
    {
        await using TestCluster cluster = await TestCluster.Start(2);
        long run = await cluster.Sweep(Search.Replace("duration: 200", "duration: 3000", StringComparison.Ordinal));
        using (CoordinatorClient client = cluster.Client())
        {
            Task<RunView> followed = await FollowedPast(client, run, points: 6);
            await cluster.Restart();
            Assert.Equal(RunState.Done, (await followed).State);
        }

        using CoordinatorClient again = cluster.Client();
        await SameTable(cluster, again, run, Here(Search.Replace("duration: 200", "duration: 3000", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ACoordinatorThatComesBackTakesUpThePointsThatNodesShare()
    {
        await using TestCluster cluster = await TestCluster.Start(2);
        long run = await cluster.Sweep(Search, threads: 2);
        using (CoordinatorClient client = cluster.Client())
        {
            Task<RunView> followed = await FollowedPast(client, run, points: 6);
            await cluster.Restart();
            Assert.Equal(RunState.Done, (await followed).State);
        }

        using CoordinatorClient again = cluster.Client();
        PointTable here = Here(Search);
        await SameTable(cluster, again, run, here);
        Assert.Equal(here.Rows.Count, (await again.Runs()).Count(r => r.PointOf == run)); // Each was one run, the one among them that both coordinators had.
    }

    [Fact]
    public async Task ARunThatIsAPointSaysSoAndLeavesNothingOnTheDisk()
    {
        await using TestCluster cluster = await TestCluster.Start(2);
        long sweep = await cluster.Sweep(Early.Replace("linspace: [20, 5, 16]", "linspace: [20, 19, 2]", StringComparison.Ordinal), threads: 2);
        using CoordinatorClient client = cluster.Client();
        Assert.Equal(RunState.Done, (await client.Follow(sweep, _ => { })).State);
        RunView[] points = [.. (await client.Runs()).Where(r => r.PointOf == sweep)];
        Assert.Equal([(sweep + 1, "swept, point 0", RunState.Done), (sweep + 2, "swept, point 1", RunState.Done)], points.Select(p => (p.Run, p.Name, p.State)));
        Assert.StartsWith($"begun as point 1 of sweep {sweep}: ", (await client.Logs(sweep + 2))[0].Text, StringComparison.Ordinal);
        Assert.Contains(await client.Logs(sweep), line => line.Text == $"point 0 ended on several nodes, as run {sweep + 1}");
        UserMistakeException refused = await Assert.ThrowsAnyAsync<UserMistakeException>(() => client.Results(sweep + 1));
        Assert.Contains($"run {sweep + 1} is a point of sweep {sweep}: see the results of that.", refused.Message, StringComparison.Ordinal);
        await cluster.LookAfterDisk();
        Assert.Equal([$"{sweep}"], Directory.GetDirectories(Path.Combine(cluster.At("data"), "runs")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task ACancelledSweepKeepsItsPointsAndLeavesItsNodes()
    {
        await using TestCluster cluster = await TestCluster.Start(1);
        long run = await cluster.Sweep(Early.Replace("until: r > 60", "repeats: 100", StringComparison.Ordinal));
        using CoordinatorClient client = cluster.Client();
        Task<RunView> followed = await FollowedPast(client, run, points: 1);
        Assert.Equal([run], Assert.Single(await client.Nodes()).Runs);
        await client.Cancel(run);
        RunView end = await followed;
        Assert.Equal((RunState.Cancelled, 1600), (end.State, end.Sweep!.Points));
        Assert.Equal(0, Assert.Single(await client.Nodes()).Shards);
        await Fetch(cluster, client, run);
        Assert.Equal(end.Sweep.Ended, File.ReadLines(cluster.At("points.csv")).Count() - 1);
    }

    [Fact]
    public async Task MistakesInWhatIsVariedAreToldBeforeAnythingIsTaken()
    {
        await using TestCluster cluster = await TestCluster.Start();
        HttpResponseMessage refused = await cluster.SubmitSweep(Networks.Swept, 0, "populations.E.params.tua=[1, 2]");
        Assert.Equal(422, (int)refused.StatusCode);
        Assert.Contains("Did you mean tau?", (await TestCluster.Problem(refused)).Detail, StringComparison.Ordinal);
        HttpResponseMessage nothing = await cluster.SubmitSweep(Networks.Swept, 0);
        Assert.Contains("there is nothing to vary", (await TestCluster.Problem(nothing)).Detail, StringComparison.Ordinal);
        using CoordinatorClient client = cluster.Client();
        Assert.Empty(await client.Runs());
    }

    /// <summary>Returns when so many points have ended, or all that there are.</summary>
    /// <returns>Ends with the sweep.</returns>
    private static async Task<Task<RunView>> FollowedPast(CoordinatorClient client, long run, int points)
    {
        TaskCompletionSource some = new();
        Task<RunView> followed = client.Follow(run, seen =>
        {
            if (seen.Sweep!.Ended >= points)
            {
                some.TrySetResult();
            }
        });
        await Task.WhenAny(some.Task, followed).WaitAsync(Brainsim.Patience, Token);
        return followed;
    }

    /// <summary>What <c>sweep</c> makes of the same file, one point after the other.</summary>
    private static PointTable Here(string network)
    {
        SweepPlan plan = SweepPlan.Read(NetworkDocument.Parse("net.yaml", network, ".", []), []);
        using PointRun run = new(plan, BackEnd.Cpu);
        SweepLogic logic = new(plan, plan.Points(), _ => null);
        while (logic.Next() is { } point)
        {
            logic.Finish(point, run.Run(point, 1, Token)!);
        }

        return new PointTable(plan.Spec, logic.Table);
    }

    private static async Task Fetch(TestCluster cluster, CoordinatorClient client, long run)
    {
        ResultFile[] files = await client.Results(run);
        Assert.Equal(["points.csv", "points.npz"], files.Select(file => file.Name));
        foreach (ResultFile file in files)
        {
            await client.Fetch(run, file, cluster.At(file.Name));
        }
    }

    private static async Task SameTable(TestCluster cluster, CoordinatorClient client, long run, PointTable here)
    {
        await Fetch(cluster, client, run);
        File.WriteAllText(cluster.At("here.csv"), here.Csv());
        Assert.Equal(TableFiles.Rows(cluster.At("here.csv")), TableFiles.Rows(cluster.At("points.csv")));
        using (FileStream file = File.Create(cluster.At("here.npz")))
        {
            here.WriteNpz(file);
        }

        Assert.Equal(TableFiles.Arrays(cluster.At("here.npz")), TableFiles.Arrays(cluster.At("points.npz")));
    }
}

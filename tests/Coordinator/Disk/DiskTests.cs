using System.Diagnostics;
using System.Globalization;
using System.Net;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Disk;
using BrainSim.Coordinator.Remote;
using BrainSim.Engine.Units;
using BrainSim.Tests.Coordinator.Service;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Coordinator.Disk;

/// <summary>A coordinator's disk as it fills, empties and is cleaned.</summary>
public sealed class DiskTests
{
    private const long Quota = 1_000_000_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AFullDiskRefusesWhatIsNewAndRunsWaitAndGoOnWhenThereIsRoom()
    {
        await using TestCluster cluster = await TestCluster.Start(nodes: 1, disk: new DiskPolicy(Quota, null));
        using CoordinatorClient client = cluster.Client();
        long run = await cluster.Run(Networks.Long);
        await Until(client, run, seen => seen.Committed > 0);
        await Fill(cluster, Quota);

        RunView waits = await Until(client, run, seen => seen.Reason == "waits for room on the coordinator's disk");
        Assert.Equal(RunState.Running, waits.State);
        await Refused(await cluster.Put(Networks.Small));
        await Refused(await cluster.Submit(Networks.Long, "another"));
        Assert.Equal(1, Assert.Single(await client.Runs()).Run);

        await Fill(cluster, 0);
        await Until(client, run, seen => seen.Committed > waits.Committed && seen.Reason.Length == 0);
        Assert.Equal(1, (await client.Run(run)).Epoch);
        Assert.Equal(HttpStatusCode.NoContent, (await cluster.Put(Networks.Small)).StatusCode);
        await client.Cancel(run);
    }

    [Fact]
    public async Task AFolderThatCannotBeMeasuredIsAMistakeOfData()
    {
        using TemporaryFolder folder = new();
        string deep = string.Join('/', Enumerable.Repeat(new string('x', 200), 15));
        Shell($"cd {folder.At("")} && mkdir -p data/blobs/{deep} more/{deep} && mv more data/blobs/{deep}"); // Longer than a path may be.
        try
        {
            UserMistakeException problem = await Assert.ThrowsAsync<UserMistakeException>(() => TestCluster.Start(data: folder.At("data")));
            Assert.StartsWith("--data: ", problem.Message, StringComparison.Ordinal);
            Assert.Contains("cannot be measured", problem.Message, StringComparison.Ordinal);
        }
        finally
        {
            Shell($"rm -rf {folder.At("data")}");
        }
    }

    private static void Shell(string command)
    {
        using Process shell = Process.Start("sh", ["-c", command]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    [Fact]
    public async Task InTheReserveRunsThatHaveBegunGoOnAndWaitingOnesWait()
    {
        await using TestCluster cluster = await TestCluster.Start(nodes: 1, disk: new DiskPolicy(Quota, null));
        using CoordinatorClient client = cluster.Client();
        long run = await cluster.Run(Networks.Long);
        long queued = await cluster.Run(Networks.Small, "queued");
        RunView before = await Until(client, run, seen => seen.Committed > 0);
        await Fill(cluster, Quota - (Quota / 20));
        Assert.Equal((int)HttpStatusCode.InsufficientStorage, (int)(await cluster.Put("x")).StatusCode);
        await Until(client, run, seen => seen.Committed > before.Committed);
        await client.Cancel(run);
        await Until(client, queued, seen => seen.Reason == "waits for room on the coordinator's disk");
        await Fill(cluster, 0);
        Assert.Equal(RunState.Done, (await Until(client, queued, seen => seen.HasEnded)).State);
    }

    [Fact]
    public async Task ResultsAreRemovedAfterTheirDaysAndShowAndResultsSayWhen()
    {
        ShiftedClock clock = new();
        await using TestCluster cluster = await TestCluster.Start(nodes: 1, disk: new DiskPolicy(null, KeepDays: 30), clock: clock);
        using CoordinatorClient client = cluster.Client();
        long run = await cluster.Run(Networks.Small);
        await Until(client, run, seen => seen.HasEnded);
        await cluster.LookAfterDisk();
        Assert.Equal(["results.json"], FilesOf(cluster, run));
        Assert.Equal(3, (await client.Results(run)).Length);

        clock.Forward(TimeSpan.FromDays(29));
        await cluster.LookAfterDisk();
        Assert.Equal(3, (await client.Results(run)).Length);
        clock.Forward(TimeSpan.FromDays(1.1));
        await cluster.LookAfterDisk();
        await cluster.LookAfterDisk();
        string when = clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        RunView shown = await client.Run(run);
        Assert.Equal((RunState.Done, $"its results were removed on {when} after 30 days"), (shown.State, shown.Reason));
        UserMistakeException gone = await Assert.ThrowsAsync<UserMistakeException>(() => client.Results(run));
        Assert.Contains($"run {run} is done, but its results were removed on {when} after 30 days.", gone.Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Gone, (await cluster.Http.GetAsync($"api/v1/runs/{run}/results", Token)).StatusCode);
        Assert.Single(await client.Logs(run), line => line.Text == $"results were removed on {when} after 30 days");
        Assert.Empty(Directory.GetFiles(cluster.At("data/blobs"), "*", SearchOption.AllDirectories));
        Assert.False(Directory.Exists(cluster.At($"data/runs/{run}")));
        await cluster.Restart();
        Assert.Equal(shown.Reason, (await client.Run(run)).Reason);
    }

    [Fact]
    public async Task ACancelledSweepsTableIsKeptAsLongAsOtherResults()
    {
        ShiftedClock clock = new();
        await using TestCluster cluster = await TestCluster.Start(nodes: 1, disk: new DiskPolicy(null, KeepDays: 30), clock: clock);
        using CoordinatorClient client = cluster.Client();
        long run = await cluster.Sweep(Networks.Swept + "sweep: { vary: {populations.E.params.tau: {linspace: [20, 5, 16]}}, repeats: 100 }\n");
        await Until(client, run, seen => seen.Sweep!.Ended > 0);
        await client.Cancel(run);
        for (int round = 0; round < 3; round++)
        {
            await cluster.LookAfterDisk();
            Assert.Equal(["results.json"], FilesOf(cluster, run));
        }

        ResultFile[] files = await client.Results(run);
        Assert.Equal(["points.csv", "points.npz"], files.Select(file => file.Name));
        clock.Forward(TimeSpan.FromDays(30.1));
        await cluster.LookAfterDisk();
        await cluster.LookAfterDisk();
        UserMistakeException gone = await Assert.ThrowsAsync<UserMistakeException>(() => client.Results(run));
        Assert.Contains($"run {run} is cancelled, but its results were removed on", gone.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(cluster.At($"data/runs/{run}")));
        Assert.Empty(Directory.GetFiles(cluster.At("data/blobs"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task WhatNobodyNamesGoesAfterADayAndWhatIsAskedForStays()
    {
        ShiftedClock clock = new();
        await using TestCluster cluster = await TestCluster.Start(clock: clock);
        using CoordinatorClient client = cluster.Client();
        await cluster.Put("nobody names this");
        await cluster.Put(Networks.Long);
        await cluster.Put(Networks.Small);
        long run = await cluster.Run(Networks.Small);
        Directory.CreateDirectory(cluster.At("data/runs/99/recorded"));
        File.WriteAllText(cluster.At("data/runs/99/recorded/1-0-0-100"), "of a run that is not known");
        clock.Forward(TimeSpan.FromHours(25));
        await cluster.Submit(Networks.Long, "later");
        await cluster.LookAfterDisk();
        Assert.False(File.Exists(BlobOf(cluster, "nobody names this")));
        Assert.True(File.Exists(BlobOf(cluster, Networks.Small)), "a run that waits needs it");
        Assert.True(File.Exists(BlobOf(cluster, Networks.Long)), "it was asked for a moment ago");
        Assert.False(Directory.Exists(cluster.At("data/runs/99")));
        Assert.Equal(RunState.Waiting, (await client.Run(run)).State);
    }

    [Fact]
    public async Task WhatARunLeavesThatIsCancelledGoes()
    {
        await using TestCluster cluster = await TestCluster.Start(nodes: 1);
        using CoordinatorClient client = cluster.Client();
        long run = await cluster.Run(Networks.Long);
        await Until(client, run, seen => seen.Committed > 0);
        Assert.NotEmpty(FilesOf(cluster, run));
        await client.Cancel(run);
        await cluster.LookAfterDisk();
        Assert.Empty(FilesOf(cluster, run));
    }

    private static async Task Refused(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.InsufficientStorage, answer.StatusCode);
        ApiProblem problem = await TestCluster.Problem(answer);
        Assert.Equal(("no room", 507), (problem.Title, problem.Status));
        Assert.Contains("the coordinator's disk has no room for this", problem.Detail, StringComparison.Ordinal);
    }

    /// <summary>A file without blocks counts as much as one that has them.</summary>
    private static async Task Fill(TestCluster cluster, long bytes)
    {
        using (FileStream file = new(cluster.At("data/incoming/filler"), FileMode.OpenOrCreate))
        {
            file.SetLength(bytes);
        }

        await cluster.LookAfterDisk();
    }

    private static string BlobOf(TestCluster cluster, string text) => cluster.At($"data/blobs/{TestCluster.HashOf(text)[..2]}/{TestCluster.HashOf(text)}");

    private static string[] FilesOf(TestCluster cluster, long run) =>
        Directory.Exists(cluster.At($"data/runs/{run}")) ? [.. Directory.GetFiles(cluster.At($"data/runs/{run}"), "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(path))] : [];

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
        await Task.WhenAny(found.Task, followed).WaitAsync(Brainsim.Patience, Token);
        return found.Task.IsCompleted ? await found.Task : throw new InvalidOperationException($"run {run} ended first: {await followed}");
    }
}

using System.Text;
using System.Text.Json;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using BrainSim.Tests.Coordinator.Service;
using BrainSim.Tests.Engine.Documents;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace BrainSim.Tests.Coordinator.Remote;

/// <summary>What a client makes of a coordinator that breaks off, is slow or has trouble.</summary>
public sealed class CoordinatorClientTests : IDisposable
{
    private static readonly byte[] Content = "what a result holds"u8.ToArray();
    private static readonly ResultFile File = new("v.npz", Content.Length, TestCluster.HashOf("what a result holds"));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task ASubmissionWhoseAnswerIsLostIsRepeatedWithItsKey()
    {
        List<string> keys = [], told = [];
        await using ScriptedCoordinator coordinator = await ScriptedCoordinator.Start(async (context, time) =>
        {
            if (context.Request.Path.Value!.EndsWith("missing", StringComparison.Ordinal))
            {
                await context.Response.WriteAsJsonAsync(new BlobNames([]), ApiJson.Default.BlobNames, cancellationToken: context.RequestAborted);
                return;
            }

            keys.Add((await JsonSerializer.DeserializeAsync(context.Request.Body, ApiJson.Default.SubmitRequest, context.RequestAborted))!.Key);
            if (time < 3)
            {
                context.Abort();
                return;
            }

            await context.Response.WriteAsJsonAsync(new SubmitAnswer(7, false), ApiJson.Default.SubmitAnswer, cancellationToken: context.RequestAborted);
        });
        using CoordinatorClient client = new(coordinator.Address, null) { Tell = told.Add };
        Assert.Equal(7, (await client.Submit(new SubmitRequest("my key", "", "n", new Dictionary<string, string>(), [], 0, 0), new Dictionary<string, string>())).Run);
        Assert.Equal(["my key", "my key", "my key"], keys);
        Assert.Contains("with the same key", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryStepOfASubmissionBearsACoordinatorThatIsAwayOrBusy()
    {
        SubmitRequest request = new("k", "", "n", new Dictionary<string, string> { ["n"] = File.Sha256 }, [], 0, 0);
        folder.Write("n", Content);
        List<string> told = [];
        await using ScriptedCoordinator coordinator = await ScriptedCoordinator.Start((context, time) =>
        {
            if (time == 1)
            {
                context.Abort();
                return Task.CompletedTask;
            }

            context.Response.Headers.RetryAfter = "3";
            return (time, context.Request.Path.Value!.Split('/')[^1]) switch
            {
                (2, _) => ScriptedCoordinator.Problem(context, 503, "busy."),
                (_, "missing") => context.Response.WriteAsJsonAsync(new BlobNames([File.Sha256]), ApiJson.Default.BlobNames, cancellationToken: context.RequestAborted),
                (_, "runs") => context.Response.WriteAsJsonAsync(new SubmitAnswer(7, false), ApiJson.Default.SubmitAnswer, cancellationToken: context.RequestAborted),
                _ => Task.CompletedTask,
            };
        });
        ManualClock clock = new();
        using CoordinatorClient client = new(coordinator.Address, null) { Tell = told.Add, Clock = clock };
        Assert.Equal(7, (await InTime(client.Submit(request, new Dictionary<string, string> { ["n"] = folder.At("n") }), clock)).Run);
        string[] steps = ["POST /api/v1/blobs/missing", $"PUT /api/v1/blobs/{File.Sha256}", "POST /api/v1/runs"];
        Assert.Equal(steps.SelectMany(step => Enumerable.Repeat(step, 3)), coordinator.Asked);
        Assert.Equal(3, told.Count);
        Assert.EndsWith("; asking again for 60 s", told[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoFollowsBearsACoordinatorThatIsBusyAndOneThatEnds()
    {
        RunView[] views = [View(RunState.Running), View(RunState.Running), View(RunState.Done)];
        await using ScriptedCoordinator coordinator = await ScriptedCoordinator.Start(async (context, time) =>
        {
            if (time % 2 == 1)
            {
                await ScriptedCoordinator.Problem(context, 503, "busy.");
                return;
            }

            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(views[(time / 2) - 1], ApiJson.Default.RunView)}\n\n", context.RequestAborted);
        });
        ManualClock clock = new();
        using CoordinatorClient client = new(coordinator.Address, null) { Clock = clock };
        Assert.Equal(RunState.Done, (await InTime(client.Follow(7, _ => { }), clock)).State);
        Assert.Equal(6, coordinator.Asked.Count);
    }

    [Fact]
    public async Task AfterAMinuteWhatWentWrongIsSaid()
    {
        await using ScriptedCoordinator coordinator = await ScriptedCoordinator.Start((context, _) => ScriptedCoordinator.Problem(context, 503, "the journal cannot be written."));
        ManualClock clock = new();
        using CoordinatorClient client = new(coordinator.Address, null) { Clock = clock };
        ClusterTroubleException trouble = await Assert.ThrowsAsync<ClusterTroubleException>(
            () => InTime(client.Submit(new SubmitRequest("k", "", "n", new Dictionary<string, string>(), [], 0, 0), new Dictionary<string, string>()), clock));
        Assert.Contains("the journal cannot be written", trouble.Message, StringComparison.Ordinal);
        Assert.InRange(clock.GetUtcNow() - clock.Start, TimeSpan.FromSeconds(55), TimeSpan.FromSeconds(60));
    }

    private static RunView View(string state) => new(7, "n", state, "", "", 0, 100, 0, 0, [], 0, default, null, []);

    /// <summary>The clock goes on by three seconds whenever somebody waits for it.</summary>
    private static async Task<T> InTime<T>(Task<T> work, ManualClock clock)
    {
        using CancellationTokenSource late = new(Brainsim.Patience);
        while (!work.IsCompleted && await Task.WhenAny(work, clock.Armed.WaitAsync(late.Token)) != work)
        {
            clock.Advance(TimeSpan.FromSeconds(3));
        }

        return await work;
    }

    [Fact]
    public async Task ADownloadThatBreaksOffIsTheCoordinatorsDoingAndLeavesNothing()
    {
        await using ScriptedCoordinator coordinator = await ScriptedCoordinator.Start(async (context, _) =>
        {
            context.Response.ContentLength = Content.Length;
            await context.Response.Body.WriteAsync(Content.AsMemory(0, 5), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        });
        using CoordinatorClient client = new(coordinator.Address, null);
        await Assert.ThrowsAsync<UnreachableException>(() => client.Fetch(1, File, folder.At("v.npz")));
        Assert.Empty(Directory.GetFiles(folder.At(".")));
    }

    [Fact]
    public async Task ADownloadThatCannotBeWrittenIsNoFaultOfTheCoordinators()
    {
        await using ScriptedCoordinator coordinator = await ScriptedCoordinator.Start((context, _) => context.Response.Body.WriteAsync(Content, context.RequestAborted).AsTask());
        using CoordinatorClient client = new(coordinator.Address, null);
        Directory.CreateDirectory(folder.At("v.npz"));
        Exception problem = await Assert.ThrowsAnyAsync<Exception>(() => client.Fetch(1, File, folder.At("v.npz")));
        Assert.True(problem is IOException or UnauthorizedAccessException, problem.ToString());
        Assert.Empty(Directory.GetFiles(folder.At(".")));
    }

    [Fact]
    public async Task ResultsThatAreNotThereYetAreAskedForAgain()
    {
        await using ScriptedCoordinator coordinator = await ScriptedCoordinator.Start((context, time) =>
        {
            context.Response.StatusCode = time < 4 ? StatusCodes.Status202Accepted : StatusCodes.Status200OK;
            return time < 4 ? Task.CompletedTask : context.Response.WriteAsJsonAsync([File], ApiJson.Default.ResultFileArray, cancellationToken: context.RequestAborted);
        });
        using CoordinatorClient client = new(coordinator.Address, null);
        Assert.Equal([File], await client.Results(1));
        Assert.Equal(4, coordinator.Asked.Count);
    }

    [Theory]
    [InlineData(500, "this is our fault; see the log.")]
    [InlineData(503, "the journal cannot be written.")]
    [InlineData(507, "there is no room.")]
    public async Task TroubleOfTheClusterIsNoMistakeOfTheUser(int status, string sentence)
    {
        await using ScriptedCoordinator coordinator = await ScriptedCoordinator.Start((context, _) => ScriptedCoordinator.Problem(context, status, sentence));
        using CoordinatorClient client = new(coordinator.Address, null);
        ClusterTroubleException trouble = await Assert.ThrowsAsync<ClusterTroubleException>(client.Runs);
        Assert.Equal($"{coordinator.Address}: {sentence}", trouble.Message);
    }

    [Fact]
    public async Task WhatStandsBeforeACoordinatorThatIsAwayMakesItUnreachable()
    {
        await using ScriptedCoordinator coordinator = await ScriptedCoordinator.Start((context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
            return Task.CompletedTask;
        });
        using CoordinatorClient client = new(coordinator.Address, null);
        await Assert.ThrowsAsync<UnreachableException>(client.Runs);
    }

    [Fact]
    public async Task ALineThatIsSilentForItsPatienceIsGivenUp()
    {
        ManualClock clock = new();
        await using PatientStream line = new(new SilentStream("one"), TimeSpan.FromSeconds(20), clock);
        byte[] buffer = new byte[10];
        Assert.Equal("one", Encoding.UTF8.GetString(buffer, 0, await line.ReadAsync(buffer, TestContext.Current.CancellationToken)));
        ValueTask<int> next = line.ReadAsync(buffer, TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(19));
        Assert.False(next.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<TimeoutException>(next.AsTask);
    }

    /// <summary>Says something, then nothing more.</summary>
    private sealed class SilentStream(string first) : MemoryStream(Encoding.UTF8.GetBytes(first))
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position == Length)
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }

            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}

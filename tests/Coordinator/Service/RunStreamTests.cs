using System.Collections.Immutable;
using System.Text;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Service;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

public sealed class RunStreamTests
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly Board board = new();
    private readonly ManualClock clock = new();
    private readonly MemoryStream body = new();

    /// <summary>What changes on the board is another run most of the time; who follows this one must hear that the line is alive all the same.</summary>
    [Fact]
    public async Task ALineWithNothingToTellSaysThatItIsAlive()
    {
        Show(RunState.Running);
        DefaultHttpContext context = new() { Response = { Body = body } };
        Task told = new RunStream(board, 1, clock, TestContext.Current.CancellationToken).ExecuteAsync(context);
        await Waiting();
        clock.Advance(Pace);
        await Waiting();
        clock.Advance(RunStream.Quiet / 2);
        Show(RunState.Running);
        await Waiting();
        Assert.DoesNotContain(": alive", Text(), StringComparison.Ordinal);
        clock.Advance(RunStream.Quiet / 2);
        await Waiting();
        Assert.EndsWith("\n\n: alive\n\n", Text(), StringComparison.Ordinal);

        Show(RunState.Done);
        clock.Advance(Pace);
        await Waiting();
        clock.Advance(Pace);
        await told.WaitAsync(Brainsim.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(2, Text().Split("event: run\ndata: ").Length - 1);
        Assert.Equal(RunStream.MediaType, context.Response.ContentType);
    }

    private async Task Waiting() => Assert.True(await clock.Armed.WaitAsync(Brainsim.Patience, TestContext.Current.CancellationToken));

    private string Text() => Encoding.UTF8.GetString(body.ToArray());

    private void Show(string state)
    {
        RunView before = board.Now.Runs.GetValueOrDefault(1) ?? new RunView(1, "one", "", "", "", 0, 10, 0, 1, [], 0, DateTimeOffset.UnixEpoch, null, []);
        board.Show(new Snapshot(ImmutableSortedDictionary<long, RunView>.Empty.Add(1, before with { State = state }), []));
    }
}

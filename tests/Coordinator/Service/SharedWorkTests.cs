using BrainSim.Coordinator.Service;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

public sealed class SharedWorkTests
{
    private readonly SharedWork<int, string> shared = new();
    private readonly TaskCompletionSource<string> done = new();
    private int begun;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhoGoesAwayEndsTheWorkForNobody()
    {
        using CancellationTokenSource leaves = new();
        Task<string> first = shared.Of(1, Work, leaves.Token), second = shared.Of(1, Work, Token);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        done.SetResult("made");
        Assert.Equal(("made", 1), (await second, begun));
    }

    [Fact]
    public async Task OneKeyDoesNotWaitForAnother()
    {
        Task<string> slow = shared.Of(1, Work, Token);
        Assert.Equal("other", await shared.Of(2, () => Task.FromResult("other"), Token));
        Assert.False(slow.IsCompleted);
        done.SetResult("made");
        await slow;
    }

    [Fact]
    public async Task AfterAFailureItIsTriedAnew()
    {
        await Assert.ThrowsAsync<IOException>(() => shared.Of(1, () => throw new IOException("full"), Token));
        done.SetResult("made");
        Assert.Equal("made", await shared.Of(1, Work, Token));
    }

    private Task<string> Work()
    {
        Interlocked.Increment(ref begun);
        return done.Task;
    }
}

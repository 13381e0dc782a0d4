using BrainSim.Coordinator.Service;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

public sealed class ReadingTurnsTests
{
    private static readonly IReadOnlyDictionary<string, string> NoFiles = new Dictionary<string, string>();

    private readonly ReadingTurns turns = new(new ServiceLimits { MostArrayBytes = 1_000_000 });

    [Fact]
    public async Task AllThatAreReadAtOnceHaveNoMoreTogetherThanMayBe()
    {
        int places = turns.Runs.CurrentCount + turns.Sweeps.CurrentCount + turns.Results.CurrentCount;
        Assert.InRange((places * turns.SmallBytes) + turns.LargeBytes, 900_000, 1_000_000);
        Assert.Equal(turns.SmallBytes / 2, await turns.Read(turns.Sweeps, NoFiles, networks: 2, files => files.MostArrayBytes));
    }

    [Fact]
    public async Task WhoNeedsMoreWaitsForWhoHasItAndHoldsNobodyElseUp()
    {
        using ManualResetEventSlim leave = new();
        TaskCompletionSource entered = new();
        Task<long> first = turns.Read(turns.Runs, NoFiles, 1, files => Large(files, () =>
        {
            entered.SetResult();
            leave.Wait();
        }));
        await entered.Task;
        int others = 0;
        Task<long>[] later = [.. Enumerable.Range(0, 8).Select(_ => turns.Read(turns.Sweeps, NoFiles, 1, files => Large(files, () => Interlocked.Increment(ref others))))];
        Assert.Equal(turns.SmallBytes, await turns.Read(turns.Runs, NoFiles, 1, files => files.MostArrayBytes));
        Assert.Equal(turns.SmallBytes, await turns.Read(turns.Sweeps, NoFiles, 1, files => files.MostArrayBytes));
        Assert.Equal(0, others);
        leave.Set();
        Assert.All(await Task.WhenAll([first, .. later]), bytes => Assert.Equal(turns.LargeBytes, bytes));
        Assert.Equal(8, others);
    }

    [Fact]
    public async Task AMistakeIsToldOnceAndHoldsNoPlace()
    {
        int tries = 0;
        for (int n = 0; n < 100; n++)
        {
            await Assert.ThrowsAsync<UserMistakeException>(() => turns.Read<long>(turns.Sweeps, NoFiles, 1, _ =>
            {
                tries++;
                throw new UserMistakeException(new Place("net", 0, 0, ""), "a mistake.");
            }));
        }

        Assert.Equal(100, tries);
    }

    /// <returns>What it had in the end.</returns>
    private long Large(NamedFiles files, Action read)
    {
        if (files.MostArrayBytes < turns.LargeBytes)
        {
            files.LackedMemory = true;
            throw new ArrayMemoryException(new Place("net", 0, 0, ""), "needs more.");
        }

        read();
        return files.MostArrayBytes;
    }
}

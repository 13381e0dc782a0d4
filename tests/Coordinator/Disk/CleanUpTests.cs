using BrainSim.Coordinator.Disk;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Coordinator.Disk;

public sealed class CleanUpTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ResultsGoWhenTheyHaveBeenKeptLongEnoughAndWhatOnlyTheyNameWithThem()
    {
        KnownRun old = Done(1, days: 30) with { Blobs = ["both", "mine"] };
        KnownRun young = Done(2, days: 29) with { Blobs = ["both", "its"] };
        DiskFacts facts = new(Now, [1, 2], [old, young], [Blob("both"), Blob("mine"), Blob("its")]);
        CleanUp found = CleanUp.Of(facts, keepDays: 30);
        AssertRemoves(found, [1L], [1L], ["mine"]);
        CleanUp never = CleanUp.Of(facts, keepDays: null);
        AssertRemoves(never, [], [], []);
    }

    [Fact]
    public void ARemovedRunIsNotRemovedAgainAndLeavesNothingWhateverIsKeptNow()
    {
        CleanUp found = CleanUp.Of(new DiskFacts(Now, [1], [Done(1, days: 1) with { IsRemoved = true, Blobs = ["mine"] }], [Blob("mine")]), keepDays: null);
        AssertRemoves(found, [], [1L], ["mine"]);
        Assert.Empty(found.Unmade);
    }

    [Fact]
    public void WhatARunLeavesThatEndedWithoutResultsGoesAtOnceButItsNetworkStaysForTheReport()
    {
        KnownRun failed = new(1, Now, HasResults: false, false, false, ["network"]);
        CleanUp found = CleanUp.Of(new DiskFacts(Now, [1], [failed], [Blob("network")]), keepDays: 30);
        AssertRemoves(found, [], [1L], []);
    }

    [Fact]
    public void FoldersWithoutARunGoAndFilesThatNothingNamesAfterADay()
    {
        StoredBlob fresh = new("fresh", Now - CleanUp.Grace), stale = new("stale", Now - CleanUp.Grace - TimeSpan.FromSeconds(1));
        CleanUp found = CleanUp.Of(new DiskFacts(Now, [7], [], [fresh, stale]), keepDays: null);
        AssertRemoves(found, [], [7L], ["stale"]);
    }

    [Fact]
    public void ResultsArePutTogetherOfWhatHasResultsAndStillKept()
    {
        KnownRun[] runs = [Done(1, days: 0) with { HasFiles = false }, Done(2, days: 0), Done(3, days: 99) with { HasFiles = false }, new(4, null, false, false, false, [])];
        Assert.Equal([1], CleanUp.Of(new DiskFacts(Now, [], runs, []), keepDays: 30).Unmade);
    }

    /// <summary>Whatever lies about: nothing that a run needs which has not ended, and nothing of a done run that is kept, is ever touched.</summary>
    [Fact]
    public void NothingThatIsNeededIsEverRemoved()
    {
        Random random = TestSeed.Of(nameof(NothingThatIsNeededIsEverRemoved));
        string[] names = ["a", "b", "c", "d", "e"];
        for (int trial = 0; trial < 2000; trial++)
        {
            KnownRun[] runs = [.. Enumerable.Range(1, random.Next(6)).Select(run => Drawn(random, run, names))];
            StoredBlob[] blobs = [.. names.Select(name => new StoredBlob(name, Now - TimeSpan.FromHours(random.Next(72))))];
            int? keep = random.Next(2) == 0 ? null : random.Next(1, 5);
            CleanUp found = CleanUp.Of(new DiskFacts(Now, [.. Enumerable.Range(1, 8).Select(run => (long)run)], runs, blobs), keep);
            foreach (KnownRun run in runs.Where(run => run.EndedAt is null || (run is { HasResults: true, IsRemoved: false } && (keep is null || run.EndedAt.Value.AddDays(keep.Value) > Now))))
            {
                Assert.DoesNotContain(run.Run, found.Expired);
                Assert.DoesNotContain(run.Run, found.Folders);
                Assert.Empty(run.Blobs.Intersect(found.Blobs));
            }
        }
    }

    private static KnownRun Drawn(Random random, long run, string[] names)
    {
        DateTimeOffset? ended = random.Next(3) == 0 ? null : Now - TimeSpan.FromHours(random.Next(24 * 6));
        bool done = ended is not null && random.Next(2) == 0;
        return new KnownRun(run, ended, done, done && random.Next(3) == 0, random.Next(2) == 0, [.. names.Where(_ => random.Next(3) == 0)]);
    }

    private static KnownRun Done(long run, int days) => new(run, Now.AddDays(-days), HasResults: true, IsRemoved: false, HasFiles: true, []);

    private static StoredBlob Blob(string name) => new(name, Now.AddDays(-40));

    private static void AssertRemoves(CleanUp found, long[] expired, long[] folders, string[] blobs)
    {
        Assert.Equal(expired, found.Expired);
        Assert.Equal(folders, found.Folders);
        Assert.Equal(blobs, found.Blobs);
    }
}

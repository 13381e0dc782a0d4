using BrainSim.Contracts;
using BrainSim.Coordinator.Store;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Coordinator.Store;

public sealed class SqliteRunStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WhatWasAppendedIsThereAfterReopening()
    {
        JournalRecord[] all = [Submitted(1), Ended(1), Submitted(2)];
        using (SqliteRunStore store = Open("j.db"))
        {
            Array.ForEach(all, store.Append);
        }

        using SqliteRunStore again = Open("j.db");
        Assert.Equal(all, again.Load());
        Assert.Equal([all[0], all[1]], again.History(1).Select(entry => entry.Record));
    }

    /// <summary>What a crash leaves on the disk at any moment is a copy of the files as they are then: the log has been written up to some byte, and flushed up to the last answer.</summary>
    [Fact]
    public void ALogTornAnywhereHoldsTheFirstRecordsWholeAndTakesMore()
    {
        const int records = 6;
        using SqliteRunStore store = Open("j.db");
        long[] sizes = new long[records + 1];
        sizes[0] = new FileInfo(folder.At("j.db-wal")).Length;
        for (int r = 0; r < records; r++)
        {
            store.Append(Submitted(r + 1));
            sizes[r + 1] = new FileInfo(folder.At("j.db-wal")).Length;
        }

        byte[] log = ReadShared("j.db-wal");
        for (long cut = sizes[0]; cut <= log.Length; cut += 509)
        {
            folder.Write("torn.db", ReadShared("j.db"));
            folder.Write("torn.db-wal", log[..(int)cut]);
            File.Delete(folder.At("torn.db-shm"));
            using SqliteRunStore torn = Open("torn.db");
            int answered = sizes.Count(size => size <= cut) - 1;
            JournalRecord[] found = [.. torn.Load()];
            Assert.InRange(found.Length, answered, Math.Min(answered + 1, records));
            Assert.Equal(Enumerable.Range(1, found.Length).Select(run => Submitted(run)), found);
            torn.Append(Ended(99));
            Assert.Equal(Ended(99), torn.Load().Last());
        }
    }

    [Fact]
    public void AFileThatIsNoJournalIsRefusedInOneSentence()
    {
        folder.Write("j.db", "This is a text, not a database, and long enough to look like one."u8.ToArray());
        UserMistakeException problem = Assert.Throws<UserMistakeException>(() => Open("j.db"));
        Assert.Contains("is no journal that this program can use", problem.Message, StringComparison.Ordinal);
    }

    private SqliteRunStore Open(string name) => new(folder.At(name), TimeProvider.System);

    private byte[] ReadShared(string name)
    {
        using FileStream file = new(folder.At(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] all = new byte[file.Length];
        file.ReadExactly(all);
        return all;
    }

    private static JournalRecord Submitted(long run) => new() { Submitted = new Submission { Run = run, Key = $"key {run}", Name = new string('n', (int)run * 100), Need = new RunNeed { Steps = run } } };

    private static JournalRecord Ended(long run) => new() { Ended = new RunEnded { Run = run, Outcome = RunOutcome.Cancelled, Message = "by a test" } };
}

using System.Security.Cryptography;
using BrainSim.Contracts;
using BrainSim.Coordinator.Disk;
using BrainSim.Coordinator.Store;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Coordinator.Store;

public sealed class DataFolderTests : IDisposable
{
    private static readonly byte[] Content = "what a file holds"u8.ToArray();

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ABlobIsKeptUnderItsHashAndNoOther()
    {
        using DataFolder data = Open();
        string right = HashOf(Content);
        Assert.False(data.Blobs.Has(right));
        Assert.False(await data.Blobs.Put(HashOf([1]), new MemoryStream(Content), Token));
        Assert.False(data.Blobs.Has(HashOf([1])));
        Assert.True(await data.Blobs.Put(right, new MemoryStream(Content), Token));
        Assert.Equal(Content, await File.ReadAllBytesAsync(data.Blobs.PathOf(right), Token));
    }

    [Theory]
    [InlineData("../../journal.db")]
    [InlineData("")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde/")]
    public void WhatIsNoHashNamesNoFile(string name)
    {
        using DataFolder data = Open();
        Assert.False(data.Blobs.Has(name));
        Assert.Throws<ArgumentException>(() => data.Blobs.PathOf(name));
    }

    [Fact]
    public async Task WhatBreaksOffOrIsTooLargeLeavesNothing()
    {
        using DataFolder data = Open();
        await Assert.ThrowsAsync<IOException>(() => data.Blobs.Put(HashOf(Content), new BreakingStream(), Token));
        await Assert.ThrowsAsync<TooLargeException>(() => data.Incoming.Keep(new MemoryStream(Content), Content.Length - 1, _ => folder.At("x"), Token));
        Assert.Equal(["journal.db", "journal.db-shm", "journal.db-wal", "lock"], Directory.GetFiles(folder.At("data"), "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void WhatACrashLeftUnderWayIsRemovedAtTheNextStart()
    {
        Open().Dispose();
        string left = Path.Combine(folder.At("data"), "incoming", "7");
        File.WriteAllText(left, "half");
        Open().Dispose();
        Assert.False(File.Exists(left));
    }

    [Fact]
    public void OneFolderIsHeldByOneCoordinator()
    {
        using DataFolder first = Open();
        UserMistakeException problem = Assert.Throws<UserMistakeException>(Open);
        Assert.Contains("another coordinator has it", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACommittedCheckpointMakesTheOlderOnesNeedless()
    {
        using DataFolder data = Open();
        PartKey[] keys = [Key(1, 100, 0), Key(1, 200, 0), Key(2, 100, 0), Key(2, 200, 0), Key(2, 300, 0), Key(3, 150, 0)];
        foreach (PartKey key in keys)
        {
            PartKept kept = await data.Parts.Put(key, new MemoryStream(Content), Token);
            Assert.Equal((HashOf(Content), Content.Length), (kept.Sha256, (int)kept.Bytes));
        }

        // Committed in epoch 2 is the checkpoint that epoch 1 had made at step 200.
        CheckpointReference committed = new() { Epoch = new RunEpoch { Run = 7, Epoch = 2 }, Step = 200, Parts = { new PartKept { Key = keys[1] } } };
        data.Parts.Forget(7, committed);
        Assert.Equal([keys[1], keys[3], keys[4]], keys.Where(key => File.Exists(data.Parts.PathOf(key))));
        data.Parts.Forget(7, null);
        Assert.DoesNotContain(keys, key => File.Exists(data.Parts.PathOf(key)));
    }

    /// <summary>A name lasts when the folder that holds it has been flushed, which holds for the names of folders too.</summary>
    [Fact]
    public async Task AFoldersNameIsMadeToLastAsAFilesIs()
    {
        List<string> flushed = [];
        IncomingFiles incoming = new(folder.At("incoming"), new DiskRoom(), flushed.Add);
        await incoming.Keep(new MemoryStream(Content), 100, _ => folder.At("runs/7/recorded/1-0-0-5"), Token);
        Assert.Equal([Path.GetDirectoryName(folder.At("runs"))!, folder.At("runs"), folder.At("runs/7"), folder.At("runs/7/recorded")], flushed);
        flushed.Clear();
        await incoming.Keep(new MemoryStream(Content), 100, _ => folder.At("runs/7/recorded/1-0-5-9"), Token);
        Assert.Equal([folder.At("runs/7/recorded")], flushed);
    }

    [Fact]
    public async Task FilesThatAreNoPartsAreLeftAlone()
    {
        using DataFolder data = Open();
        await data.Parts.Put(Key(1, 100, 0), new MemoryStream(Content), Token);
        await data.Parts.Put(new PartKey { Epoch = new RunEpoch { Run = 7, Epoch = 1 }, Step = 5, IsRecorded = true }, new MemoryStream(Content), Token);
        string stray = folder.Write("data/runs/7/notes-of-mine", []), among = folder.Write("data/runs/7/recorded/1-0-x-5", []);
        Assert.Equal([5], data.Parts.Recorded(new RunEpoch { Run = 7, Epoch = 1 }).Select(key => key.Step));
        data.Parts.ForgetRecorded(new RunEpoch { Run = 7, Epoch = 2 }, 0);
        data.Parts.Forget(7, new CheckpointReference { Epoch = new RunEpoch { Run = 7, Epoch = 2 }, Step = 200 });
        Assert.Equal([stray, among], Directory.GetFiles(folder.At("data/runs/7"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
    }

    private DataFolder Open() => DataFolder.Open(folder.At("data"), TimeProvider.System);

    private static string HashOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static PartKey Key(int epoch, long step, int shard) => new() { Epoch = new RunEpoch { Run = 7, Epoch = epoch }, Step = step, Shard = shard };

    private sealed class BreakingStream : MemoryStream
    {
        private bool begun;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (begun)
            {
                throw new IOException("the line is cut");
            }

            begun = true;
            return ValueTask.FromResult(10);
        }
    }
}

using System.Collections.Immutable;
using BrainSim.Engine.Kernels.Cpu;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Node;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Invariance;

/// <summary>A run that goes through a checkpoint, restored on another number of shards, leaves behind what an undisturbed run does.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("brainsim-checkpoint-").FullName;

    public static TheoryData<string, string> Networks => InvariantNetworks.Cases;

    public static TheoryData<string, string> Models => LibraryModels.NamesAndPrecisions;

    private string Path_ => Path.Combine(folder, "checkpoint");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Networks))]
    public void NetworksGoOnFromCheckpoints(string name, string precision) => GoesOn(InvariantNetworks.Text(name, precision));

    [Theory]
    [MemberData(nameof(Models))]
    public void ModelsGoOnFromCheckpoints(string model, string precision) => GoesOn(LibraryModels.Network(model, new Random(1), precision, coupled: true));

    [Fact]
    public void ThreadsTakeAndRestoreCheckpoints()
    {
        NetworkSpec network = Runs.Read(InvariantNetworks.Text("coba, random delays", "float64"));
        CompiledNetwork compiled = CompiledNetwork.Of(network);
        using SerialRun undisturbed = new SerialRun(compiled).Run();
        List<Checkpoint> kept = [];
        MemoryChunks recording = new();
        using (LocalHost host = new(compiled, 3, 2, recording: recording) { NextMeeting = step => step + 3, IsCheckpointDue = step => step % 7 < 2, KeepCheckpoint = kept.Add })
        {
            host.Run(_ => { }, TestContext.Current.CancellationToken);
            Assert.Equal(undisturbed.StateHash, host.StateHash);
        }

        Assert.True(kept.Count > 2);
        using LocalHost resumed = new(compiled, 5, 2, recording: recording);
        resumed.Begin(kept[kept.Count / 2]);
        resumed.Run(_ => { }, TestContext.Current.CancellationToken);
        Assert.Null(Fingerprint.Of(resumed, network).DifferenceFrom(Fingerprint.Of(undisturbed, network)));
    }

    [Fact]
    public void WrongFilesAreRefusedWithTheReason()
    {
        CompiledNetwork compiled = CompiledNetwork.Of(Runs.Read(InvariantNetworks.Text("coba", "float64")));
        using SerialRun run = new(compiled);
        run.RunTo(10);
        CheckpointFile.Write(Path_, run.TakeCheckpoint());
        byte[] whole = File.ReadAllBytes(Path_);
        Assert.Equal(run.Shards[0].Step, CheckpointFile.Read(Path_, compiled.Network.Hash).Step);
        Refused("another network", whole, "0000");
        Refused("is no checkpoint", [], compiled.Network.Hash);
        Refused("is no checkpoint", [.. "PK"u8, .. whole[2..]], compiled.Network.Hash);
        Refused("version 9", [.. whole[..8], 9, 0, 0, 0, .. whole[12..]], compiled.Network.Hash);
        byte[] kept = CheckpointFile.ToBytes(run.TakeCheckpoint());
        Assert.Equal(run.Shards[0].Step, CheckpointFile.FromBytes(kept).Step);
        Assert.Contains("version 9", Assert.Throws<InvalidDataException>(() => CheckpointFile.FromBytes([.. kept[..8], 9, 0, 0, 0, .. kept[12..]])).Message, StringComparison.Ordinal);
        Assert.Contains("is no checkpoint", Assert.Throws<InvalidDataException>(() => CheckpointFile.FromBytes(kept[..5])).Message, StringComparison.Ordinal);
        Refused("damaged or cut short", whole[..^1], compiled.Network.Hash);
        Refused("damaged or cut short", whole[..(whole.Length / 2)], compiled.Network.Hash);
        foreach (int at in Enumerable.Range(0, 50).Select(k => 12 + (k * (whole.Length - 13) / 50)))
        {
            byte[] bent = [.. whole];
            bent[at] ^= 1;
            Refused("damaged or cut short", bent, compiled.Network.Hash);
        }

        File.Delete(Path_);
        Assert.Contains("cannot be read", Assert.Throws<UserMistakeException>(() => CheckpointFile.Read(Path_, compiled.Network.Hash)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACheckpointHasItsNameOnlyWhenItIsWhole()
    {
        CompiledNetwork compiled = CompiledNetwork.Of(Runs.Read(InvariantNetworks.Text("coba", "float64")));
        using SerialRun run = new(compiled);
        Directory.CreateDirectory(Path_ + ".tmp");
        Assert.ThrowsAny<Exception>(() => CheckpointFile.Write(Path_, run.TakeCheckpoint()));
        Assert.False(File.Exists(Path_));
    }

    /// <summary>A file of zeros behind a good header, larger than any array, which takes no room on the disk: it is read to its end and found wrong there.</summary>
    [Fact]
    public void CheckpointsMayBeLargerThanAnArray()
    {
        using (FileStream file = File.Create(Path_))
        {
            file.Write([.. "BSIMCKPT"u8, 5, 0, 0, 0]);
            file.SetLength(Array.MaxLength + 1000L);
        }

        Assert.Contains("damaged or cut short", Assert.Throws<UserMistakeException>(() => CheckpointFile.Read(Path_, "")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnArrayThatNoCheckpointCanHoldIsRefused()
    {
        using SerialRun run = new(CompiledNetwork.Of(Runs.Read(InvariantNetworks.Text("coba", "float64"))));
        Checkpoint large = run.TakeCheckpoint() with { SpikeCounts = GC.AllocateUninitializedArray<long>(1 << 28) };
        Assert.Contains(
            "would hold an array of 2.1 GB, and at most 2.1 GB fit", Assert.Throws<UserMistakeException>(() => CheckpointFile.Write(Path_, large)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path_));
    }

    /// <summary>The same network, made into other columns by another version.</summary>
    [Fact]
    public void ColumnsOfAnotherVersionAreRefused()
    {
        using SerialRun run = new(CompiledNetwork.Of(Runs.Read(InvariantNetworks.Text("coba", "float64"))));
        CheckpointFile.Write(Path_, run.TakeCheckpoint());
        Checkpoint kept = CheckpointFile.Read(Path_, run.TakeCheckpoint().NetworkHash);
        ImmutableArray<string> names = kept.ColumnNames[1];
        Assert.Contains("V", names);
        run.Restore(kept);
        foreach (ImmutableArray<string> others in (ImmutableArray<string>[])[[.. names.Reverse()], [.. names, "w"], names[1..]])
        {
            string message = Assert.Throws<UserMistakeException>(() => run.Restore(kept with { ColumnNames = [kept.ColumnNames[0], others] })).Message;
            Assert.StartsWith($"checkpoint: populations.I: holds {string.Join(", ", others)} where this version of brainsim computes {string.Join(", ", names)};", message, StringComparison.Ordinal);
        }
    }

    private void Refused(string reason, byte[] bytes, string networkHash)
    {
        File.WriteAllBytes(Path_, bytes);
        Assert.Contains(reason, Assert.Throws<UserMistakeException>(() => CheckpointFile.Read(Path_, networkHash)).Message, StringComparison.Ordinal);
    }

    /// <summary>Twice through a file, each time on another number of shards and another width.</summary>
    private void GoesOn(string text)
    {
        NetworkSpec network = Runs.Read(text);
        using SerialRun undisturbed = new SerialRun(CompiledNetwork.Of(network)).Run();
        Fingerprint expected = Fingerprint.Of(undisturbed, network);
        (int Shards, long Until)[] stages = [(2, network.Steps / 3), (7, network.Steps * 2 / 3), (1, network.Steps)];
        Checkpoint? checkpoint = null;
        MemoryChunks recording = new();
        foreach (((int shards, long until), int stage) in stages.Select((s, i) => (s, i)))
        {
            int bits = VectorWidth.Supported.ElementAt(stage % VectorWidth.Supported.Count());
            using SerialRun run = new(CompiledNetwork.Of(network, BackEnd.Cpu, bits), shards, recording);
            run.Restore(checkpoint);
            run.RunTo(until);
            if (until == network.Steps)
            {
                Assert.Null(Fingerprint.Of(run, network).DifferenceFrom(expected));
                return;
            }

            CheckpointFile.Write(Path_, run.TakeCheckpoint());
            checkpoint = CheckpointFile.Read(Path_, network.Hash);
        }
    }
}

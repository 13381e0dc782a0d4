using System.Diagnostics;
using System.Formats.Tar;
using System.Text;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using BrainSim.Coordinator.Store;
using BrainSim.Tests.Architecture;
using BrainSim.Tests.Coordinator.Service;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Coordinator.Store;

/// <summary>What is copied while a coordinator works is what another begins with.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Brainsim brainsim = new();

    public void Dispose()
    {
        folder.Dispose();
        brainsim.Dispose();
    }

    [Fact]
    public async Task UnpackedElsewhereItHasTheRunsAndTheirResults()
    {
        ResultFile[] results;
        RunView done;
        await using (TestCluster cluster = await TestCluster.Start(nodes: 1))
        {
            using CoordinatorClient client = cluster.Client();
            done = await client.Follow(await cluster.Run(Networks.Small), _ => { });
            results = await client.Results(done.Run);
            await cluster.Run(Networks.Long, "goes on");
            Brainsim.Ended ended = brainsim.StartBy("sh", "-c", "exec \"$0\" \"$@\" >whole.tar", Repository.Absolute("brainsim"), "backup", "--data", cluster.At("data"), "--out", "-").End();
            Assert.Equal((0, ""), (ended.Code, ended.Error));
            Assert.DoesNotContain(Directory.GetFiles(cluster.At("data/incoming")), path => path.Contains("backup", StringComparison.Ordinal));
        }

        Directory.CreateDirectory(brainsim.At("restored"));
        using Process tar = Process.Start("tar", ["-xf", brainsim.At("whole.tar"), "-C", brainsim.At("restored")]);
        await tar.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, tar.ExitCode);
        await using TestCluster restored = await TestCluster.Start(data: brainsim.At("restored"));
        using CoordinatorClient asks = restored.Client();
        Assert.Equal([(done.Run, true), (done.Run + 1, false)], (await asks.Runs()).Select(run => (run.Run, run.HasEnded)));
        Assert.Equal(done.StateHash, (await asks.Run(done.Run)).StateHash);
        Assert.Equal(results, await asks.Results(done.Run));
        await asks.Fetch(done.Run, results[0], folder.At("result"));
    }

    [Fact]
    public void WhatTakesAnothersPlaceMeanwhileIsThere()
    {
        DataFolder.Open(folder.At("data"), TimeProvider.System).Dispose();
        foreach (string part in (string[])["1-0-0", "1-0-1"])
        {
            Directory.CreateDirectory(folder.At("data/runs/1"));
            File.WriteAllText(folder.At($"data/runs/1/{part}"), part);
        }

        using MemoryStream archive = new();
        Backup.Write(folder.At("data"), new WatchedStream(archive, "runs/1/1-0-0", () =>
        {
            File.Delete(folder.At("data/runs/1/1-0-1"));
            File.WriteAllText(folder.At("data/runs/1/results.json"), "[]");
        }));
        archive.Position = 0;
        using TarReader tar = new(archive);
        List<string> names = [];
        while (tar.GetNextEntry() is { } entry)
        {
            names.Add(entry.Name);
        }

        Assert.Equal(["journal.db", "runs/1/1-0-0", "runs/1/results.json"], names);
    }

    [Theory]
    [InlineData("holds no journal.db; name the folder of a coordinator", "nowhere", "b.tar")]
    [InlineData("cannot be copied", "damaged", "b.tar")]
    [InlineData("is no whole backup", "data", "nowhere/b.tar")]
    public void AMistakeIsOneSentence(string sentence, string data, string file)
    {
        DataFolder.Open(brainsim.At("data"), TimeProvider.System).Dispose();
        Directory.CreateDirectory(brainsim.At("damaged"));
        File.WriteAllText(brainsim.At("damaged/journal.db"), "no journal at all, but longer than the head of one: " + new string('x', 200));
        Brainsim.Ended ended = brainsim.Run("backup", "--data", data, "--out", file);
        Assert.Equal((2, ""), (ended.Code, ended.Output));
        Assert.Contains(sentence, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(brainsim.At(file)));
    }

    /// <summary>Does something when a text comes by for the first time.</summary>
    private sealed class WatchedStream(Stream inner, string text, Action then) : Stream
    {
        private Action todo = then;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Encoding.Latin1.GetString(buffer, offset, count).Contains(text, StringComparison.Ordinal))
            {
                todo();
                todo = () => { };
            }

            inner.Write(buffer, offset, count);
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

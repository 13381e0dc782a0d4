using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Coordinator;

/// <summary>Runs that are killed, and go on.</summary>
public sealed class ResumeTests : IDisposable
{
    /// <summary>Long enough to be killed in the middle.</summary>
    private const string Network = """
        name: killed
        dt: 0.1
        duration: 400
        seed: 5
        populations:
          E: {size: 320, model: lif, params: {tau: 20, V_rest: -60, V_reset: -60, V_th: -50, t_ref: 5}, init: {V: "normal(-60, 5)"}}
          I: {size: 80, like: E}
        projections:
          - {pre: E, post: [E, I], connect: {fixed_prob: 0.2}, synapse: exp_cond, params: {tau: 5, E: 0}, weight: 0.6, delay: "uniform(0.5, 3)"}
          - {pre: I, post: [E, I], connect: {fixed_prob: 0.2}, synapse: exp_cond, params: {tau: 10, E: -80}, weight: 6.7, delay: 0.5}
        inputs:
          - {to: E.I, value: 20}
          - {to: I.I, value: 20}
        monitors:
          - {name: spikes, of: E, record: spikes}
          - {name: v, of: E, record: V, index: "0:5", every: 1}
          - {name: rate, of: I, record: rate, every: 10}
        """;

    /// <summary>The same, with so much to write in the end that the process can be killed meanwhile, and more than a pipe holds in what comes last.</summary>
    private const string Recorded = Network + "\n  - {name: all, of: E, record: [V, I], every: 0.1}\n  - {name: last, of: I, record: [V, I], every: 0.1}\n";

    private const int Kills = 20;

    private readonly Brainsim brainsim = new();

    public void Dispose() => brainsim.Dispose();

    /// <summary>The moment is drawn: some milliseconds after so many checkpoints the process gets SIGKILL, wherever it is then.</summary>
    [Fact]
    public void ARunThatIsKilledEndsAsIfItHadNotBeen()
    {
        brainsim.Write("net.yaml", Network);
        brainsim.Run("run", "net.yaml", "--out", "whole", "--quiet").Fine();
        Random random = TestSeed.Of(nameof(ARunThatIsKilledEndsAsIfItHadNotBeen));
        int resumed = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            string folder = $"killed{kill}";
            int checkpoints = random.Next(1, 20);
            TimeSpan delay = TimeSpan.FromMilliseconds(random.Next(0, 20));
            KillAfter(
                name => name == "run.json" || (name == "checkpoint" && --checkpoints == 0), delay,
                folder, "run", "net.yaml", "--out", folder, "--checkpoint-every", "8ms", "--shards", $"{1 + (kill % 3)}");
            if (!File.Exists(brainsim.At($"{folder}/run.json")))
            {
                resumed++;
                brainsim.Run("resume", folder, "--quiet", "--shards", $"{1 + ((kill + 1) % 4)}", "--threads", "2").Fine();
            }

            SameAs("whole", folder);
        }

        Assert.True(resumed >= Kills / 2, $"only {resumed} of {Kills} runs were killed before their end");
    }

    /// <summary>The request is there from the start, the first checkpoint would come with the last step.</summary>
    [Fact]
    public void ARunThatIsKilledBeforeItsFirstCheckpointBeginsAnew()
    {
        brainsim.Write("net.yaml", Network);
        brainsim.Run("run", "net.yaml", "--out", "whole", "--quiet").Fine();
        KillAfter(name => name == "request.json", TimeSpan.Zero, "killed", "run", "net.yaml", "--out", "killed", "--checkpoint-every", "400ms");
        Assert.False(File.Exists(brainsim.At("killed/checkpoint")));
        Assert.Contains("killed holds no checkpoint yet: the run begins anew.", brainsim.Run("resume", "killed").Fine().OutputLines);
        SameAs("whole", "killed");
    }

    /// <summary>
    /// The recordings are written in the order of the file, then the manifest; the process is killed somewhere behind the first of them. It cannot get to the
    /// manifest before: the last recording's name is a pipe that nobody reads, and who opens it waits.
    /// </summary>
    [Fact]
    public void ARunThatIsKilledWhileItWritesItsResultsWritesThemAgain()
    {
        brainsim.Write("net.yaml", Recorded);
        brainsim.Run("run", "net.yaml", "--out", "whole", "--quiet").Fine();
        Random random = TestSeed.Of(nameof(ARunThatIsKilledWhileItWritesItsResultsWritesThemAgain));
        for (int kill = 0; kill < 3; kill++)
        {
            string folder = $"killed{kill}";
            Directory.CreateDirectory(brainsim.At(folder));
            using (Process pipe = Process.Start("mkfifo", brainsim.At($"{folder}/last.npz")))
            {
                pipe.WaitForExit();
            }

            KillAfter(name => name == "spikes.npz", TimeSpan.FromMilliseconds(random.Next(0, 60)), folder, "run", "net.yaml", "--out", folder, "--checkpoint-every", "150ms");
            File.Delete(brainsim.At($"{folder}/last.npz"));
            Assert.False(File.Exists(brainsim.At($"{folder}/run.json")));
            brainsim.Write("net.yaml", Recorded.Replace("0.6", "0.7", StringComparison.Ordinal));
            Refused("belongs to another network", "resume", folder);
            brainsim.Write("net.yaml", Recorded);
            Directory.Move(brainsim.At($"{folder}/recording"), brainsim.At("away"));
            Refused("no longer holds all that was recorded before the checkpoint", "resume", folder);
            Directory.Move(brainsim.At("away"), brainsim.At($"{folder}/recording"));
            brainsim.Run("resume", folder, "--quiet").Fine();
            SameAs("whole", folder);
        }
    }

    /// <summary>A disk that is full in the end loses nothing: resume writes what it had no room for.</summary>
    [Fact]
    public void ARunThatCannotWriteItsResultsWritesThemLater()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no disk that is always full");
        brainsim.Write("net.yaml", Network);
        brainsim.Run("run", "net.yaml", "--out", "whole", "--quiet").Fine();
        Directory.CreateDirectory(brainsim.At("full"));
        File.CreateSymbolicLink(brainsim.At("full/v.npz"), "/dev/full");
        Refused("--out: full: cannot be written: ", "run", "net.yaml", "--out", "full", "--checkpoint-every", "300ms", "--shards", "2");
        Assert.False(File.Exists(brainsim.At("full/run.json")));
        File.Delete(brainsim.At("full/v.npz"));
        brainsim.Run("resume", "full", "--quiet", "--shards", "3").Fine();
        SameAs("whole", "full");
    }

    /// <summary>A signal ends the run with all its files, of the steps that were done; and resume goes on all the same.</summary>
    [Fact]
    public void ARunThatIsInterruptedLeavesItsFilesAndGoesOn()
    {
        brainsim.Write("net.yaml", Network.Replace("duration: 400", "duration: 2000", StringComparison.Ordinal));
        brainsim.Run("run", "net.yaml", "--out", "whole", "--quiet").Fine();
        Brainsim.Ended ended = End(name => name == "checkpoint", started => started.Signal("TERM"), "out", "run", "net.yaml", "--out", "out", "--checkpoint-every", "20ms", "--shards", "2");
        Assert.Equal((130, ""), (ended.Code, ended.Error));
        long steps = JsonDocument.Parse(File.ReadAllText(brainsim.At("out/run.json"))).RootElement.GetProperty("steps").GetInt64();
        Assert.Equal([(int)(steps / 10), 5], ArrayFiles.Read(brainsim.At("out/v.npz"), "V", new Place("test", 0, 0, "")).Shape);
        brainsim.Run("resume", "out", "--quiet", "--shards", "3").Fine();
        SameAs("whole", "out");
        Assert.False(Directory.Exists(brainsim.At("out/recording")));
    }

    /// <summary>What a kill, or a full disk, may leave of a manifest says nothing of an end.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("{\"name\": \"kil")]
    public void APartOfAManifestIsNone(string part)
    {
        brainsim.Write("net.yaml", Network);
        brainsim.Run("run", "net.yaml", "--out", "whole", "--checkpoint-every", "100ms", "--quiet").Fine();
        string hash = Hash("whole");
        brainsim.Write("whole/run.json", part);
        brainsim.Run("resume", "whole", "--quiet").Fine();
        Assert.Equal(hash, Hash("whole"));
    }

    /// <summary>The manifest gets its name when it is whole: it is never created, only renamed.</summary>
    [Fact]
    public void TheManifestIsNeverThereInPart()
    {
        brainsim.Write("net.yaml", Network);
        Directory.CreateDirectory(brainsim.At("out"));
        ConcurrentQueue<string> events = new();
        using ManualResetEventSlim named = new();
        using FileSystemWatcher watcher = new(brainsim.At("out")) { NotifyFilter = NotifyFilters.FileName };
        FileSystemEventHandler note = (_, e) =>
        {
            if (e.Name == "run.json")
            {
                events.Enqueue($"{e.ChangeType}");
                named.Set();
            }
        };
        watcher.Created += note;
        watcher.Renamed += (sender, e) => note(sender, e);
        watcher.EnableRaisingEvents = true;
        brainsim.Run("run", "net.yaml", "--out", "out", "--quiet").Fine();
        Assert.True(named.Wait(Brainsim.Patience, TestContext.Current.CancellationToken), "no manifest was seen");
        Assert.Equal([nameof(WatcherChangeTypes.Renamed)], events);
    }

    [Fact]
    public void WhatCannotBeResumedIsRefused()
    {
        brainsim.Write("net.yaml", Network);
        Refused("holds no run to resume", "resume", "nothing");
        Refused("needs --out DIR", "run", "net.yaml", "--checkpoint-every", "10ms");
        Refused("'soon' is no time", "run", "net.yaml", "--out", "out", "--checkpoint-every", "soon");
        Refused("shorter than a step", "run", "net.yaml", "--out", "out", "--checkpoint-every", "0.01ms");
        brainsim.Run("run", "net.yaml", "--out", "done", "--duration", "20", "--checkpoint-every", "10ms", "--quiet").Fine();
        Refused("there is nothing to resume", "resume", "done");
        Assert.Equal(["rate.npz", "request.json", "run.json", "spikes.npz", "v.npz"], Directory.GetFileSystemEntries(brainsim.At("done")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    /// <summary>Kills a run, unless it has ended, some time after a name that is waited for has appeared in its folder.</summary>
    private void KillAfter(Func<string, bool> isAwaited, TimeSpan delay, string folder, params string[] arguments) => End(isAwaited, started => started.KillAfter(delay), folder, arguments);

    /// <summary>Starts a run and does something to it when a name that is waited for has appeared in its folder.</summary>
    private Brainsim.Ended End(Func<string, bool> isAwaited, Action<Brainsim.Started> end, string folder, params string[] arguments)
    {
        Directory.CreateDirectory(brainsim.At(folder));
        using ManualResetEventSlim reached = new();
        using FileSystemWatcher watcher = new(brainsim.At(folder)) { NotifyFilter = NotifyFilters.FileName };
        FileSystemEventHandler see = (_, e) =>
        {
            lock (watcher)
            {
                if (isAwaited(e.Name!))
                {
                    reached.Set();
                }
            }
        };
        watcher.Created += see;
        watcher.Renamed += (sender, e) => see(sender, e);
        watcher.EnableRaisingEvents = true;
        Brainsim.Started started = brainsim.Start(arguments);
        Assert.True(reached.Wait(Brainsim.Patience), $"of {string.Join(' ', arguments)} nothing was seen that the test waits for");
        end(started);
        return started.End();
    }

    private void SameAs(string whole, string folder)
    {
        Assert.Equal(Hash(whole), Hash(folder));
        foreach (string path in Directory.GetFiles(brainsim.At(whole), "*.npz"))
        {
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(brainsim.At($"{folder}/{Path.GetFileName(path)}")));
        }
    }

    private string Hash(string folder) => JsonDocument.Parse(File.ReadAllText(brainsim.At($"{folder}/run.json"))).RootElement.GetProperty("state_hash").GetString()!;

    private void Refused(string reason, params string[] arguments)
    {
        Brainsim.Ended ended = brainsim.Run(arguments);
        Assert.Equal(2, ended.Code);
        Assert.Contains(reason, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }
}

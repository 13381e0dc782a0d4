using System.Text.Json;
using Xunit;

namespace BrainSim.Tests.Coordinator;

/// <summary>Runs that are killed, and go on.</summary>
public sealed class ResumeTests : IDisposable
{
    /// <summary>Keeps a checkpoint about every window; long enough to be killed in the middle.</summary>
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

    private const int Kills = 20;

    private readonly Brainsim brainsim = new();

    public void Dispose() => brainsim.Dispose();

    /// <summary>The moment is drawn: after so many checkpoints the process gets SIGKILL, wherever it is then.</summary>
    [Fact]
    public void ARunThatIsKilledEndsAsIfItHadNotBeen()
    {
        brainsim.Write("net.yaml", Network);
        brainsim.Run("run", "net.yaml", "--out", "whole", "--quiet").Fine();
        Random random = new(20261120);
        int resumed = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            string folder = $"killed{kill}";
            Directory.CreateDirectory(brainsim.At(folder));
            KillAfter(random.Next(1, 60), folder, "run", "net.yaml", "--out", folder, "--checkpoint-every", "2ms", "--shards", $"{1 + (kill % 3)}");
            if (!File.Exists(brainsim.At($"{folder}/run.json")))
            {
                resumed++;
                brainsim.Run("resume", folder, "--quiet", "--shards", $"{1 + ((kill + 1) % 4)}", "--threads", "2").Fine();
            }

            Assert.Equal(Hash("whole"), Hash(folder));
            foreach (string name in (string[])["spikes.npz", "v.npz", "rate.npz"])
            {
                Assert.Equal(File.ReadAllBytes(brainsim.At($"whole/{name}")), File.ReadAllBytes(brainsim.At($"{folder}/{name}")));
            }
        }

        Assert.True(resumed >= Kills / 2, $"only {resumed} of {Kills} runs were killed before their end");
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
        File.Delete(brainsim.At("done/run.json"));
        brainsim.Write("net.yaml", Network.Replace("0.6", "0.7", StringComparison.Ordinal));
        Refused("belongs to another network", "resume", "done");
    }

    private void KillAfter(int checkpoints, string folder, params string[] arguments)
    {
        using ManualResetEventSlim reached = new();
        int seen = 0;
        using FileSystemWatcher watcher = new(brainsim.At(folder)) { NotifyFilter = NotifyFilters.FileName };
        watcher.Renamed += (_, _) =>
        {
            if (Interlocked.Increment(ref seen) == checkpoints)
            {
                reached.Set();
            }
        };
        watcher.Created += (_, e) =>
        {
            if (e.Name == "run.json")
            {
                reached.Set();
            }
        };
        watcher.EnableRaisingEvents = true;
        Brainsim.Started started = brainsim.Start(arguments);
        Assert.True(reached.Wait(Brainsim.Patience), "neither a checkpoint nor an end was seen");
        started.Signal("KILL");
        started.End();
    }

    private string Hash(string folder) => JsonDocument.Parse(File.ReadAllText(brainsim.At($"{folder}/run.json"))).RootElement.GetProperty("state_hash").GetString()!;

    private void Refused(string reason, params string[] arguments)
    {
        Brainsim.Ended ended = brainsim.Run(arguments);
        Assert.Equal(2, ended.Code);
        Assert.Contains(reason, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }
}

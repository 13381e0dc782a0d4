using System.Globalization;
using System.Text.Json;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Coordinator;

public class InterruptionTests
{
    [Theory]
    [InlineData("INT", 2)]
    [InlineData("TERM", 15)]
    public void ASignalEndsARunInGoodOrder(string signal, int number)
    {
        Assert.SkipWhen(IsIgnored(number), $"SIG{signal} is ignored by whoever started the tests, and so by what they start.");
        using Brainsim brainsim = new();
        brainsim.Write("long.yaml", Networks.Long);
        using ManualResetEventSlim begun = new();
        using FileSystemWatcher watcher = new(brainsim.Folder);
        watcher.Created += (_, created) =>
        {
            if (created.Name == "out")
            {
                begun.Set();
            }
        };
        watcher.EnableRaisingEvents = true;
        Brainsim.Started run = brainsim.Start("run", "long.yaml", "--out", "out");

        // The program listens to signals before it makes the folder, so that from here on none can kill it.
        bool folder = begun.Wait(Brainsim.Patience, TestContext.Current.CancellationToken);
        run.Signal(signal);
        Brainsim.Ended ended = run.End();
        Assert.True(folder, ended.Error);
        Assert.Equal((130, ""), (ended.Code, ended.Error));
        Assert.Contains(", interrupted before 200000000 ms were over", ended.Output, StringComparison.Ordinal);
        JsonElement manifest = JsonDocument.Parse(File.ReadAllText(brainsim.At("out/run.json"))).RootElement;
        long steps = manifest.GetProperty("steps").GetInt64();
        Assert.True(manifest.GetProperty("interrupted").GetBoolean());
        Assert.InRange(steps, 1, 1_999_999_000);
        Assert.Equal([(int)(steps / 100), 4], ArrayFiles.Read(brainsim.At("out/v.npz"), "V", new Place("test", 0, 0, "")).Shape);
    }

    /// <summary>A shell starts what it sends to the background with SIGINT ignored, and processes inherit that.</summary>
    private static bool IsIgnored(int signal)
    {
        const string status = "/proc/self/status", label = "SigIgn:";
        string? line = File.Exists(status) ? File.ReadLines(status).FirstOrDefault(l => l.StartsWith(label, StringComparison.Ordinal)) : null;
        return line is not null && (ulong.Parse(line[label.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) == 1;
    }
}

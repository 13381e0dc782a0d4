using System.Text.Json;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Coordinator;

public sealed class RunCommandTests : IDisposable
{
    private static readonly Place Here = new("test", 0, 0, "");

    private readonly Brainsim brainsim = new();

    public RunCommandTests() => brainsim.Write("small.yaml", Networks.Small);

    public void Dispose() => brainsim.Dispose();

    [Fact]
    public void PrintsATableWhoseColumnsLineUp()
    {
        string[] lines = brainsim.Run("run", "small.yaml").Fine().OutputLines;
        Assert.Equal("small: A small network", lines[0]);
        Assert.Contains("20 ms in ", lines[1], StringComparison.Ordinal);
        string[] rows = [.. lines.Where(l => l.Contains("  neurons  ", StringComparison.Ordinal) || l.Contains("  synapses  ", StringComparison.Ordinal))];
        Assert.Equal(3, rows.Length);
        Assert.Single(rows.Select(r => r.IndexOf(r.Contains("neurons", StringComparison.Ordinal) ? "neurons" : "synapses", StringComparison.Ordinal)).Distinct());
        Assert.Single(rows[..2].Select(r => r.IndexOf("spikes", StringComparison.Ordinal)).Distinct());
        Assert.Contains("  1,200  neurons", Assert.Single(rows, r => r.StartsWith("  a_population_with_a_rather_long_name ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(lines, l => l.Contains("give --out DIR to keep them", StringComparison.Ordinal));
        Assert.DoesNotContain("\u001b", string.Concat(lines), StringComparison.Ordinal);
    }

    [Fact]
    public void QuietPrintsNothing() => Assert.Equal("", brainsim.Run("run", "small.yaml", "--quiet").Fine().Output);

    [Fact]
    public void JsonHasTheDocumentedKeys()
    {
        JsonElement run = Json("run", "small.yaml", "--threads", "3");
        foreach (string key in (string[])["name", "network_hash", "seed", "dt", "steps", "precision", "shards", "threads", "backend", "seconds", "populations", "projections", "measures", "state_hash", "version"])
        {
            Assert.True(run.TryGetProperty(key, out _), key);
        }

        Assert.Equal("small", run.GetProperty("name").GetString());
        Assert.Equal((42, 0.1, 200), (run.GetProperty("seed").GetInt32(), run.GetProperty("dt").GetDouble(), run.GetProperty("steps").GetInt32()));
        Assert.Equal(("float64", "cpu"), (run.GetProperty("precision").GetString(), run.GetProperty("backend").GetString()));
        Assert.Equal((3, 3), (run.GetProperty("shards").GetInt32(), run.GetProperty("threads").GetInt32()));
        Assert.All((string[])["compile", "build", "run"], phase => Assert.InRange(run.GetProperty("seconds").GetProperty(phase).GetDouble(), 0, Brainsim.Patience.TotalSeconds));
        JsonElement population = run.GetProperty("populations").GetProperty("a_population_with_a_rather_long_name");
        double spikes = population.GetProperty("spikes").GetDouble();
        Assert.Equal(1200, population.GetProperty("size").GetInt32());
        Assert.Equal(spikes / (1200 * 0.02), population.GetProperty("rate").GetDouble(), 9);
        Assert.InRange(run.GetProperty("projections").GetProperty("a_population_with_a_rather_long_name->E").GetProperty("synapses").GetInt32(), 3000, 4200);
        Assert.Equal(64, run.GetProperty("state_hash").GetString()!.Length);
        Assert.False(run.GetProperty("interrupted").GetBoolean());
    }

    [Fact]
    public void ThreadsChangeNothingButTheirNumber()
    {
        string one = Timeless(Json("run", "small.yaml", "--threads", "1"));
        Assert.Equal(one, Timeless(Json("run", "small.yaml", "--threads", "5")));
        JsonElement split = Json("run", "small.yaml", "--shards", "7", "--threads", "2");
        Assert.Equal(one, Timeless(split));
        Assert.Equal((7, 2), (split.GetProperty("shards").GetInt32(), split.GetProperty("threads").GetInt32()));
    }

    [Fact]
    public void OptionsReplaceValuesOfTheFile()
    {
        JsonElement plain = Json("run", "small.yaml");
        JsonElement changed = Json("run", "small.yaml", "--seed", "7", "--duration", "2.5", "--set", "populations.E.size=40", "--set", "precision=float32", "--backend", "reference");
        Assert.Equal((7, 25), (changed.GetProperty("seed").GetInt32(), changed.GetProperty("steps").GetInt32()));
        Assert.Equal(("float32", "reference"), (changed.GetProperty("precision").GetString(), changed.GetProperty("backend").GetString()));
        Assert.Equal(40, changed.GetProperty("populations").GetProperty("E").GetProperty("size").GetInt32());
        Assert.NotEqual(plain.GetProperty("state_hash").GetString(), Json("run", "small.yaml", "--seed", "7").GetProperty("state_hash").GetString());
        Assert.NotEqual(plain.GetProperty("network_hash").GetString(), changed.GetProperty("network_hash").GetString());
    }

    [Fact]
    public void OutKeepsTheManifestAndTheRecordings()
    {
        Brainsim.Ended run = brainsim.Run("run", "small.yaml", "--out", "deep/results").Fine();
        Assert.Contains("results in deep/results: spikes.npz, v.npz, run.json", run.Output, StringComparison.Ordinal);
        Assert.Equal(["run.json", "spikes.npz", "v.npz"], Directory.GetFiles(brainsim.At("deep/results")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal([20, 3], ArrayFiles.Read(brainsim.At("deep/results/v.npz"), "V", Here).Shape);
        JsonElement manifest = JsonDocument.Parse(File.ReadAllText(brainsim.At("deep/results/run.json"))).RootElement;
        Assert.Equal(manifest.GetProperty("populations").GetProperty("E").GetProperty("spikes").GetInt32(), ArrayFiles.Read(brainsim.At("deep/results/spikes.npz"), "id", Here).Count);
        Assert.Contains(manifest.GetProperty("state_hash").GetString()!, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void MeasuresArePrintedAndKept()
    {
        brainsim.Write("measured.yaml", Networks.Measured);
        string[] lines = brainsim.Run("run", "measured.yaml", "--out", "out", "--threads", "2", "--checkpoint-every", "5ms").Fine().OutputLines;
        Assert.Equal(
            ["r                                 250  Hz", "cv_isi_R[0]                         0", "cv_isi_R[1]                 undefined", "curve        4 numbers from 0 to 2000  Hz", "sync                                0"],
            lines.SkipWhile(l => !l.StartsWith("  r ", StringComparison.Ordinal)).Take(5).Select(l => l.Trim()));
        Assert.EndsWith("results in out: run.json", lines[^1], StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(brainsim.At("out"), "*.npz"));
        string manifest = File.ReadAllText(brainsim.At("out/run.json"));
        Assert.Contains("\"r\": 250,", manifest, StringComparison.Ordinal);
        Assert.Contains("\"cv_isi_R[1]\": null,", manifest, StringComparison.Ordinal);
        Assert.Contains("\"curve\": [0, 2000, 0, 0],", manifest, StringComparison.Ordinal);
        Assert.Contains("\"sync\": 0", manifest, StringComparison.Ordinal);
        Assert.Equal(5, JsonDocument.Parse(manifest).RootElement.GetProperty("measures").EnumerateObject().Count());
        Assert.Contains("  measures r, cv_isi_R[0], cv_isi_R[1], curve, sync", brainsim.Run("check", "measured.yaml").Fine().OutputLines);
        Assert.Contains("nothing to resume", Assert.Single(brainsim.Run("resume", "out").ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void NoCultureChangesNumbers()
    {
        string plain = Timeless(Json("run", "small.yaml", "--set", "populations.E.params.tau=7.25", "--duration", "2.5"));
        brainsim.Environment["LANG"] = "de_DE.UTF-8";
        Assert.Equal(plain, Timeless(Json("run", "small.yaml", "--set", "populations.E.params.tau=7.25", "--duration", "2.5")));
        Assert.Contains("2.5 ms in 0.", brainsim.Run("run", "small.yaml", "--duration", "2.5").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesAndFoldersMayHaveAnyCharacters()
    {
        Directory.CreateDirectory(brainsim.At("données 1"));
        brainsim.Write("données 1/réseau.yaml", Networks.Small.Replace("name: small", "name: \"größe \\\"1\\\" → {x}\"", StringComparison.Ordinal));
        Brainsim.Ended run = brainsim.Run("run", "données 1/réseau.yaml", "--out", "données 1/sortie", "--json").Fine();
        Assert.Equal("größe \"1\" → {x}", JsonDocument.Parse(run.Output).RootElement.GetProperty("name").GetString());
        Assert.True(File.Exists(brainsim.At("données 1/sortie/v.npz")));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("3")]
    public void ANumberThatIsNoneEndsTheRunAndKeepsWhatWasRecorded(string threads)
    {
        brainsim.Write("exploding.yaml", Networks.Exploding);
        Brainsim.Ended run = brainsim.Run("run", "exploding.yaml", "--out", "out", "--threads", threads);
        Assert.Equal(2, run.Code);
        string message = Assert.Single(run.ErrorLines);
        Assert.Contains("populations.B: x of neuron 2 is ", message, StringComparison.Ordinal);
        Assert.Contains(" after step 309, at 31 ms; ", message, StringComparison.Ordinal);
        Assert.EndsWith("What was recorded up to there is in out.", message, StringComparison.Ordinal);
        Assert.Equal([100, 4], ArrayFiles.Read(brainsim.At("out/x.npz"), "x", Here).Shape);
        JsonElement manifest = JsonDocument.Parse(File.ReadAllText(brainsim.At("out/run.json"))).RootElement;
        Assert.Equal(1000, manifest.GetProperty("steps").GetInt32());
        Assert.StartsWith("populations.B: x of neuron 2", manifest.GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.False(manifest.GetProperty("interrupted").GetBoolean());
    }

    private JsonElement Json(params string[] arguments) => JsonDocument.Parse(brainsim.Run([.. arguments, "--json"]).Fine().Output).RootElement;

    /// <summary>What must not depend on the machine's mood or on the number of threads.</summary>
    private static string Timeless(JsonElement manifest) =>
        string.Join('\n', manifest.EnumerateObject().Where(p => p.Name is not ("seconds" or "threads" or "shards")).Select(p => p.Value.GetRawText()));
}

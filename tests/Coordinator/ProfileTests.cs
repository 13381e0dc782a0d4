using System.Text.Json;
using Xunit;

namespace BrainSim.Tests.Coordinator;

public sealed class ProfileTests : IDisposable
{
    private const string Network = """
        name: net
        dt: 0.1
        duration: 50
        populations:
          E: { size: 30, model: lif, params: {tau: 10, V_th: 10}, init: {V: "uniform(0, 9)"} }
          noise: { size: 100, model: poisson, params: {rate: 100} }
        projections:
          - { pre: noise, post: E, connect: {fixed_prob: 0.1}, synapse: exponential, weight: 2, delay: "uniform(0.1, 2)" }
          - { pre: E, post: E, connect: {fixed_prob: 0.1}, synapse: exponential, weight: 1, delay: 0.3 }
          - { name: gaps, pre: E, post: E, connect: {fixed_prob: 0.1}, synapse: gap_junction, weight: 0.01 }
        """;

    private readonly Brainsim brainsim = new();

    public ProfileTests() => brainsim.Write("net.yaml", Network);

    public void Dispose() => brainsim.Dispose();

    [Theory]
    [InlineData("1", "1")]
    [InlineData("3", "2")]
    public void Seconds_add_up_and_counts_are_those_of_the_run(string shards, string threads)
    {
        JsonElement run = JsonDocument.Parse(brainsim.Run("run", "net.yaml", "--shards", shards, "--threads", threads, "--profile", "--json", "--out", "out").Fine().Output).RootElement;
        JsonElement[] lines = [.. run.GetProperty("profile").GetProperty("lines").EnumerateArray()];
        double all = run.GetProperty("seconds").GetProperty("run").GetDouble() * run.GetProperty("threads").GetInt32();
        double[] seconds = [.. lines.Select(line => line.GetProperty("seconds").GetDouble())];
        Assert.All(seconds, s => Assert.True(s >= 0));

        // Every line, and the run's seconds once for each thread, is rounded to a microsecond.
        Assert.Equal(all, seconds.Sum(), 0.5e-6 * (lines.Length + run.GetProperty("threads").GetInt32()) + 1e-9);
        Assert.Equal(threads, lines.Count(line => line.GetProperty("work").GetString() == "waiting").ToString());
        Assert.Equal(30 * 500, Count(lines, "neurons", "E"));
        Assert.Equal(100 * 500, Count(lines, "neurons", "noise"));
        Assert.Equal(Of(run, "noise->E", "events"), Count(lines, "delivery", "noise->E"));
        Assert.Equal(Of(run, "E->E", "events"), Count(lines, "delivery", "E->E"));
        Assert.Equal(500 * Of(run, "gaps", "synapses"), Count(lines, "coupling", "gaps"));
        Assert.True(run.GetProperty("profile").GetProperty("copy_gb_per_second").GetDouble() > 0);
        Assert.True(run.GetProperty("profile").GetProperty("memory_gb_per_second").GetDouble() > 0);
        JsonElement kept = JsonDocument.Parse(File.ReadAllText(brainsim.At("out/run.json"))).RootElement;
        Assert.Equal(run.GetProperty("profile").GetRawText(), kept.GetProperty("profile").GetRawText());
    }

    [Fact]
    public void A_profile_changes_no_result_and_is_absent_unless_asked_for()
    {
        JsonElement plain = JsonDocument.Parse(brainsim.Run("run", "net.yaml", "--json").Fine().Output).RootElement;
        JsonElement profiled = JsonDocument.Parse(brainsim.Run("run", "net.yaml", "--json", "--profile").Fine().Output).RootElement;
        Assert.False(plain.TryGetProperty("profile", out _));
        Assert.Equal(plain.GetProperty("state_hash").GetString(), profiled.GetProperty("state_hash").GetString());
        Assert.Equal(plain.GetProperty("projections").GetRawText(), profiled.GetProperty("projections").GetRawText());
    }

    [Fact]
    public void The_table_names_every_population_and_projection()
    {
        string[] lines = brainsim.Run("run", "net.yaml", "--profile").Fine().OutputLines;
        string[] table = [.. lines.SkipWhile(line => !line.StartsWith("  profile of ", StringComparison.Ordinal)).Skip(1).TakeWhile(line => !line.StartsWith("  memory: ", StringComparison.Ordinal))];
        Assert.Equal(
            ["input tables", "coupling gaps", "delivery E->E", "delivery gaps", "delivery noise->E", "neurons E", "neurons noise", "recording", "exchange", "waiting thread 0", "rest"],
            table.Select(line => string.Join(' ', line[..line.IndexOf('.', StringComparison.Ordinal)].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..^1])));
        Assert.All(table.Where(line => line.StartsWith("  neurons ", StringComparison.Ordinal)), line => Assert.Matches(@"  ns per neuron and step +\d+  bytes$", line));
        Assert.Contains(lines, line => line.StartsWith("  memory: ", StringComparison.Ordinal) && line.Contains(" GB/s", StringComparison.Ordinal));
        Assert.DoesNotContain(brainsim.Run("run", "net.yaml").Fine().OutputLines, line => line.Contains("profile", StringComparison.Ordinal));
    }

    [Fact]
    public void A_profile_that_nobody_would_see_is_a_mistake()
    {
        Brainsim.Ended run = brainsim.Run("run", "net.yaml", "--profile", "--quiet");
        Assert.Equal(2, run.Code);
        Assert.Contains("--profile: is printed nowhere with --quiet", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        brainsim.Run("run", "net.yaml", "--profile", "--quiet", "--out", "out").Fine();
        Assert.Contains("\"profile\"", File.ReadAllText(brainsim.At("out/run.json")), StringComparison.Ordinal);
    }

    /// <summary>The first run cannot write its results, since a folder stands in the place of one, and so has a last checkpoint at 40 of 50 ms.</summary>
    [Fact]
    public void A_resumed_run_counts_its_own_part()
    {
        brainsim.Write("net.yaml", Network + "\nmonitors: [{ name: v, of: E, record: V }]");
        Directory.CreateDirectory(brainsim.At("out/v.npz"));
        Assert.Equal(2, brainsim.Run("run", "net.yaml", "--out", "out", "--checkpoint-every", "20ms").Code);
        Directory.Delete(brainsim.At("out/v.npz"));
        JsonElement run = JsonDocument.Parse(brainsim.Run("resume", "out", "--profile", "--json").Fine().Output).RootElement;
        JsonElement[] lines = [.. run.GetProperty("profile").GetProperty("lines").EnumerateArray()];
        Assert.Equal(30 * 100, Count(lines, "neurons", "E"));
        Assert.InRange(Count(lines, "delivery", "noise->E"), 1, Of(run, "noise->E", "events") / 2);
    }

    private static long Count(JsonElement[] lines, string work, string of) =>
        Assert.Single(lines, line => line.GetProperty("work").GetString() == work && line.TryGetProperty("of", out JsonElement name) && name.GetString() == of).GetProperty("count").GetInt64();

    private static long Of(JsonElement run, string projection, string what) => run.GetProperty("projections").GetProperty(projection).GetProperty(what).GetInt64();
}

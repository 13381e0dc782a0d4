using System.Globalization;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Engine.Shards;

/// <summary>Spikes through rows of many delays, one counter per target: every synapse acts once, in the step that its delay says.</summary>
public sealed class RowDeliveryTests
{
    private const int Repeats = 600;

    /// <summary>In steps: around the longest gap that a header can say, and far beyond; all of them, or only long ones, so that a row begins with a bridge.</summary>
    public static TheoryData<int[], string> Delays => new()
    {
        { [1, 2, 254, 255, 256, 257, 510, 511, 512, 765, 766, 1100], "float64" },
        { [300, 301, 555, 556, 810, 811, 812, 1100], "float32" },
        { [256, 511, 700], "float64" },
        { [766, 1100], "float32" },
    };

    [Theory]
    [MemberData(nameof(Delays))]
    public void Every_synapse_acts_once_in_its_step(int[] delays, string precision)
    {
        CompiledNetwork compiled = Runs.Compile(Text(delays, precision));
        int[] spikes = [10, 20, 21];
        string? hash = null;
        foreach (int shards in new[] { 1, 3, 7 })
        {
            using SerialRun run = new SerialRun(compiled, shards).Run();
            (double[] times, double[] rows, int width) = run.Recordings.Variable("x", "x");
            for (int row = 0; row < times.Length; row++)
            {
                for (int target = 0; target < width; target++)
                {
                    // A row shows the end of its step; what arrives at its start is in it.
                    int expected = spikes.Count(spike => spike + delays[target] <= row) * (target == 0 ? 1 + Repeats : 1);
                    Assert.Equal(expected, rows[(row * width) + target]);
                }
            }

            Assert.Equal(hash ??= run.StateHash, run.StateHash);
        }
    }

    [Theory]
    [MemberData(nameof(Delays))]
    public void Spikes_under_way_go_on_from_a_checkpoint(int[] delays, string precision)
    {
        CompiledNetwork compiled = Runs.Compile(Text(delays, precision));
        using SerialRun whole = new SerialRun(compiled).Run();
        foreach (int step in new[] { 15, 22, 280, 600 })
        {
            using SerialRun first = new(compiled, 2);
            first.RunTo(step);
            using SerialRun second = Runs.From(compiled, 3, first, first.TakeCheckpoint());
            Assert.Equal(whole.StateHash, second.Run().StateHash);
        }
    }

    /// <summary>A shard whose own delays are all long, beside one with a short one.</summary>
    [Fact]
    public void Long_delays_do_not_depend_on_short_ones_elsewhere()
    {
        CompiledNetwork compiled = Runs.Compile("""
            name: mixed
            dt: 0.1
            duration: 90
            seed: 3
            populations:
              A: {size: 30, model: poisson, params: {rate: 100}}
              B: {size: 12, model: lif}
              C: {size: 1, model: lif}
            projections:
              - {pre: A, post: B, connect: {fixed_prob: 0.5}, synapse: exponential, weight: "uniform(5, 9)", delay: "uniform(30, 60)"}
              - {pre: A, post: C, connect: {fixed_prob: 0.5}, synapse: exponential, weight: "uniform(5, 9)", delay: "uniform(1, 2)"}
            """);
        using SerialRun one = new SerialRun(compiled).Run();
        Assert.True(one.Recordings.SpikeCounts[1] > 0, "B is silent, so nothing was compared");
        foreach (int shards in new[] { 2, 5 })
        {
            using SerialRun run = new SerialRun(compiled, shards).Run();
            Assert.Equal(one.StateHash, run.StateHash);
        }
    }

    /// <summary>A synapse with a jump and a current of its own keeps both, whatever its delays.</summary>
    [Fact]
    public void Synapses_that_also_couple_keep_their_current()
    {
        double Sum(string delay) => Sums(Runs.Compile($$"""
            name: both
            dt: 0.1
            duration: 2
            models:
              - {model: box, kind: neuron, state: {x: 1, y: 0}, inputs: [I], equations: {dy/dt: I} }
              - {model: both, kind: synapse, on_pre: {post.x: post.x + weight}, current: 0.5*pre.x }
            populations: {A: {size: 4, model: box} }
            projections: [{pre: A, post: A, connect: all_to_all, synapse: both, delay: "{{delay}}"}]
            monitors: [{name: y, of: A, record: y}]
            """));
        Assert.Equal(Sum("0.5"), Sum("uniform(0.1, 1)"));
        Assert.True(Sum("0.5") > 0);
    }

    private static double Sums(CompiledNetwork compiled)
    {
        using SerialRun run = new SerialRun(compiled).Run();
        return run.Recordings.Variable("y", "y").Rows.Sum();
    }

    /// <summary>One source; target i has one synapse with delay i, the first target many more of the same delay.</summary>
    private static string Text(int[] delays, string precision)
    {
        int[] posts = [.. Enumerable.Range(0, delays.Length), .. Enumerable.Repeat(0, Repeats)];
        string Listed(IEnumerable<double> values) => string.Join(", ", values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
        return $$"""
            name: counters
            dt: 0.1
            duration: 120
            precision: {{precision}}
            models:
              - {model: counter, kind: neuron, state: {x: 0} }
              - {model: count, kind: synapse, on_pre: {post.x: post.x + weight} }
            populations:
              S: {size: 1, model: spike_source, spikes: {t: [1, 2, 2.1], id: [0, 0, 0]} }
              T: {size: {{delays.Length}}, model: counter}
            projections:
              - {pre: S, post: T, synapse: count, connect: {pairs: {pre: [{{Listed(posts.Select(_ => 0.0))}}], post: [{{Listed(posts.Select(p => (double)p))}}], delay: [{{Listed(posts.Select(p => Math.Round(delays[p] * 0.1, 1)))}}]} } }
            monitors: [{name: x, of: T, record: x}]
            """;
    }
}

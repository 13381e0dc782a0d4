using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Engine.Monitors;

/// <summary>V of neuron i is i + 10 k after step k - 1, that is, after k steps; ten steps of 0.1 ms.</summary>
public class MonitorTests
{
    private const string Model = "{model: count, kind: neuron, params: {step: 10, b: 1}, state: {V: i}, inputs: [I], update: {V: V + step}, spike: {when: 'V >= 50 and i < 1', then: {V: -1000}}}";

    [Theory]
    [InlineData("", "0.3", new[] { 0.3, 0.6, 0.9 }, new[] { 30.0, 60, 90 })]
    [InlineData("schedule: [arrive, input, observe, update, spike],", "0.3", new[] { 0.2, 0.5, 0.8 }, new[] { 20.0, 50, 80 })]
    [InlineData("", "1", new[] { 1.0 }, new[] { 100.0 })]
    [InlineData("", "5", new double[0], new double[0])]
    public void RowsCarryTheTimeAtWhichTheStateHolds(string schedule, string every, double[] times, double[] values)
    {
        using SerialRun run = Run($"{{name: v, of: A, record: V, index: [2], every: {every}}}", schedule);
        (double[] t, double[] rows, _) = run.Recordings.Variable("v", "V");
        Assert.Equal(times, t.Select(x => Math.Round(x, 9)));
        Assert.Equal(values.Select(v => v + 2), rows);
    }

    [Theory]
    [InlineData("[3, 0, 3]", new[] { 3.0, 0, 3 })]
    [InlineData("'1:4'", new[] { 1.0, 2, 3 })]
    [InlineData("'0:5:2'", new[] { 0.0, 2, 4 })]
    [InlineData("4", new[] { 4.0 })]
    [InlineData("':'", new[] { 0.0, 1, 2, 3, 4 })]
    public void ColumnsAreTheNeuronsAsListed(string index, double[] ids)
    {
        foreach (int shards in new[] { 1, 2, 5, 7 })
        {
            using SerialRun run = Run($"{{name: v, of: A, record: V, index: {index}, every: 0.2}}", shards: shards);
            (_, double[] rows, int width) = run.Recordings.Variable("v", "V");
            Assert.Equal(ids.Length, width);
            Assert.Equal(ids.Select(id => id + 20), rows[..width]);
            Assert.Equal(ids.Skip(ids.Length - 1).Select(id => id + 40), rows[((2 * width) - 1)..(2 * width)]);
        }
    }

    [Fact]
    public void InputsAndParametersAreRecorded()
    {
        using SerialRun run = Run("{name: v, of: A, record: [step, b, I, V], every: 0.5}", shards: 2);
        Assert.Equal([.. Enumerable.Repeat(10.0, 10)], run.Recordings.Variable("v", "step").Rows);
        Assert.Equal([0, 2, 4, 6, 8, 0, 2, 4, 6, 8], run.Recordings.Variable("v", "b").Rows);

        // The input of a step holds the synapses' current: i + t - g V, with the g and V before the update: g is 2 in step 1 and halves. V is 10 k + i; neuron 0 fell to -1000 in step 4.
        double[] potentials = [40, 41, 42, 43, 44, -960, 91, 92, 93, 94];
        Assert.Equal(potentials.Select((v, j) => Math.Round((j % 5) + (j < 5 ? 0.4 : 0.9) - ((j < 5 ? 0.25 : 0.25 / 32) * v), 9)), run.Recordings.Variable("v", "I").Rows.Select(x => Math.Round(x, 9)));
    }

    /// <summary>A spike of S at the end of step 0 adds the weight 2 at the start of step 1; the conductance then halves, by a decay of exactly ln 2 per step.</summary>
    [Fact]
    public void SynapticVariablesKeptPerTargetAreRecorded()
    {
        using SerialRun run = Run("{name: g, of: S->A, record: g, index: [1, 4]}", shards: 3);
        (double[] t, double[] rows, int width) = run.Recordings.Variable("g", "g");
        Assert.Equal((10, 2), (t.Length, width));
        Assert.Equal([0, 0, 1, 1, 0.5, 0.5, 0.25, 0.25], rows[..8].Select(x => Math.Round(x, 12)));
    }

    [Fact]
    public void SpikesAndRatesAgree()
    {
        // Neuron 0 reaches 50 in step 4. One spike of 5 neurons in a bin of 0.5 ms is 400 Hz; a bin that the run does not fill is dropped.
        using SerialRun run = Run("{name: s, of: A, record: spikes}, {name: r, of: A, record: rate, every: 0.5}, {name: r3, of: A, record: rate, every: 0.3}", shards: 2);
        Recordings recorded = run.Recordings;
        Assert.Equal([4], run.SpikeSteps("s", 0));
        Assert.Equal(0.5, recorded.SpikeTime(4), 9);
        (double[] t, double[] rates) = recorded.Rate("r");
        Assert.Equal([0.5, 1.0], t);
        Assert.Equal([400.0, 0], rates.Select(r => Math.Round(r, 9)));
        Assert.Equal([0.3, 0.6, 0.9], recorded.Rate("r3").Times.Select(x => Math.Round(x, 9)));
        Assert.Equal([0.0, 666.666667, 0], recorded.Rate("r3").Rates.Select(r => Math.Round(r, 6)));
        Assert.Equal([1L, 1], recorded.SpikeCounts);
    }

    [Theory]
    [InlineData("", new[] { 0.0, 0.3 }, new[] { -1, 2 })]
    [InlineData("schedule: [arrive, input, spike, update, observe],", new[] { 0.0, 0.3 }, new[] { 0, 3 })]
    public void ReplayedSpikesKeepTheirTimes(string schedule, double[] times, int[] steps)
    {
        using SerialRun run = new SerialRun(Runs.Compile(
            $"{{name: t, dt: 0.1, duration: 1, {schedule} populations: {{S: {{size: 2, model: spike_source, spikes: {{t: [0.21, 0], id: [1, 0]}}}}}}, monitors: [{{name: s, of: S, record: spikes}}]}}")).Run();
        (int[] found, int[] ids) = run.Recordings.Spikes("s");
        Assert.Equal(steps, found);
        Assert.Equal([0, 1], ids);
        Assert.Equal(times, found.Select(s => Math.Round(run.Recordings.SpikeTime(s), 9)));
        Assert.Equal([2L], run.Recordings.SpikeCounts);
    }

    /// <summary>Spikes arrive with many delays; the counts must not depend on which shard has which.</summary>
    [Fact]
    public void EventsAreTheSameForAnySplit()
    {
        const string text = """
            {name: t, dt: 0.1, duration: 10.3, seed: 3, populations: {P: {size: 60, model: poisson, params: {rate: 400}}, A: {size: 20, model: lif}},
             projections: [{pre: P, post: A, connect: {fixed_prob: 0.2}, synapse: exponential, delay: 'uniform(0.3, 4)'}, {pre: P, post: A, connect: {fixed_prob: 0.1}, synapse: delta, delay: 2}]}
            """;
        long[][] counts = [.. new[] { 1, 2, 7, 20 }.Select(shards =>
        {
            using SerialRun run = new SerialRun(Runs.Compile(text), shards).Run();
            return (long[])[.. Enumerable.Range(0, 2).SelectMany(p => new[] { run.Shards.Sum(s => s.State.Arrivals[p].Synapses), run.Shards.Sum(s => s.State.Arrivals[p].Events) })];
        })];
        Assert.All(counts[0], count => Assert.True(count > 0));
        Assert.All(counts, count => Assert.Equal(counts[0], count));
    }

    private static SerialRun Run(string monitors, string schedule = "", int shards = 1) => new SerialRun(Runs.Compile($$"""
        {name: t, dt: 0.1, duration: 1, {{schedule}} models: [{{Model}}],
         populations: {A: {size: 5, model: count, params: {b: [0, 2, 4, 6, 8]} }, S: {size: 1, model: spike_source, spikes: {t: [0.1], id: [0]} } },
         projections: [{pre: S, post: A, connect: all_to_all, synapse: exp_cond, weight: 2, delay: {{(schedule.Length > 0 ? "0.1" : "0")}}, params: {tau: 0.14426950408889634} }],
         inputs: [{to: A.I, expr: i + t}], monitors: [{{monitors}}]}
        """), shards).Run();
}

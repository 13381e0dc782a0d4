using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Simulation;

/// <summary>Currents that read the state of both partners in every step.</summary>
public class CouplingTests
{
    private const string Cell = "{model: cell, kind: neuron, params: {C: 1}, state: {V: 0}, inputs: [I], equations: {dV/dt: I/C}, method: euler}";

    public static TheoryData<string> BackEnds => Runs.BackEndNames;

    /// <summary>V becomes the sum of its synapses' currents. Neuron 0 has more synapses than the engine takes at a time, neuron 1 none.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void EveryBitIsThatOfTheLoopThatOneWouldWrite(int shards)
    {
        const int size = 11, count = 3000, steps = 20;
        Random random = TestSeed.Of(nameof(EveryBitIsThatOfTheLoopThatOneWouldWrite));
        int[] pre = [.. Enumerable.Range(0, count).Select(_ => random.Next(size))];
        int[] post = [.. Enumerable.Range(0, count).Select(s => s < count / 2 ? 0 : random.Next(2, size))];
        double[] weight = [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() - 0.5) / 4)];
        double[] v = [.. Enumerable.Range(0, size).Select(_ => random.NextDouble())];
        using SerialRun run = new SerialRun(Runs.Compile($$$"""
            {name: loop, dt: 0.1, duration: {{{LibraryModels.Text(Math.Round(steps * 0.1, 1))}}},
             models: [{model: relay, kind: neuron, state: {V: 0}, inputs: [I], update: {V: I}}, {model: linear, kind: synapse, current: weight*(pre.V - post.V)}],
             populations: {A: {size: {{{size}}}, model: relay, init: {V: [{{{Listed(v)}}}]} } },
             projections: [{pre: A, post: A, connect: {pairs: {pre: [{{{string.Join(", ", pre)}}}], post: [{{{string.Join(", ", post)}}}], weight: [{{{Listed(weight)}}}]}}, synapse: linear}]}
            """), shards).Run();
        for (int step = 0; step < steps; step++)
        {
            double[] sums = new double[size];
            for (int s = 0; s < count; s++)
            {
                sums[post[s]] += weight[s] * (v[pre[s]] - v[post[s]]);
            }

            v = sums;
        }

        Assert.True(v.Count(x => Math.Abs(x) is > 1e-6 and < 1e30) > size / 2, "the numbers died out or blew up, so little was compared");
        Assert.Equal(v, run.Column("A", "V"));
    }

    /// <summary>
    /// Two passive cells of capacity C with a conductance g between them keep their mean, and their difference decays with the time constant C/(2g).
    /// Euler's method multiplies it by 1 - x with x = 2g dt/C = 1/500 in each of n = 1,000 steps in place of e^-x, an error of the exponent of n x²/2 = 0.002.
    /// </summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void TwoCellsRelaxToTheirMean(string backEnd)
    {
        const double g = 0.4, c = 4, difference = 8;
        using SerialRun run = Runs.Ended($$$"""
            {name: relax, dt: 0.01, duration: 10, models: [{{{Cell}}}],
             populations: {A: {size: 1, model: cell, params: {C: {{{c}}} }, init: {V: {{{difference}}} }}, B: {size: 1, model: cell, params: {C: {{{c}}} } } },
             projections: [
               {pre: A, post: B, connect: one_to_one, synapse: gap_junction, weight: {{{g}}} },
               {pre: B, post: A, connect: one_to_one, synapse: gap_junction, weight: {{{g}}} }]}
            """, backEnd, shards: 2);
        (double a, double b) = (run.Column("A", "V")[0], run.Column("B", "V")[0]);
        Assert.Equal(difference / 2, (a + b) / 2, 1e-12);
        Assert.Equal(difference * Math.Exp(-10 * 2 * g / c), a - b, 0.0021 * difference * Math.Exp(-10 * 2 * g / c));
    }

    /// <summary>A source counts up by 1 in a step, from 5; its target gets weight * k * scale * (what it was at the end of the step before) + t, and has its own say as post.W.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void EveryNameOfACurrentIsRead(string backEnd)
    {
        using SerialRun run = Runs.Ended("""
            {name: names, dt: 0.5, duration: 2,
             models: [
               {model: count, kind: neuron, params: {same: 3, scale: 1}, state: {V: 5}, update: {V: V + 1}},
               {model: sum, kind: neuron, params: {own: 1, all: 7}, state: {V: 0, W: 0}, inputs: [I, J], update: {V: I, W: W + J}},
               {model: first, kind: synapse, params: {k: 10}, current: weight*k*pre.scale*pre.V},
               {model: second, kind: synapse, let: {x: pre.same + post.own + post.all}, current: {to: J, value: x + t*dt + post.W}}],
             populations: {A: {size: 2, model: count, params: {scale: [1, 100]}}, B: {size: 2, model: sum, params: {own: [0.25, 0.5]}}},
             projections: [
               {pre: A, post: B, connect: all_to_all, synapse: first, weight: [1, 2, 3, 4], params: {k: 5}},
               {pre: A, post: B, connect: one_to_one, synapse: second}],
             monitors: [{name: m, of: B, record: [V, W, I]}]}
            """, backEnd, shards: 2);

        // To neuron 0 lead the weights 1 and 3, to neuron 1 the weights 2 and 4; A was 5, 6, 7, 8 when it was read.
        Assert.Equal([5 * 5 * 301, 5 * 5 * 402, 5 * 6 * 301, 5 * 6 * 402, 5 * 7 * 301, 5 * 7 * 402, 5 * 8 * 301, 5 * 8 * 402], run.Recordings.Variable("m", "V").Rows);
        Assert.Equal(run.Recordings.Variable("m", "V").Rows, run.Recordings.Variable("m", "I").Rows);

        // W becomes 2 W + 10.25 + t dt, and for neuron 1 a quarter more; t dt is 0, 0.25, 0.5, 0.75.
        Assert.Equal([10.25, 10.5, 31, 31.75, 72.75, 74.5, 156.5, 160.25], run.Recordings.Variable("m", "W").Rows);
    }

    /// <summary>What is read holds at the end of the step before wherever the schedule puts the phases, so shards and checkpoints do not show in any of them.</summary>
    [Fact]
    public void EverySchedule()
    {
        HashSet<string> hashes = [];
        foreach (Phase[] phases in Orders([Phase.Arrive, Phase.Input, Phase.Update, Phase.Spike, Phase.Observe]))
        {
            CompiledNetwork compiled = Runs.Compile($$$"""
                {name: order, dt: 0.1, duration: 6, schedule: [{{{string.Join(", ", phases).ToLowerInvariant()}}}],
                 populations: {A: {size: 9, model: lif, init: {V: "uniform(10, 20)"} } },
                 projections: [{pre: A, post: A, connect: all_to_all, synapse: gap_junction, weight: "uniform(0, 0.1)", params: {k_spikelet: 5}}],
                 inputs: [{to: A.I, value: 25}], monitors: [{name: m, of: A, record: [V, I]}]}
                """);
            using SerialRun one = new SerialRun(compiled).Run();
            using SerialRun first = new(compiled, 3);
            first.RunTo(25);
            using SerialRun second = Runs.From(compiled, 2, first, first.TakeCheckpoint());
            string order = string.Join(", ", phases);
            Assert.Equal((order, one.StateHash), (order, second.Run().StateHash));
            Assert.Equal(one.Recordings.Variable("m", "I").Rows, second.Recordings.Variable("m", "I").Rows);
            Assert.True(one.Recordings.SpikeCounts[0] > 0);
            hashes.Add(one.StateHash);
        }

        Assert.True(hashes.Count > 1, "the orders gave one state, so they tested one thing");
    }

    /// <summary>Without a source in it, a current is one of the target alone and needs no exchange.</summary>
    [Fact]
    public void OnlyCurrentsThatReadSourcesShortenTheWindow()
    {
        Assert.Equal(1, Compiled("current: weight*pre.V").WindowSteps(30));
        Assert.Equal(31, Compiled("current: weight*(5 - post.V)").WindowSteps(30));
    }

    [Theory]
    [InlineData("on_pre: {post.V: post.V + pre.V}", "", "projections[0].synapse: s changes post.V by pre.V at a spike, and pre.V can be read only in a current")]
    [InlineData("current: weight*delay*pre.V", "", "projections[0].synapse: s has no state, so its current acts in every step without delay, and cannot depend on delay")]
    [InlineData("state: {g: 0}, on_pre: {g: g + weight}, current: g*pre.V", "", "projections[0].synapse: s needs state of its own for every synapse (the current depends on pre.V)")]
    [InlineData("current: weight*pre.V", "delay: 0.2", "projections[0].delay: s has no state and answers no spikes; its current acts in every step without delay. Remove it.")]
    [InlineData("current: weight*pre.V", "delay: 'uniform(0, 1)'", "projections[0].delay: s has no state and answers no spikes")]
    [InlineData("current: weight*pre.I", "", "projections[0].synapse: s uses pre.I, and cell has no such variable.")]
    [InlineData("current: weight*post.U", "", "projections[0].synapse: s uses post.U, and cell has no such variable. Did you mean V?")]
    [InlineData("current: {to: J, value: weight*pre.V}", "", "projections[0].synapse: s gives a current to J, and cell has the inputs I")]
    public void Refused(string synapse, string projection, string expected) =>
        Assert.Contains(expected, Assert.Throws<UserMistakeException>(() => Compiled(synapse, projection)).Message, StringComparison.Ordinal);

    [Fact]
    public void DelaysOfPairsAreRefused() => Assert.Contains(
        "projections[0].connect: the pairs bring delays, and rate_coupling has no state and answers no spikes",
        Assert.Throws<UserMistakeException>(() => Runs.Read("""
            {name: x, dt: 0.1, duration: 1, models: [{model: m, kind: neuron, state: {r: 0}, inputs: [I], update: {r: I}}], populations: {A: {size: 2, model: m}},
             projections: [{pre: A, post: A, connect: {pairs: {pre: [0], post: [1], delay: [0.2]}}, synapse: rate_coupling}]}
            """)).Message, StringComparison.Ordinal);

    private static CompiledNetwork Compiled(string synapse, string projection = "delay: 0") => Runs.Compile($$$"""
        {name: x, dt: 0.1, duration: 1, models: [{{{Cell}}}, {model: s, kind: synapse, {{{synapse}}} }], populations: {A: {size: 2, model: cell}},
         projections: [{pre: A, post: A, connect: all_to_all, synapse: s{{{(projection.Length > 0 ? ", " : "")}}}{{{projection}}} }]}
        """);

    private static string Listed(double[] values) => string.Join(", ", values.Select(LibraryModels.Text));

    private static IEnumerable<Phase[]> Orders(Phase[] phases) =>
        phases.Length == 1 ? [phases] : phases.SelectMany(first => Orders([.. phases.Where(p => p != first)]).Select(rest => (Phase[])[first, .. rest]));
}

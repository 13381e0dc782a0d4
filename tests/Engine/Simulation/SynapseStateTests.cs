using BrainSim.Engine.Kernels;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Simulation;

/// <summary>Variables of sources, targets and synapses, against what one would work out by hand, and against each other where one may stand for the other.</summary>
public sealed class SynapseStateTests
{
    /// <summary>A neuron that spikes in the steps in which its input is above a half, and a rule that does nothing but learn.</summary>
    private const string Models = """
        models:
          - {model: relay, kind: neuron, state: {V: 0}, inputs: [J, I], update: {V: J}, spike: {when: V > 0.5} }
          - model: pair
            kind: synapse
            params: {tau: 10, up: 0.5, down: 0.3}
            state: {a: 0, b: 0}
            equations: {da/dt: -a/tau, db/dt: -b/tau}
            on_pre: {a: a + up, weight: weight - b}
            on_post: {b: b + down, weight: weight + a}
            clip: {weight: [0, 2]}
            method: exponential_euler
        """;

    public static TheoryData<string> BackEnds => Runs.BackEndNames;

    /// <summary>A source spike at 10 ms arrives at 11; the target spikes at 15 (of step 149), and after a source spike that arrives at 31 it has shrunk. Then up to the bound.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Pairs_of_spikes_change_weights_by_their_distance(string backEnd)
    {
        using SerialRun run = Runs.Ended($$"""
            name: x
            dt: 0.1
            duration: 60
            {{Models}}
            populations:
              A: {size: 3, model: spike_source, spikes: {t: [10, 30, 44, 45, 46, 47], id: [1, 1, 1, 1, 1, 1]} }
              B: {size: 2, model: relay}
            projections: [{pre: A, post: B, connect: all_to_all, synapse: pair, weight: 1, delay: 1}]
            inputs: [{to: "B.J[1]", pulses: {at: [14.9, 49.9], length: 0.1, size: 1} }]
            monitors: [{name: w, of: A->B, record: weight, index: [0, 1, 2, 3, 4, 5]}]
            """, backEnd, shards: 2);
        double[] rows = run.Recordings.Variable("w", "weight").Rows;
        double At(double ms, int synapse) => rows[((int)Math.Round((ms / 0.1) - 1) * 6) + synapse];
        double afterPost = 1 + (0.5 * Math.Exp(-4 / 10.0));
        double afterPre = afterPost - (0.3 * Math.Exp(-16 / 10.0));
        Assert.Equal(1, At(14.9, 4));
        Assert.Equal(afterPost, At(15, 4), 1e-12);
        Assert.Equal(afterPost, At(31, 4), 1e-12);
        Assert.Equal(afterPre, At(31.1, 4), 1e-12);
        Assert.Equal(2, At(60, 4));
        Assert.Equal([(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)], run.Recordings.Ends("w")!.Select(e => (e.Pre, e.Post)));
        Assert.All(new[] { 0, 1, 2, 3, 5 }, synapse => Assert.True(synapse == 1 ? At(60, 1) == 1 : At(60, synapse) == 1, $"synapse {synapse} changed"));
    }

    /// <summary>What the compiler keeps per source it must keep per synapse where delays are drawn, here all the same; the results differ by rounding alone.</summary>
    [Theory]
    [InlineData("ampa", "E: 60, T_duration: 2", "s left")]
    [InlineData("gaba_b", "E: 60, kd: 1e-4", "R G left")]
    [InlineData("nmda", "E: 60", "s x")]
    [InlineData("stp", "U: 0.4", "u x")]
    [InlineData("stdp", "w_max: 0.03, delta_A_s: 0.01, delta_A_t: 0.01", "A_s")]
    public void Where_variables_live_does_not_matter(string synapse, string parameters, string perSource)
    {
        string Network(string delay) => $$"""
            name: x
            dt: 0.1
            duration: 100
            seed: 5
            populations:
              A: {size: 19, model: lif, init: {V: "uniform(0, 20)"} }
              B: {size: 13, model: lif, init: {V: "uniform(0, 20)"} }
            projections: [{pre: A, post: B, connect: {fixed_prob: 0.6}, synapse: {{synapse}}, params: { {{parameters}} }, weight: 0.02, delay: {{delay}}}]
            inputs: [{to: A.I, value: "uniform(20, 40)"}, {to: B.I, value: "uniform(18, 24)"}]
            monitors: [{name: V, of: B, record: V}, {name: s, of: B, record: spikes}]
            """;
        CompiledNetwork together = Runs.Compile(Network("0.5"));
        CompiledNetwork apart = Runs.Compile(Network("\"uniform(0.5, 0.5)\""));
        Assert.Equal(perSource.Split(' '), together.Programs[1].Synapses.Single().SourceVariables);
        Assert.All(perSource.Split(' '), name => Assert.Contains(name, apart.Programs[1].Synapses.Single().Variables.Select(v => v.Name)));
        using SerialRun one = new SerialRun(together).Run();
        using SerialRun other = new SerialRun(apart).Run();
        Assert.True(one.Recordings.SpikeCounts.All(n => n > 20));
        Assert.Equal(other.Recordings.Spikes("s").Steps, one.Recordings.Spikes("s").Steps);
        foreach ((double x, double y) in one.Recordings.Variable("V", "V").Rows.Zip(other.Recordings.Variable("V", "V").Rows))
        {
            Assert.Equal(y, x, 1e-10);
        }
    }

    /// <summary>Two synapses on a rate neuron, step by step as the rule is written: both rates are those at the end of the step before.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Rates_of_the_step_before_teach(string backEnd)
    {
        const string Rate = "{model: rate, kind: neuron, state: {r: 0}, inputs: [I], update: {r: I}}";
        using SerialRun run = Runs.Ended($$"""
            {name: x, dt: 0.1, duration: 20, models: [{{Rate}}], populations: {A: {size: 2, model: rate}, B: {size: 1, model: rate} },
             projections: [{pre: A, post: B, connect: all_to_all, synapse: oja, params: {lr: 0.05}, weight: [0.1, 0.3]}],
             inputs: [{to: "A.I[0]", value: 1}, {to: "A.I[1]", expr: 1 + sin(t)}], monitors: [{name: w, of: A->B, record: weight}]}
            """, backEnd);
        double[] rows = run.Recordings.Variable("w", "weight").Rows;
        double[] w = [0.1, 0.3];
        double[] pre = [0, 0];
        double post = 0;
        for (int k = 0; k < 200; k++)
        {
            double current = (w[0] * pre[0]) + (w[1] * pre[1]);
            w = [.. w.Select((x, j) => x + (0.1 * 0.05 * post * (pre[j] - (post * x))))];
            (pre, post) = ([1, 1 + Math.Sin(k * 0.1)], current);
            Assert.Equal(w[0], rows[2 * k], 1e-12);
            Assert.Equal(w[1], rows[(2 * k) + 1], 1e-12);
        }

        Assert.True(Math.Abs(w[0] - 0.1) > 0.1);
    }

    /// <summary>With everybody onto everybody the sum is made once; with listed pairs it is made synapse by synapse.</summary>
    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public void One_sum_for_all_targets_is_the_sum_of_each(string self)
    {
        string pairs = string.Join(", ", from post in Enumerable.Range(0, 7) from pre in Enumerable.Range(0, 7) where self == "true" || pre != post select $"[{pre}, {post}]");
        string Network(string rule) => $$"""
            name: x
            dt: 0.1
            duration: 40
            populations: {A: {size: 7, model: lif, init: {V: "uniform(0, 20)"} } }
            projections: [{pre: A, post: A, connect: {{rule}}, synapse: gaba_a, weight: 0.01}]
            inputs: [{to: A.I, value: "30 + i"}]
            monitors: [{name: V, of: A, record: V}]
            """;
        string Ids(int end) => "[" + string.Join(", ", pairs.Trim('[', ']').Split("], [").Select(p => p.Split(", ")[end])) + "]";
        using SerialRun all = Runs.Ended(Network("{all_to_all: true, include_self: " + self + "}"), "reference");
        using SerialRun each = Runs.Ended(Network("{pairs: {pre: " + Ids(0) + ", post: " + Ids(1) + "} }"), "reference");
        foreach ((double x, double y) in all.Recordings.Variable("V", "V").Rows.Zip(each.Recordings.Variable("V", "V").Rows))
        {
            Assert.Equal(y, x, 1e-10);
        }
    }

    [Theory]
    [InlineData("state: {g: 0}, on_pre: {post.V: post.V*2}", "", "projections[0].synapse: s sets post.V to post.V*2 at a spike, and what arrives can only be added: write post.V + ...")]
    [InlineData("state: {g: 0}, on_pre: {g: pre.V}", "", "projections[0].synapse: s changes g by pre.V at a spike, and pre.V cannot be read in on_pre")]
    [InlineData("state: {g: 0}, on_pre: {post.V: post.V + 1, g: g + post.V}", "", "projections[0].synapse: on_pre of s reads post.V after it changed it; write the line for g above")]
    [InlineData("on_post: {weight: weight + 1}", "schedule: [arrive, input, spike, update, observe], ", "projections[0].synapse: s has on_post, which follows the update, so the schedule must update before it tests for spikes.")]
    [InlineData("state: {g: 0}, on_post: {weight: weight + g, g: 1}", "monitors: [{name: m, of: A->A, record: [weight, g], index: 9}], ", "monitors[0].index: there is no synapse 9: there are 4, counted from 0.")]
    [InlineData("state: {g: 1}, on_pre: {g: 2*g, weight: weight + g}", "monitors: [{name: m, of: A->A, record: [weight, g]}], ", "monitors[0].record: one of these variables is kept for each synapse, another for each source; make a monitor for each")]
    [InlineData("on_pre: {weight: weight + 1}", "monitors: [{name: m, of: A->A, record: weight, index: '3:'}], ", "monitors[0].index: '3:' of a projection needs its end, such as 0:10.")]
    public void Refused(string synapse, string more, string expected) => Assert.Contains(expected, Assert.Throws<UserMistakeException>(() => Runs.Ended($$"""
        {name: x, dt: 0.1, duration: 1, {{more}}models: [{model: s, kind: synapse, {{synapse}} }], populations: {A: {size: 2, model: lif} },
         projections: [{pre: A, post: A, connect: all_to_all, synapse: s}]}
        """, "reference").Dispose()).Message, StringComparison.Ordinal);

    [Fact]
    public void The_compiler_says_where_and_why()
    {
        PopulationProgram program = Runs.Compile("""
            {name: x, dt: 0.1, duration: 1, populations: {A: {size: 2, model: lif}}, projections: [{pre: A, post: A, connect: all_to_all, synapse: stdp}]}
            """).Programs[0];
        Assert.Equal(
            [
                "A->A (stdp): s summed per target",
                "A->A (stdp): A_s kept per source (no sum per target: on_post of weight reads that of each synapse)",
                "A->A (stdp): A_t kept per target (no sum per target: spikes of the target change it; not per source: spikes of the target change it)",
                "A->A (stdp): weight kept per synapse (its rules change it)",
            ],
            program.Findings.Take(4));
    }

    /// <summary>A weight that grows without bound is named by its synapse.</summary>
    [Fact]
    public void What_is_no_number_is_named()
    {
        NumericalFailureException failure = Assert.Throws<NumericalFailureException>(() => Runs.Ended("""
            {name: x, dt: 0.1, duration: 200, models: [{model: grows, kind: synapse, equations: {dweight/dt: weight*weight}, current: "0*weight"}], populations: {A: {size: 2, model: lif}},
             projections: [{pre: A, post: A, connect: all_to_all, synapse: grows, weight: [0, 0, 9, 0]}]}
            """, "reference").Dispose());
        Assert.StartsWith("projections.A->A: weight of synapse 1 is", failure.Message, StringComparison.Ordinal);
    }
}

using BrainSim.Engine.Expressions;
using BrainSim.Engine.Kernels.Cpu;
using BrainSim.Engine.Models;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Engine.Kernels;

/// <summary>What the words of network files and models mean, on every back end and width: one body for all.</summary>
public sealed class KernelMeaningTests
{
    public static TheoryData<string> BackEnds => Runs.BackEndNames;

    public static TheoryData<string, string> ModelsAndBackEnds =>
        new(LibraryModels.Neurons.SelectMany(m => Runs.BackEnds.Select(b => (m.Name, b.Name))));

    /// <summary>One number for all is computed ahead, one for each neuron is not; only roundings may differ: 200 steps of them, amplified at the upswing of a spike.</summary>
    [Theory]
    [MemberData(nameof(ModelsAndBackEnds))]
    public void Uniform_and_per_neuron_parameters_give_the_same_state(string model, string backEnd)
    {
        ModelSpec spec = ModelLibrary.Find(model)!;
        string inputs = string.Concat(spec.Inputs.SelectMany(i => new[] { "one", "each" }.Select(p => $"  - {{to: {p}.{i}, value: {LibraryModels.Drive(model)}}}\n")));
        using SerialRun run = Runs.Ended($$"""
            name: uniform
            dt: 0.1
            duration: 10
            populations:
              one: {size: {{LibraryModels.Size}}, model: {{model}}, params: {{LibraryModels.Defaults(spec, each: false)}} }
              each: {size: {{LibraryModels.Size}}, model: {{model}}, params: {{LibraryModels.Defaults(spec, each: true)}} }
            inputs:
            {{(inputs.Length == 0 ? "  []" : inputs.TrimEnd())}}
            """, backEnd);
        foreach (StateVariable variable in spec.State)
        {
            double[] one = run.Column("one", variable.Name);
            double[] each = run.Column("each", variable.Name);
            double range = one.Max(Math.Abs);
            Assert.All(one.Zip(each), pair => Assert.Equal(pair.First, pair.Second, 1e-12 * Math.Max(1, range) * Amplification(model)));
        }
    }

    /// <summary>What is computed once for each neuron of a sub-step's length is computed of that length, also where the step has passes of another.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Parameters_of_each_neuron_know_the_substep(string backEnd)
    {
        using SerialRun run = Runs.Ended("""
            name: substeps
            dt: 0.1
            duration: 5
            models: [{model: decay, kind: neuron, params: {tau: 10}, state: {V: 1, w: 0}, equations: {dV/dt: -V/tau}, method: exponential_euler, update: {w: exp(-dt/tau)} }]
            populations:
              one: {size: 2, model: decay, substeps: 4}
              each: {size: 2, model: decay, substeps: 4, params: {tau: [10, 10]} }
            """, backEnd);
        foreach (string variable in new[] { "V", "w" })
        {
            Assert.All(run.Column("one", variable).Zip(run.Column("each", variable)), pair => Assert.Equal(pair.First, pair.Second, 1e-13));
        }

        Assert.All(run.Column("each", "V"), v => Assert.Equal(Math.Exp(-0.5), v, 1e-13));
        Assert.All(run.Column("each", "w"), w => Assert.Equal(Math.Exp(-0.01), w, 1e-13));
    }

    /// <summary>Exponential upswings multiply a difference by the slope of the exponential, up to e^(30/3.48) = 5,500; quadratic and cubic ones by less than 100.</summary>
    private static double Amplification(string model) => model switch
    {
        "adex" or "expif" => 5500,
        "izhikevich" or "quaif" or "hh_wang_buzsaki" or "hindmarsh_rose" => 100,
        _ => 1,
    };

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Signals_act_when_they_say(string backEnd)
    {
        using SerialRun run = Ended(backEnd, 8, 1, """
            - {to: p.I, section: {values: [1, 2, 3], durations: [2, 0, 3]}}
            - {to: p.I, ramp: {from: 10, to: 20, t_start: 2, t_end: 7}}
            - {to: p.I, pulses: {at: [1, 2], length: [3, 1], size: [100, 1000]}}
            - {to: p.I, expr: "10000*t"}
            """);
        double[] expected = [.. Enumerable.Range(0, 8).Select(t =>
            (t < 2 ? 1 : t < 5 ? 3 : 0) + (t is >= 2 and < 7 ? 10 + (2 * (t - 2)) : 0) + (t is >= 1 and < 4 ? 100 : 0) + (t == 2 ? 1000 : 0) + (10000.0 * t))];
        Assert.Equal(expected, run.Recordings.Variable("I", "I").Rows);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Slices_and_operations_act_in_the_order_of_the_file(string backEnd)
    {
        using SerialRun run = Ended(backEnd, 1, 21, """
            - {to: p.I, value: 8}
            - {to: "p.I[3:17]", value: 2, op: "*"}
            - {to: "p.I[5:]", value: 3, op: "-"}
            - {to: "p.I[:10]", value: 4, op: "/"}
            - {to: "p.I[20:21]", value: 7, op: "="}
            - {to: "p.I[1:3]", value: [40, 50], op: "="}
            - {to: "p.I[4:6]", value: "100*i", op: "+"}
            """);
        double[] expected = [.. Enumerable.Range(0, 21).Select(i =>
        {
            double x = 8;
            x = i is >= 3 and < 17 ? x * 2 : x;
            x = i >= 5 ? x - 3 : x;
            x = i < 10 ? x / 4 : x;
            x = i == 20 ? 7 : x;
            x = i == 1 ? 40 : i == 2 ? 50 : x;
            return i is 4 or 5 ? x + (100 * i) : x;
        })];
        Assert.Equal(expected, run.Recordings.Variable("I", "I").Rows);
    }

    /// <summary>A signal that is silent leaves what others have set: nothing times 5 is not nothing.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Silent_signals_do_not_act(string backEnd)
    {
        using SerialRun run = Ended(backEnd, 4, 1, """
            - {to: p.I, value: 6}
            - {to: p.I, section: {values: [2], durations: [1]}, op: "*"}
            - {to: p.I, pulses: {at: [1], length: 1, size: 3}, op: "/"}
            - {to: p.I, ramp: {from: 9, to: 9, t_start: 2, t_end: 3}, op: "="}
            """);
        Assert.Equal([12, 2, 9, 6], run.Recordings.Variable("I", "I").Rows);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Tables_act_row_by_row_and_then_fall_silent(string backEnd)
    {
        using TemporaryFolder folder = new();
        using (FileStream file = File.Create(folder.At("in.npz")))
        using (BrainSim.Engine.Documents.NpzWriter writer = new(file))
        {
            writer.Add<double>("all", [1, 2]);
            writer.Add("each", [10.0, 20, 30, 40], 2, 2);
        }

        string path = folder.At("in.npz").Replace('\\', '/');
        using SerialRun run = Ended(backEnd, 4, 4, $$"""
            - {to: p.I, file: {file: "{{path}}", array: all} }
            - {to: "p.I[1:3]", file: {file: "{{path}}", array: each} }
            """);
        Assert.Equal([1, 11, 21, 1, 2, 32, 42, 2, 0, 0, 0, 0, 0, 0, 0, 0], run.Recordings.Variable("I", "I").Rows);
    }

    /// <summary>V rises by 1 each ms and spikes at 2, so a neuron spikes every 2 + r ms.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Each_neuron_rests_for_its_own_refractory_time(string backEnd)
    {
        foreach ((string schedule, int first) in new[] { ("[arrive, input, update, spike, observe]", 1), ("[arrive, input, spike, update, observe]", 2) })
        {
            using SerialRun run = Runs.Ended($$"""
                name: refractory
                dt: 1
                duration: 60
                schedule: {{schedule}}
                models:
                  - model: counter
                    kind: neuron
                    params: {r: 0}
                    state: {V: 0}
                    equations: {dV/dt: 1}
                    spike: {when: V >= 2, then: {V: 0}, refractory: {for: r, hold: [V]} }
                populations:
                  each: {size: 19, model: counter, params: {r: [{{string.Join(", ", Enumerable.Range(0, 19))}}]} }
                  one: {size: 3, model: counter, params: {r: 4} }
                monitors: [{name: each, of: each, record: spikes}, {name: one, of: one, record: spikes}]
                """, backEnd);
            int[] Expected(int r) => [.. Enumerable.Range(0, 60).Where(step => step >= first && (step - first) % (2 + r) == 0)];
            Assert.All(Enumerable.Range(0, 19), r => Assert.Equal(Expected(r), run.SpikeSteps("each", r)));
            Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(Expected(4), run.SpikeSteps("one", i)));
        }
    }

    /// <summary>old.X is X before the update, in discrete rules as in the spike's condition and consequences, also where the update is a pass of its own.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Old_values_are_those_before_the_update(string backEnd)
    {
        foreach (int substeps in new[] { 1, 4 })
        {
            using SerialRun run = Runs.Ended($$"""
                name: old
                dt: 1
                duration: 5
                models:
                  - model: m
                    kind: neuron
                    state: {V: 0, before: -1, at_spike: -1}
                    equations: {dV/dt: 1}
                    update: {before: old.V}
                    spike: {when: old.V < 3 and V >= 3, then: {at_spike: old.V} }
                populations: {p: {size: 9, model: m, substeps: {{substeps}} } }
                monitors: [{name: s, of: p, record: spikes}]
                """, backEnd);
            Assert.All(run.Column("p", "V"), v => Assert.Equal(5, v));
            Assert.All(run.Column("p", "before"), v => Assert.Equal(4, v));
            Assert.All(run.Column("p", "at_spike"), v => Assert.Equal(2, v));
            Assert.Equal(Enumerable.Repeat(2, 9), run.Recordings.Spikes("s").Steps);
        }
    }

    /// <summary>Ten substeps of Euler's method are ten Euler steps: V (1 - dt/10/tau)^10; t advances inside the step.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Substeps_are_smaller_steps(string backEnd)
    {
        string Text(string dt, int substeps) => $$"""
            name: substeps
            dt: {{dt}}
            duration: 4
            models: [{model: m, kind: neuron, params: {tau: 3}, state: {V: 1, x: 0}, equations: {dV/dt: -V/tau, dx/dt: cos(t)}, method: euler}]
            populations: {p: {size: 5, model: m, substeps: {{substeps}} } }
            """;
        using SerialRun fine = Runs.Ended(Text("0.1", 1), backEnd);
        using SerialRun sub = Runs.Ended(Text("1", 10), backEnd);
        Assert.Equal(Math.Pow(1 - (0.1 / 3), 40), sub.Column("p", "V")[4], 1e-14);
        Assert.Equal(fine.Column("p", "V")[4], sub.Column("p", "V")[4], 1e-14);
        Assert.Equal(fine.Column("p", "x")[4], sub.Column("p", "x")[4], 1e-14);
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Discrete_rules_change_all_variables_at_once(string backEnd)
    {
        using SerialRun run = Runs.Ended("""
            name: discrete
            dt: 1
            duration: 10
            models:
              - {model: fibonacci, kind: neuron, state: {a: 0, b: 1}, update: {a: b, b: a + b}, spike: {when: a == 8, then: {a: b, b: a} } }
            populations: {p: {size: 17, model: fibonacci} }
            monitors: [{name: s, of: p, record: spikes}]
            """, backEnd);

        // 0 1, 1 1, 1 2, 2 3, 3 5, 5 8, 8 13 -> 13 8, 8 21 -> 21 8, 8 29 -> 29 8, 8 37 -> 37 8, 8 45 -> 45 8
        Assert.All(run.Column("p", "a"), a => Assert.Equal(45, a));
        Assert.All(run.Column("p", "b"), b => Assert.Equal(8, b));
        Assert.Equal([5, 6, 7, 8, 9], run.SpikeSteps("s", 16));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Parameters_from_lists_reach_their_neurons_on_every_shard(string backEnd)
    {
        double[] k = [.. Enumerable.Range(0, 23).Select(i => 1.5 + (i * i))];
        string text = $$"""
            name: lists
            dt: 1
            duration: 1
            models: [{model: m, kind: neuron, params: {k: 0, j: 2*i}, state: {x: 0, y: k}, update: {x: k*j} }]
            populations: {p: {size: 23, model: m, params: {k: [{{string.Join(", ", k.Select(LibraryModels.Text))}}], j: 7} } }
            """;
        foreach (int shards in new[] { 1, 4 })
        {
            using SerialRun run = Runs.Ended(text, backEnd, shards);
            Assert.Equal(k.Select(x => 7 * x), run.Column("p", "x"));
            Assert.Equal(k, run.Column("p", "y"));
        }
    }

    /// <summary>Equal texts draw independently, neurons and steps too; the same numbers come on every back end, width and shard count.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Draws_are_independent_and_the_same_everywhere(string backEnd)
    {
        const string Text = """
            name: draws
            dt: 1
            duration: 20
            seed: 7
            models:
              - model: m
                kind: neuron
                params: {shape: 0.7}
                state: {a: 0, b: 0, c: 0, sum: 0, p: 0, g: 0, u: 0, n: 0, z: 0}
                inputs: [I]
                update: {a: "normal(0, 1)", b: "normal(0, 1)", c: "c + normal(0, 1)*normal(0, 1)", p: "poisson(3 + shape)", g: "gamma(shape, 2)", u: "uniform(I, I + 1)", z: "truncated_normal(I, shape, I + shape, 1e9)"}
                spike: {when: "uniform(0, 1) < 0.3", then: {n: "n + choice(1, 10)", sum: "sum + lognormal(0, 1) + exponential(2)"} }
            populations:
              p: {size: 41, model: m, params: {shape: [SHAPES]} }
              q: {size: 41, model: m}
            inputs: [{to: p.I, expr: "normal(0, 1)"}]
            monitors: [{name: s, of: p, record: spikes}, {name: a, of: p, record: [a], every: 1}]
            """;
        string text = Text.Replace("SHAPES", string.Join(", ", Enumerable.Range(1, 41).Select(i => LibraryModels.Text(i * 0.1))), StringComparison.Ordinal);
        using SerialRun wide = Runs.Ended(text, Runs.BackEnds.Skip(1).First().Name);
        double[] a = wide.Column("p", "a");
        Assert.Equal(41, a.Distinct().Count());
        Assert.Equal(20, wide.Recordings.Variable("a", "a").Rows.Where((_, j) => j % 41 == 3).Distinct().Count());
        Assert.DoesNotContain(wide.Column("p", "b"), x => a.Contains(x));
        Assert.DoesNotContain(wide.Column("q", "a"), x => a.Contains(x));
        Assert.InRange(wide.Recordings.SpikeCounts[0], 150, 350);
        foreach (int shards in new[] { 1, 2, 3, 7 })
        {
            using SerialRun run = Runs.Ended(text, backEnd, shards);
            Assert.Equal(wide.Recordings.Spikes("s").Ids, run.Recordings.Spikes("s").Ids);
            foreach (string column in (ReadOnlySpan<string>)["a", "b", "c", "sum", "p", "g", "u", "n", "z"])
            {
                Assert.All(wide.Column("p", column).Zip(run.Column("p", column)), pair => Assert.Equal(pair.First, pair.Second, 1e-12 * Math.Max(1, Math.Abs(pair.First))));
            }

            if (backEnd != "reference")
            {
                Assert.Equal(wide.StateHash, run.StateHash);
            }
        }
    }

    /// <summary>With some of these a rejection sampler never ends.</summary>
    [Theory]
    [InlineData(Op.Gamma, double.NaN)]
    [InlineData(Op.Gamma, -0.9)]
    [InlineData(Op.Gamma, 0)]
    [InlineData(Op.Poisson, double.NaN)]
    [InlineData(Op.Poisson, -1)]
    [InlineData(Op.Poisson, double.PositiveInfinity)]
    [InlineData(Op.TruncatedNormal, double.NaN)]
    [InlineData(Op.TruncatedNormal, double.NegativeInfinity)]
    public void Draws_outside_their_range_give_nan(Op op, double argument) =>
        Assert.Equal(double.NaN, RandomOps.Draw(op, new KeyedRandom(1, 2).Stream(3, 4), [argument, 1, 2, 3]));

    /// <summary>Behind the last neuron a/b is 0/0, and a rejection sampler never accepts with NaN.</summary>
    [Fact]
    public void Lanes_behind_the_last_neuron_draw_nothing()
    {
        foreach (int bits in VectorWidth.Supported)
        {
            using SerialRun run = new SerialRun(Runs.Compile("""
                name: padding
                dt: 1
                duration: 3
                models: [{model: m, kind: neuron, params: {k: 1}, state: {x: 0, a: 30*k, b: k}, update: {x: "poisson(a/b)"} }]
                populations: {p: {size: 3, model: m, params: {k: [1, 2, 3]} } }
                """, bits)).Run();
            Assert.All(run.Column("p", "x"), x => Assert.True(x > 0));
        }
    }

    private static SerialRun Ended(string backEnd, int steps, int size, string inputs) => Runs.Ended($$"""
        name: inputs
        dt: 1
        duration: {{steps}}
        models: [{model: m, kind: neuron, state: {x: 0}, inputs: [I], equations: {dx/dt: I} }]
        populations: {p: {size: {{size}}, model: m} }
        inputs:
        {{inputs}}
        monitors: [{name: I, of: p, record: [I], every: 1}]
        """, backEnd);
}

using BrainSim.Engine.Simulation;
using BrainSim.Node;
using Xunit;

namespace BrainSim.Tests.Engine.Simulation;

/// <summary>NaN and infinities end a run with the neuron, the variable and the step, also where the same step hides them.</summary>
public sealed class NonFiniteTests
{
    private static readonly int[] Shards = [1, 2, 3, 7];

    /// <summary>Infinite in step 13 for neurons 5 and 30, else 1.</summary>
    private const string Burst = "exp(where((i == 5 or i == 30) and t > 1.25 and t < 1.35, 1000, 0))";

    /// <summary>NaN in step 13 for neurons 5 and 30, else 0.</summary>
    private const string Hole = "log(where((i == 5 or i == 30) and t > 1.25 and t < 1.35, -1, 1))";

    /// <summary>In step 13 infinite for one neuron and NaN for another, else 0.</summary>
    private static string BurstAndHole(int burst, int hole) => $"where(t > 1.25 and t < 1.35, where(i == {burst}, exp(1000), where(i == {hole}, log(-1), 0)), 0)";

    /// <summary>By name: population, its input, more keys of the file, and what the message says.</summary>
    private static readonly Dictionary<string, (string Population, string Input, string More, string Found)> Cases = new()
    {
        ["a spike resets it at once"] = ("model: lif", Burst, "", "V of neuron 5 is Infinity"),
        ["a spike resets it at once, refractory for a while"] = ("model: lif, params: {t_ref: 'uniform(1, 3)'}", Burst, "", "V of neuron 5 is Infinity"),
        ["spikes come before the update"] = ("model: lif", Burst, "schedule: [arrive, input, spike, update, observe]", "V of neuron 5 is Infinity"),
        ["smaller steps"] = ("model: lif, substeps: 3", Burst, "", "V of neuron 5 is Infinity"),
        ["below the threshold for ever"] = ("model: lif", $"-{Burst}", "", "V of neuron 5 is -Infinity"),
        ["not a number"] = ("model: lif", Hole, "", "V of neuron 5 is NaN"),
        ["a spike resets the first, the second lasts"] = ("model: lif", BurstAndHole(burst: 5, hole: 30), "", "V of neuron 5 is Infinity"),
        ["a spike resets the second, the first lasts"] = ("model: lif", BurstAndHole(burst: 30, hole: 5), "", "V of neuron 5 is NaN"),
        ["a spike resets one, its neighbour lasts"] = ("model: lif", BurstAndHole(burst: 6, hole: 5), "", "V of neuron 5 is NaN"),
        ["a rule adds to it"] = ("model: adding", Burst, "", "x of neuron 5 is Infinity"),
        ["two variables are reset"] = ("model: izhikevich", Burst, "", "V of neuron 5 is Infinity"),
        ["nothing is reset"] = ("model: fhn", Hole, "", "V of neuron 5 is NaN"),
        ["a rule hides it"] = ("model: hiding", Burst, "", "x of neuron 5 is Infinity"),
        ["a rule makes it and a spike hides it"] = ("model: making", Burst, "", "x of neuron 5 is Infinity"),
        ["no spikes, no rules"] = ("model: plain", Hole, "", "x of neuron 5 is NaN"),
    };

    public static TheoryData<string, string, string> OnEveryMachine => new(
        from name in Cases.Keys
        from backEnd in Runs.BackEnds
        from precision in new[] { "float64", "float32" }
        select (name, backEnd.Name, precision));

    [Theory]
    [MemberData(nameof(OnEveryMachine))]
    public void The_run_ends_with_neuron_variable_and_step(string name, string backEnd, string precision)
    {
        CompiledNetwork compiled = Runs.Compile(Network(Cases[name], precision), backEnd);
        foreach (int shards in Shards)
        {
            using SerialRun run = new(compiled, shards);
            NumericalFailureException failure = Assert.Throws<NumericalFailureException>(() => run.Run());
            Assert.StartsWith($"populations.p: {Cases[name].Found} after step 13, at 1.4 ms;", failure.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>A checkpoint would forget what the step hid: none is taken any more, and the run ends as it would have.</summary>
    [Fact]
    public void No_checkpoint_is_kept_afterwards()
    {
        List<long> kept = [];
        using LocalHost host = new(Runs.Compile(Network(Cases["a spike resets it at once"], "float64")), shards: 3, threads: 2)
        {
            NextMeeting = step => step + 1,
            IsCheckpointDue = _ => true,
            KeepCheckpoint = checkpoint => kept.Add(checkpoint.Step),
        };
        Assert.Throws<NumericalFailureException>(() => host.Run(_ => { }, CancellationToken.None));
        Assert.Equal(Enumerable.Range(1, 13).Select(step => (long)step), kept);
    }

    /// <summary>Numbers whose sum would be infinite are no failure while each is finite.</summary>
    [Theory]
    [MemberData(nameof(Runs.BackEndNames), MemberType = typeof(Runs))]
    public void Large_numbers_are_finite(string backEnd)
    {
        using SerialRun run = Runs.Ended("""
            name: large
            dt: 0.1
            duration: 1
            models: [{model: m, kind: neuron, state: {x: 1.5e308, y: 1.5e308}, equations: {dx/dt: 0, dy/dt: 0}, update: {x: x, y: y} }]
            populations: {p: {size: 9, model: m} }
            """, backEnd);
        Assert.All(run.Column("p", "x"), x => Assert.Equal(1.5e308, x));
    }

    private static string Network((string Population, string Input, string More, string Found) of, string precision) => $$"""
        name: not_finite
        dt: 0.1
        duration: 4
        precision: {{precision}}
        {{of.More}}
        models:
          - {model: hiding, kind: neuron, state: {x: 0}, inputs: [I], equations: {dx/dt: I - x}, update: {x: 'where(x > 5, 0, x)'} }
          - {model: making, kind: neuron, state: {x: 0}, inputs: [I], update: {x: I}, spike: {when: x > 5, then: {x: 0} } }
          - {model: adding, kind: neuron, state: {x: 0}, inputs: [I], equations: {dx/dt: I - x}, update: {x: x + 1}, spike: {when: x > 1e9, then: {x: 0} } }
          - {model: plain, kind: neuron, state: {x: 0}, inputs: [I], equations: {dx/dt: I - x} }
        populations: {p: {size: 37, {{of.Population}} } }
        inputs: [{to: p.I, expr: "{{of.Input}}"}]
        """;
}

using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Engine.Simulation;

/// <summary>What a step does, by networks that one can compute by hand.</summary>
public class StepSemanticsTests
{
    private const string Relay = "{model: relay, kind: neuron, state: {V: 0}, spike: {when: V >= 1, then: {V: 0}}}";
    private const string Probe = "{model: probe, kind: neuron, state: {V: 0}, inputs: [I], update: {V: I}}";

    public static TheoryData<string> BackEnds => Runs.BackEndNames;

    /// <summary>A spike of step k with a delay of d steps arrives at the start of step k + 1 + d; a relay spikes in the step in which a spike arrives.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void SpikesTravelAlongAChain(string backEnd)
    {
        // Replayed at 0.1 ms, which is the end of step 0: 1 = 0 + 1 + 0, 3 = 1 + 1 + 1, 6 = 3 + 1 + 2. At time 0, one step earlier.
        Assert.Equal([[0], [1], [3], [6]], Chain(backEnd, "", "0.1", "0"));
        Assert.Equal([[-1], [0], [2], [5]], Chain(backEnd, "", "0", "0"));
        Assert.Equal([0.1, 0.2, 0.4, 0.7], ChainTimes("", "0.1", "0"));
        Assert.Equal([0, 0.1, 0.3, 0.6], ChainTimes("", "0", "0"));
    }

    /// <summary>Where spikes are tested before the update, a spike of step k has time k·dt and arrives at the start of step k + d.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void SpikesTravelAlongAChainWhenTestedBeforeTheUpdate(string backEnd)
    {
        // Replayed at 0.1 ms, which is the start of step 1: 2 = 1 + 1, 3 = 2 + 1, 5 = 3 + 2. At time 0, one step earlier.
        const string arriveFirst = "schedule: [arrive, input, spike, update, observe],";
        Assert.Equal([[1], [2], [3], [5]], Chain(backEnd, arriveFirst, "0.1", "0.1"));
        Assert.Equal([[0], [1], [2], [4]], Chain(backEnd, arriveFirst, "0", "0.1"));
        Assert.Equal([0.1, 0.2, 0.3, 0.5], ChainTimes(arriveFirst, "0.1", "0.1"));

        // With the test before the arrival, what arrives in a step is tested in the next: 3 = (1 + 1) + 1, 5 = (3 + 1) + 1, 8 = (5 + 2) + 1.
        Assert.Equal([[1], [3], [5], [8]], Chain(backEnd, "schedule: [spike, arrive, input, update, observe],", "0.1", "0.1"));
    }

    [Fact]
    public void NoDelayIsRefusedWhereSpikesAreTestedBeforeTheUpdate() =>
        Assert.Contains("projections[0].delay", Assert.Throws<UserMistakeException>(
            () => Runs.Read(ChainText("schedule: [arrive, input, spike, update, observe],", "0.1", "0"))).Message, StringComparison.Ordinal);

    /// <summary>V counts up by one per step to 3, spikes and stands still for t_ref/dt steps: 3, then 3 + 2 steps apart.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void RefractoryNeuronsStandStillForExactlyTheirTime(string backEnd)
    {
        using SerialRun run = Ended(backEnd, "{model: count, kind: neuron, params: {t_ref: 0.2}, state: {V: 0}, update: {V: V + 1}, spike: {when: V >= 3, then: {V: 0}, refractory: {for: t_ref, hold: [V]}}}",
            "A: {size: 3, model: count, params: {t_ref: {values}}}".Replace("{values}", "'0.1*i + 0.1'", StringComparison.Ordinal), monitors: "{name: v, of: A, record: V}");
        Assert.Equal([1, 2, 0, 0, 1, 2, 0, 0, 1, 2], Rows(run, neuron: 0));
        Assert.Equal([1, 2, 0, 0, 0, 1, 2, 0, 0, 0], Rows(run, neuron: 1));
        Assert.Equal([1, 2, 0, 0, 0, 0, 1, 2, 0, 0], Rows(run, neuron: 2)); // 0.3 ms, where 0.3/0.1 < 3 in binary
    }

    /// <summary>Half a unit arrives in every step from 1 on; the two steps after a spike lose theirs.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void EventsOnHeldVariablesAreLostWhileRefractory(string backEnd)
    {
        using SerialRun run = Ended(backEnd, "{model: relay, kind: neuron, state: {V: 0}, spike: {when: V >= 1, then: {V: 0}, refractory: {for: 0.2, hold: [V]}}}",
            "S: {size: 1, model: spike_source, spikes: {t: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], id: [0, 0, 0, 0, 0, 0, 0, 0, 0]}}, A: {size: 1, model: relay}",
            "{pre: S, post: A, connect: all_to_all, synapse: delta, weight: 0.5}", "{name: v, of: A, record: V}, {name: s, of: A, record: spikes}");
        Assert.Equal([0, 0.5, 0, 0, 0, 0.5, 0, 0, 0, 0.5], Rows(run, neuron: 0));
        Assert.Equal([2, 6], run.SpikeSteps("s", 0));
    }

    /// <summary>Likewise, but the two steps keep theirs, with one delay or many: V is 0.5 and 1 while it stands still; when the neuron is active again a third arrives, and it spikes.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void EventsOnHeldVariablesAreAddedOnRequest(string backEnd)
    {
        foreach (string delay in (ReadOnlySpan<string>)["0", "uniform(0, 0)"])
        {
            using SerialRun run = Ended(backEnd, "{model: relay, kind: neuron, state: {V: 0}, spike: {when: V >= 1, then: {V: 0}, refractory: {for: 0.2, hold: [V]}}}",
                "S: {size: 1, model: spike_source, spikes: {t: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], id: [0, 0, 0, 0, 0, 0, 0, 0, 0]}}, A: {size: 1, model: relay}",
                $"{{pre: S, post: A, connect: all_to_all, synapse: delta, weight: 0.5, delay: '{delay}', while_refractory: add}}", "{name: v, of: A, record: V}, {name: s, of: A, record: spikes}");
            Assert.Equal([0, 0.5, 0, 0.5, 1, 0, 0.5, 1, 0, 0.5], Rows(run, neuron: 0));
            Assert.Equal([2, 5, 8], run.SpikeSteps("s", 0));
        }
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void NoSpikesWhileRefractoryThoughNothingIsHeld(string backEnd)
    {
        using SerialRun run = Ended(backEnd, "{model: count, kind: neuron, state: {V: 0}, update: {V: V + 1}, spike: {when: V >= 3, then: {V: V}, refractory: {for: 0.2, hold: []}}}",
            "A: {size: 1, model: count}", monitors: "{name: v, of: A, record: V}, {name: s, of: A, record: spikes}");
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], Rows(run, neuron: 0));
        Assert.Equal([2, 5, 8], run.SpikeSteps("s", 0));
    }

    /// <summary>Ten steps of 0.1 ms; V becomes the input of each step. Neuron 2 of 4 is read.</summary>
    public static TheoryData<string, double[]> Inputs => new()
    {
        { "{to: A.I, value: 7}", [7, 7, 7, 7, 7, 7, 7, 7, 7, 7] },
        { "{to: A.I, value: '2*i + N'}", [8, 8, 8, 8, 8, 8, 8, 8, 8, 8] },
        { "{to: A.I, value: [1, 2, 3, 4]}", [3, 3, 3, 3, 3, 3, 3, 3, 3, 3] },
        { "{to: 'A.I[1:3]', value: [1, 2]}", [2, 2, 2, 2, 2, 2, 2, 2, 2, 2] },
        { "{to: 'A.I[3]', value: 1}", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
        { "{to: A.I, section: {values: [1, 2, 3], durations: [0.3, 0.2, 0.2]}}", [1, 1, 1, 2, 2, 3, 3, 0, 0, 0] },
        { "{to: A.I, section: {values: [1, 2, 3], durations: [0.3, 0, 5]}}", [1, 1, 1, 3, 3, 3, 3, 3, 3, 3] },
        { "{to: A.I, ramp: {from: 1, to: 2, t_start: 0.2, t_end: 0.6}}", [0, 0, 1, 1.25, 1.5, 1.75, 0, 0, 0, 0] },
        { "{to: A.I, pulses: {at: [0.1, 0.2, 0.8], length: [0.2, 0.3, 5], size: [1, 10, 100]}}", [0, 1, 11, 10, 10, 0, 0, 0, 100, 100] },
        { "{to: A.I, pulses: {at: [0.1, 0.3], length: 0.1, size: 2}}", [0, 2, 0, 2, 0, 0, 0, 0, 0, 0] },
        { "{to: A.I, file: {file: in.npz, array: all}}", [5, 6, 7, 8, 0, 0, 0, 0, 0, 0] },
        { "{to: 'A.I[1:3]', file: {file: in.npz, array: each}}", [20, 40, 0, 0, 0, 0, 0, 0, 0, 0] },
        { "{to: A.I, expr: 'round10*t + 100*i'}".Replace("round10", "10", StringComparison.Ordinal), [200, 201, 202, 203, 204, 205, 206, 207, 208, 209] },
        { "{to: A.I, value: 6}, {to: A.I, value: 2, op: '*'}, {to: A.I, value: 5, op: '-'}, {to: A.I, value: 7, op: /}", [1, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
        { "{to: A.I, value: 6}, {to: A.I, section: {values: [9], durations: [0.2]}, op: '='}", [9, 9, 6, 6, 6, 6, 6, 6, 6, 6] },
        { "{to: A.I, value: 6}, {to: A.I, pulses: {at: [0.1], length: 0.2, size: 0}, op: '*'}", [6, 0, 0, 6, 6, 6, 6, 6, 6, 6] },
        { "{to: A.I, value: 6}, {to: A.I, file: {file: in.npz, array: all}, op: '='}", [5, 6, 7, 8, 6, 6, 6, 6, 6, 6] },
        { "{to: A.I, value: 6}, {to: 'A.I[1:3]', file: {file: in.npz, array: each}, op: /}", [0.3, 0.15, 6, 6, 6, 6, 6, 6, 6, 6] },
    };

    [Theory]
    [MemberData(nameof(Inputs))]
    public void InputsActInTheirSteps(string inputs, double[] expected)
    {
        using TemporaryFolder folder = new();
        using (NpzWriter writer = new(File.Create(folder.At("in.npz"))))
        {
            writer.Add<double>("all", [5.0, 6, 7, 8]);
            writer.Add<double>("each", [10.0, 20, 30, 40], 2, 2);
        }

        foreach ((string name, BackEnd backEnd, int? bits) in Runs.BackEnds)
        {
            NetworkSpec network = NetworkReader.ReadText("test.yaml",
                Text(Probe, "A: {size: 4, model: probe}", "", "{name: v, of: A, record: V}", inputs), Path.GetDirectoryName(folder.At("in.npz"))!, []);
            using SerialRun run = new SerialRun(CompiledNetwork.Of(network, backEnd, bits), 2).Run();
            Assert.True(expected.Zip(Rows(run, neuron: 2, of: 4)).All(pair => Math.Abs(pair.First - pair.Second) < 1e-12), $"{name}: {string.Join(' ', Rows(run, neuron: 2, of: 4))}");
        }
    }

    private static int[][] Chain(string backEnd, string schedule, string spikeTime, string firstDelay)
    {
        using SerialRun run = Runs.Ended(ChainText(schedule, spikeTime, firstDelay), backEnd, shards: 2);
        return [.. "SABC".Select(p => run.SpikeSteps($"s{p}", 0))];
    }

    private static double[] ChainTimes(string schedule, string spikeTime, string firstDelay)
    {
        using SerialRun run = Runs.Ended(ChainText(schedule, spikeTime, firstDelay), "reference");
        return [.. "SABC".Select(p => Math.Round(run.Recordings.SpikeTime(run.SpikeSteps($"s{p}", 0).Single()), 9))];
    }

    private static string ChainText(string schedule, string spikeTime, string firstDelay) => Text(
        Relay,
        $"S: {{size: 1, model: spike_source, spikes: {{t: [{spikeTime}], id: [0]}}}}, A: {{size: 1, model: relay}}, B: {{size: 1, model: relay}}, C: {{size: 1, model: relay}}",
        $"{{pre: S, post: A, connect: one_to_one, synapse: delta, delay: {firstDelay}}}, {{pre: A, post: B, connect: one_to_one, synapse: delta, delay: 0.1}}, {{pre: B, post: C, connect: one_to_one, synapse: delta, delay: 0.2}}",
        string.Join(", ", "SABC".Select(p => $"{{name: s{p}, of: {p}, record: spikes}}")), "", schedule);

    private static SerialRun Ended(string backEnd, string model, string populations, string projections = "", string monitors = "") =>
        Runs.Ended(Text(model, populations, projections, monitors, ""), backEnd);

    private static string Text(string model, string populations, string projections, string monitors, string inputs, string schedule = "") =>
        $"{{name: test, dt: 0.1, duration: 1, {schedule} models: [{model}], populations: {{{populations}}}, projections: [{projections}], inputs: [{inputs}], monitors: [{monitors}]}}";

    private static double[] Rows(SerialRun run, int neuron, int? of = null)
    {
        (_, double[] rows, int width) = run.Recordings.Variable("v", "V");
        Assert.Equal(of ?? width, width);
        return [.. rows.Where((_, j) => j % width == neuron)];
    }
}

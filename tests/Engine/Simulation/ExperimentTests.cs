using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Simulation;

/// <summary>Runs that are begun, left, changed, taken up and repeated in one process give the bits of fresh ones.</summary>
public class ExperimentTests
{
    /// <summary>Synapses of every kind: one delay, many, kept weights, held targets, couplings.</summary>
    private const string Text = """
        name: experiment
        dt: 0.1
        duration: 40
        seed: 3
        populations:
          E: {size: 41, model: lif, params: {tau: 20, V_rest: -60, V_reset: -60, V_th: -50, t_ref: 5}, init: {V: "normal(-60, 5)"} }
          I: {size: 13, like: E}
          P: {size: 7, model: poisson, params: {rate: 100} }
        projections:
          - {pre: E, post: [E, I], connect: {fixed_prob: 0.2}, synapse: exp_cond, params: {tau: 5, E: 0}, weight: 0.6, delay: 0.1}
          - {pre: I, post: [E, I], connect: {fixed_prob: 0.2}, synapse: exp_cond, params: {tau: 10, E: -80}, weight: "uniform(5, 8)", delay: "uniform(0.1, 2)"}
          - {name: kick, pre: P, post: E, connect: {fixed_pre_num: 2}, synapse: delta, weight: "uniform(0, 2)", delay: 0.5}
          - {name: gap, pre: I, post: I, connect: all_to_all, synapse: gap_junction, weight: 0.002}
        inputs: [{to: E.I, value: 20}, {to: "I.I[2:9]", expr: "20 + normal(0, 1)"}]
        monitors: [{name: s, of: E, record: spikes}, {name: v, of: I, record: V, every: 0.5}, {name: r, of: P, record: rate, every: 2}]
        measures: [{rate: {of: all} }]
        """;

    /// <summary>What can change in a run that has begun, and the synapses that are wired again for it; one more where the synapses read the weight of each.</summary>
    public static TheoryData<string, int> Changes => new()
    {
        { "populations.E.params.tau=15", 0 },
        { "populations.E.params.tau=uniform(15, 25)", 0 },
        { "populations.I.params.t_ref=2", 0 },
        { "populations.P.params.rate=300", 0 },
        { "projections[0].weight=0.9", 0 },
        { "projections[0].params.tau=3", 0 },
        { "projections[1].weight=uniform(2, 3)", 1 },
        { "projections[2].weight=1", 1 },
        { "projections[3].weight=0.004", 0 },
        { "projections[2].while_refractory=add", 0 },
        { "inputs[0].value=25", 0 },
        { "inputs[1].expr=20 + 2*normal(0, 1)", 0 },
        { "inputs[1].to=I.I[0:4]", 0 },
        { "populations.E.method=rk4", 0 },
        { "duration=60", 0 },
    };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void SeveralCallsDoWhatOneDoes(int shards)
    {
        using Experiment whole = Make();
        whole.Run();
        using Experiment parts = Make(shards);
        foreach (double until in new[] { 0, 0.1, 7.3, 7.3, 25 })
        {
            parts.Run(until);
            Assert.Equal(until, parts.Time, 1e-9);
        }

        parts.Run();
        Same(whole, parts);
    }

    /// <summary>The same as a network that had the new value from the start and took up the state.</summary>
    [Theory]
    [MemberData(nameof(Changes))]
    public void AChangedValueIsThatOfAFreshNetworkFromTheSameState(string setting, int rewired)
    {
        Wiring wiring = new();
        using Experiment changed = new(Document(), wiring: wiring);
        changed.Run(20);
        Checkpoint state = changed.Checkpoint;
        int before = wiring.Wired;
        string unchanged = Ended(Text, state, 40);
        changed.Set(setting);
        changed.Run(40);
        Assert.Equal(Ended(Text, state, 40, setting), changed.StateHash);
        Assert.Equal(setting.StartsWith("duration", StringComparison.Ordinal), changed.StateHash == unchanged);
        Assert.Equal(rewired, wiring.Wired - before);
        changed.Reset();
        changed.Run();
        using Experiment fresh = Make(1, setting);
        fresh.Run();
        Same(fresh, changed);
    }

    [Fact]
    public void ResetIsABeginning()
    {
        using Experiment again = Make();
        again.Run(13);
        string there = again.StateHash;
        again.Reset();
        Assert.Equal((0, 0L), (again.Time, again.Recordings.SpikeCounts.Sum()));
        again.Run(13);
        Assert.Equal(there, again.StateHash);
        again.Reset(8);
        again.Run(13);
        using Experiment other = Make(3, "seed=8");
        other.Run(13);
        Same(other, again);
        Assert.NotEqual(there, again.StateHash);
    }

    /// <summary>A search as in chapter 9 of the manual: a value changes between runs from the beginning, and what it does not touch is neither compiled nor wired again.</summary>
    [Fact]
    public void ASearchWiresOnce()
    {
        Wiring wiring = new();
        using Experiment search = new(Document(), wiring: wiring);
        search.Run(5);
        int wired = wiring.Wired;
        Assert.Equal(wired, wiring.Count);
        HashSet<string> hashes = [];
        foreach (double tau in new[] { 10, 12, 14 })
        {
            search.Reset();
            search.Set("populations.E.params.tau", tau);
            search.Run(5);
            using Experiment alone = Make(1, FormattableString.Invariant($"populations.E.params.tau={tau}"));
            alone.Run(5);
            Same(alone, search);
            hashes.Add(search.StateHash);
        }

        Assert.Equal((3, wired), (hashes.Count, wiring.Wired));
        search.Dispose();
        Assert.Equal(0, wiring.Count);
    }

    /// <summary>Two experiments with one wiring use the same synapses, whatever becomes of the other.</summary>
    [Fact]
    public void ExperimentsShareWiring()
    {
        Wiring wiring = new();
        using Experiment first = new(Document(), wiring: wiring);
        first.Run(5);
        int wired = wiring.Wired;
        using Experiment second = new(Document("populations.E.params.tau=9"), wiring: wiring);
        second.Run(5);
        first.Dispose();
        second.Run(10);
        Assert.Equal((wired, wired), (wiring.Wired, wiring.Count));
        using Experiment alone = Make(1, "populations.E.params.tau=9");
        alone.Run(10);
        Same(alone, second);
    }

    /// <summary>Other numbers, sizes, seeds, slices and times need no other code.</summary>
    [Theory]
    [InlineData(true, "populations.E.params.tau=9")]
    [InlineData(true, "populations.E.size=400")]
    [InlineData(true, "populations.E.init.V=-55")]
    [InlineData(true, "seed=9")]
    [InlineData(true, "dt=0.05")]
    [InlineData(true, "inputs[1].to=I.I[4:5]")]
    [InlineData(true, "inputs[0].value=uniform(1, 2)", "inputs[0].value=uniform(2, 3)")]
    [InlineData(true, "projections[0].weight=uniform(1, 2)")]
    [InlineData(true, "projections[0].params.E=-3")]
    [InlineData(true, "populations.P.params.rate=4")]
    [InlineData(false, "populations.E.params.tau=uniform(9, 10)")]
    [InlineData(false, "populations.E.method=rk4")]
    [InlineData(false, "precision=float32")]
    public void CodeDependsOnStructureOnly(bool isShared, string setting, string? and = null)
    {
        CompiledNetwork one = CompiledNetwork.Of(Document(and is null ? [] : [setting]).Read());
        CompiledNetwork other = CompiledNetwork.Of(Document(and ?? setting).Read());
        bool same = one.Programs.Zip(other.Programs, (a, b) =>
            BrainSim.Engine.Kernels.Kernel.AllOf(a, one.Kernels).Zip(BrainSim.Engine.Kernels.Kernel.AllOf(b, other.Kernels), ReferenceEquals).All(equal => equal)).All(equal => equal);
        Assert.Equal(isShared, same);
    }

    [Theory]
    [InlineData("dt=0.05", "dt cannot change")]
    [InlineData("precision=float32", "the precision cannot change")]
    [InlineData("schedule=[arrive, input, update, observe, spike]", "the schedule cannot change")]
    [InlineData("seed=1", "the seed cannot change")]
    [InlineData("populations.E.size=42", "populations and their sizes cannot change")]
    [InlineData("populations.I.model=quaif", "the state variables of a population cannot change", "populations.I={size: 13, model: izhikevich}")]
    [InlineData("every={E: 2}", "'every' cannot change")]
    [InlineData("projections[0].connect.fixed_prob=0.3", "projections and their connections cannot change")]
    [InlineData("projections[0].delay=0.2", "delays cannot change, for spikes are under way with the old ones,")]
    [InlineData("monitors[1].every=1", "what is recorded cannot change")]
    [InlineData("duration=1", "the duration cannot end before the time at hand")]
    public void WhatARunCannotTakeIsRefusedAndChangesNothing(string setting, string reason, string? instead = null)
    {
        setting = instead ?? setting;
        using Experiment experiment = Make();
        experiment.Run(2);
        string there = experiment.StateHash;
        string hash = experiment.Network.Hash;
        string message = Assert.Throws<UserMistakeException>(() => experiment.Set(setting)).Message;
        Assert.Equal($"experiment: {setting}: {reason} in a run that stands at 2 ms; call Reset() first.", message);
        Assert.Equal((there, hash), (experiment.StateHash, experiment.Network.Hash));
        experiment.Reset();
        experiment.Set(setting);
        experiment.Run(0.5);
        Assert.Equal(0.5, experiment.Time, 1e-9);
    }

    [Fact]
    public void MistakesAreNamed()
    {
        using Experiment experiment = Make();
        Assert.Contains("populations.E.params.tua: no such parameter of lif. Did you mean tau?", Refused(() => experiment.Set("populations.E.params.tua", 3)), StringComparison.Ordinal);
        Assert.Contains("until: 41 ms must be 0 to 400 steps", Refused(() => experiment.Run(41)), StringComparison.Ordinal);
        Assert.Contains("until: 1.05 ms is no whole number of steps of 0.1 ms", Refused(() => experiment.Run(1.05)), StringComparison.Ordinal);
        experiment.Run(3);
        Assert.Contains("until: 2 ms must be 30 to 400 steps", Refused(() => experiment.Run(2)), StringComparison.Ordinal);
        Assert.Contains("E.W: there is no such number of E.", Refused(() => experiment.Values("E", "W")), StringComparison.Ordinal);
        Assert.Contains("F.V: there is no such population.", Refused(() => experiment.Values("F", "V")), StringComparison.Ordinal);
        Assert.Equal(41, experiment.Values("E", "V").Length);
        Assert.Equal(Enumerable.Repeat(20.0, 41), experiment.Values("E", "tau"));
    }

    private static string Refused(Action action) => Assert.Throws<UserMistakeException>(action).Message;

    private static NetworkDocument Document(params string[] settings) => NetworkDocument.Parse("experiment.yaml", Text, Path.GetTempPath(), settings);

    private static Experiment Make(int shards = 1, params string[] settings) => new(Document(settings), shards: shards);

    private static void Same(Experiment expected, Experiment actual)
    {
        Assert.Equal(expected.StateHash, actual.StateHash);
        Assert.Equal(expected.Recordings.Spikes("s").Steps, actual.Recordings.Spikes("s").Steps);
        Assert.Equal(expected.Recordings.Spikes("s").Ids, actual.Recordings.Spikes("s").Ids);
        Assert.Equal(expected.Recordings.Variable("v", "V").Rows, actual.Recordings.Variable("v", "V").Rows);
        Assert.Equal(expected.Recordings.Rate("r").Rates, actual.Recordings.Rate("r").Rates);
        Assert.Equal(expected.Recordings.SpikeCounts, actual.Recordings.SpikeCounts);
        Assert.Equal(expected.Measures.Select(m => m.Number), actual.Measures.Select(m => m.Number));
        Assert.True(expected.Recordings.SpikeCounts.Sum() > 0);
    }

    /// <summary>The state hash at a time in ms of a network of its own, from a state, on three shards.</summary>
    private static string Ended(string text, Checkpoint state, double until, params string[] settings)
    {
        NetworkSpec network = NetworkReader.ReadText("experiment.yaml", text, Path.GetTempPath(), settings);
        using SerialRun run = new(CompiledNetwork.Of(network), 3);
        run.Restore(state);
        run.RunTo(network.Grid.Nearest(until));
        return run.StateHash;
    }
}

using System.Collections.Immutable;
using BrainSim.Contracts;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine;
using BrainSim.Tests.Engine.Documents;

namespace BrainSim.Tests.ClusterSimulation;

/// <summary>A network so small that a thousand clusters can run it, compiled once, with what a run of it must come to.</summary>
/// <param name="Outcome">That every cluster must give.</param>
/// <param name="Message">Of a run without results; null where there are results.</param>
/// <param name="Last">The checkpoint at the last step.</param>
/// <param name="Recorded">The files of recordings, one after the other.</param>
internal sealed record TinyNetwork(string Name, CompiledNetwork? Compiled, RunOutcome Outcome, string? Message, string StateHash, byte[] Last, byte[] Recorded)
{
    public long Steps => Compiled?.Network.Steps ?? 100;

    public static readonly TinyNetwork[] All =
    [
        WithResults("spikes", """
            dt: 0.1
            duration: 20
            seed: 7
            populations:
              P: { size: 30, model: poisson, params: {rate: 300} }
              E: { size: 23, model: lif, params: {tau: 10, V_th: 10, t_ref: 1}, init: {V: "uniform(0, 9)"} }
            projections:
              - { pre: P, post: E, connect: {fixed_prob: 0.4}, synapse: delta, weight: 4, delay: "uniform(0.3, 2)" }
              - { pre: E, post: E, connect: {fixed_prob: 0.2}, synapse: exp_cond, params: {tau: 5, E: 60}, weight: 0.05, delay: 0.4 }
            monitors:
              - { name: s, of: E, record: spikes }
              - { name: v, of: E, record: V, index: [1, 20, 7], every: 1 }
              - { name: r, of: P, record: rate, every: 2 }
            """),
        WithResults("coupled", """
            dt: 0.1
            duration: 6
            seed: 3
            populations: { A: { size: 12, model: fhn, init: {V: "normal(0, 1)"} } }
            projections: [ { pre: A, post: A, connect: {fixed_prob: 0.5}, synapse: gap_junction, weight: 0.1 } ]
            monitors: [ { name: v, of: A, record: V, every: 0.5 } ]
            """),
        WithResults("one_way", """
            dt: 0.1
            duration: 15
            seed: 11
            populations:
              P: { size: 9, model: poisson, params: {rate: 500} }
              E: { size: 40, model: lif, params: {tau: 10, V_th: 10} }
            projections: [ { pre: P, post: E, connect: {fixed_prob: 0.5}, synapse: delta, weight: 3, delay: 0.5 } ]
            monitors: [ { name: s, of: E, record: spikes } ]
            """),
        WithoutNumbers("exploding", """
            dt: 0.1
            duration: 10
            models: [ { model: grow, kind: neuron, state: {x: 1}, inputs: [I], equations: {dx/dt: I} } ]
            populations: { A: { size: 3, model: grow }, B: { size: 9, model: grow } }
            inputs: [ { to: "B.I[2:8]", expr: "10^(100*t)" } ]
            """),
        new("mistaken", null, RunOutcome.Refused, Mistake.Message, "", [], []),
    ];

    public static UserMistakeException Mistake => new(new Place("mistaken.yaml", 3, 1, "populations.E"), "a drawn value does not fit");

    private static TinyNetwork WithResults(string name, string text)
    {
        CompiledNetwork compiled = Runs.Compile($"name: {name}\n{text}");
        using SerialRun run = new SerialRun(compiled, 2).Run();
        return new TinyNetwork(name, compiled, RunOutcome.Done, null, run.StateHash, CheckpointFile.ToBytes(run.TakeCheckpoint()), Written(run.Recordings));
    }

    /// <summary>The files that recordings become.</summary>
    /// <param name="parts">By shard, what each recorded.</param>
    public static byte[] Files(NetworkSpec network, ImmutableArray<long> spikeCounts, byte[][][] parts)
    {
        using TemporaryFolder folder = new();
        ChunkFiles chunks = new([.. parts.Select((ofShard, s) => ofShard.Select((part, p) => folder.Write($"{s}-{p}", part)).ToArray())]);
        return Written(new Recordings(network, chunks, spikeCounts));
    }

    private static byte[] Written(Recordings recordings)
    {
        using TemporaryFolder folder = new();
        recordings.Write(folder.At("."));
        return [.. Directory.GetFiles(folder.At(".")).Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)];
    }

    private static TinyNetwork WithoutNumbers(string name, string text)
    {
        CompiledNetwork compiled = Runs.Compile($"name: {name}\n{text}");
        using SerialRun run = new(compiled);
        NumericalFailureException failure = Xunit.Assert.Throws<NumericalFailureException>(run.Run);
        return new TinyNetwork(name, compiled, RunOutcome.FailedNumerically, failure.Message, "", [], []);
    }
}

namespace BrainSim.Tests.Coordinator;

/// <summary>Network files for the command line.</summary>
internal static class Networks
{
    public const string Small = """
        name: small
        title: A small network
        dt: 0.1
        duration: 20
        seed: 42
        populations:
          E: { size: 30, model: lif, params: {tau: 10, V_th: 10}, init: {V: "uniform(0, 9)"} }
          a_population_with_a_rather_long_name: { size: 1200, model: poisson, params: {rate: 100} }
        projections:
          - { pre: a_population_with_a_rather_long_name, post: E, connect: {fixed_prob: 0.1}, synapse: delta, weight: 0.5, delay: "uniform(0.1, 2)" }
        monitors:
          - { name: spikes, of: E, record: spikes }
          - { name: v, of: E, record: V, index: "0:3", every: 1 }
        """;

    /// <summary>Hours long. A window has 1000 steps, since there are no projections.</summary>
    public const string Long = """
        name: long
        dt: 0.1
        duration: 200000000
        populations: { A: { size: 4, model: fhn } }
        monitors: [ { name: v, of: A, record: V, every: 10 } ]
        """;

    /// <summary>x of neuron 2 of B grows beyond every number at 30 ms or so.</summary>
    public const string Exploding = """
        name: exploding
        dt: 0.1
        duration: 1000
        models: [ { model: grow, kind: neuron, state: {x: 1}, inputs: [I], equations: {dx/dt: I} } ]
        populations: { A: { size: 3, model: grow }, B: { size: 4, model: grow } }
        inputs: [ { to: "B.I[2:4]", expr: "10^(10*t)" } ]
        monitors: [ { name: x, of: B, record: x, every: 1 } ]
        """;

    /// <summary>Regular spikes every 2 ms of neuron 0, from 2 to 20 ms; neuron 1 is silent.</summary>
    public const string Measured = """
        name: measured
        dt: 0.5
        duration: 20
        populations:
          R: { size: 2, model: spike_source, spikes: {t: [2, 4, 6, 8, 10, 12, 14, 16, 18, 20], id: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]} }
        measures:
          - { name: r, rate: {of: R, from: 10} }
          - { cv_isi: {of: ["R[0]", "R[1]"]} }
          - { name: curve, firing_rate: {of: "R[0]", width: 0.5, window: flat, every: 5.5} }
          - { name: sync, cross_correlation: {of: R, bin: 1} }
        """;

    /// <summary>Fires at some 60 Hz; what is varied comes after it.</summary>
    public const string Swept = """
        name: swept
        dt: 0.1
        duration: 200
        seed: 3
        populations: { E: { size: 40, model: lif, params: {tau: 10, V_th: 10}, init: {V: "uniform(0, 9)"} } }
        projections: [ { pre: E, post: E, connect: {fixed_prob: 0.2}, synapse: exp_cond, params: {tau: 5, E: -20}, weight: 0.002, delay: 1 } ]
        inputs: [ { to: E.I, expr: "12 + normal(0, 20)" } ]
        monitors: [ { name: v, of: E, record: V, index: 0, every: 1 } ]
        measures:
          - { name: r, rate: {of: E} }
          - { name: curve, firing_rate: {of: E, width: 5, every: 50} }

        """;

    public const string Wrong = """
        name: wrong
        dt: 0.1
        duration: 10.03
        populations:
          E: { size: 10, model: lif, params: {tua: 20} }
          I: { size: -1, model: liff }
        monitors:
          - { name: v, of: E, record: [W] }
        extra: 1
        """;
}

using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;
using BrainSim.Node;

namespace BrainSim.Tests.Engine.Sweeps;

/// <summary>A small network, and what is varied of it.</summary>
internal static class SweepFiles
{
    public const string Network = """
        name: net
        dt: 0.1
        duration: 30
        seed: 7
        constants: { drive: 15 }
        populations:
          E: { size: 8, model: lif, params: {tau: 10, V_th: 10}, init: {V: "uniform(0, 9)"} }
          I: { size: 4, like: E }
        projections:
          - { pre: E, post: I, connect: {fixed_prob: 0.5}, synapse: exp_cond, params: {tau: 5, E: 60}, weight: 0.05, delay: 1 }
          - { pre: I, post: [E, I], connect: {fixed_prob: 0.5}, synapse: exp_cond, params: {tau: 5, E: -20}, weight: 0.05, delay: 1 }
          - { name: extra, pre: I, post: E, connect: {fixed_prob: 0.5}, synapse: exp_cond, params: {tau: 5, E: -20}, weight: 0.05, delay: 1 }
        inputs: [ { to: E.I, value: drive }, { to: I.I, value: 12 } ]
        monitors: [ { name: v, of: E, record: V } ]
        measures:
          - { name: r, rate: {of: E} }
          - { name: sync, cross_correlation: {of: E, bin: 1} }
          - { name: curve, firing_rate: {of: E, width: 5, every: 10} }

        """;

    public static SweepPlan Plan(string search, params string[] varied) => SweepPlan.Read(Document(search), varied);

    public static NetworkDocument Document(string search, params string[] settings) => NetworkDocument.Parse("net.yaml", Network + search, Path.GetTempPath(), settings);

    /// <summary>The values of all points, axis by axis, as text.</summary>
    public static string[] Values(this SweepPlan plan) => [.. plan.Points().Select(point => string.Join(' ', point.Values.Select(v => v.Text)))];

    public static string[] Mistakes(string search, params string[] varied)
    {
        try
        {
            Plan(search, varied).Points();
            return [];
        }
        catch (UserMistakeException problem)
        {
            return [.. problem.Mistakes.Select(m => m.ToString())];
        }
    }

    public static PointOutcome Run(SweepPlan plan, SweepPoint point, int threads = 1)
    {
        using PointRun run = new(plan, BackEnd.Cpu);
        return run.Run(point, threads, CancellationToken.None)!;
    }
}

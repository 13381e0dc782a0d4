using System.Collections.Immutable;
using BrainSim.Contracts;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Node;
using BrainSim.Node.Cluster;
using Xunit;

namespace BrainSim.Tests.ClusterSimulation;

/// <summary>A sweep of a very small network, with the table that it must come to, each point of which was run alone.</summary>
/// <param name="Total">Points at most.</param>
/// <param name="Rows">The table, and behind it the points at which <c>until</c> cuts it short: a sweep that is cancelled may have run these already.</param>
internal sealed record TinySweep(string Name, SweepPlan Plan, ImmutableArray<SweepPoint> Points, long Total, string[] Table, HashSet<string> Rows)
{
    private const string Network = """
        name: tiny
        dt: 0.1
        duration: 3
        seed: 7
        constants: { drive: 15, gain: 1 }
        populations:
          P: { size: 6, model: poisson, params: {rate: 400} }
          E: { size: 5, model: lif, params: {tau: 10, V_th: 6}, init: {V: "uniform(0, 5)"} }
        projections: [ { pre: P, post: E, connect: {fixed_prob: 0.5}, synapse: delta, weight: gain, delay: 0.3 } ]
        inputs: [ { to: E.I, value: drive } ]
        measures:
          - { name: r, rate: {of: E} }
          - { name: curve, firing_rate: {of: E, width: 1, every: 1} }

        """;

    /// <summary>One with points that cannot be built and points that come twice; one that ends early; a search, whose batches depend on each other.</summary>
    public static readonly TinySweep[] All =
    [
        Of("grid", """sweep: {vary: {drive: [10, 14, 40, 14], "projections[0].delay": [0.3, "normal(-9, 0.1)"]}, repeats: 2}"""),
        Of("until", "sweep: {vary: {drive: {linspace: [10, 60, 9]}}, until: r > 300}"),
        Of("search", "optimize: {over: {drive: {uniform: [5, 60]}, gain: {uniform: [0, 3]}}, minimize: abs(r - 150), method: cma_es, batch: 4, evaluations: 12}"),
    ];

    /// <summary>Submitted sweeps bear their name as what they vary.</summary>
    public static TinySweep Of(SweepReference sweep) => All.Single(s => s.Name == Assert.Single(sweep.Vary));

    /// <summary>Of one point.</summary>
    public static NetworkSpec NetworkOf(NetworkReference point)
    {
        SweepPlan plan = Of(point.Sweep).Plan;
        return plan.NetworkOf(WirePoints.FromWire(plan, point.Point));
    }

    /// <summary>A row as text: all of it but the seconds.</summary>
    public static string Row(SweepPoint point, PointOutcome outcome) =>
        $"{point.Index} {point.Key} {outcome.Status} {outcome.Reason} {outcome.StateHash} {string.Join(' ', outcome.Measures.Select(m => $"{m.Name}={m.Number:R}[{string.Join(',', m.Numbers ?? [])}]"))}";

    private static TinySweep Of(string name, string search)
    {
        SweepPlan plan = SweepPlan.Read(NetworkDocument.Parse(name, Network + search, Path.GetTempPath(), []), [], "test");
        ImmutableArray<SweepPoint> points = plan.Points();
        SweepLogic logic = new(plan, points, _ => null);
        while (logic.Next() is { } point)
        {
            logic.Finish(point, Alone(plan, point));
        }

        string[] table = [.. logic.Table.Select(row => Row(row.Point, row.Outcome))];
        IEnumerable<string> behind = points.Where(p => p.Index >= table.Length).Select(p => Row(p, Alone(plan, p)));
        return new TinySweep(name, plan, points, logic.Total, table, [.. table, .. behind]);
    }

    private static PointOutcome Alone(SweepPlan plan, SweepPoint point)
    {
        using PointRun alone = new(plan, BackEnd.Cpu);
        return alone.Run(point, 1, CancellationToken.None)!;
    }
}

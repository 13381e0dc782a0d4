using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Engine.Kernels;

/// <summary>A projection whose current depends on the state of both partners now: computed for every synapse before every step, then summed for each target.</summary>
public sealed record Coupling
{
    private const string Result = "current of one synapse";

    public required ProjectionSpec Projection { get; init; }

    /// <summary>The target's column that takes the sums.</summary>
    public required string Sums { get; init; }

    /// <summary>What computes the currents. Its neurons are synapses; its columns those of <see cref="Sources"/>, of <see cref="Targets"/>, weights where they differ, and the current.</summary>
    public required PopulationProgram Program { get; init; }

    /// <summary>State variables and parameters of the source: X for <c>pre.X</c>.</summary>
    public required ImmutableArray<string> Sources { get; init; }

    /// <summary>Columns of the target.</summary>
    public required ImmutableArray<string> Targets { get; init; }

    public required bool WeightsDiffer { get; init; }

    /// <param name="uniforms">Numbers that hold for all neurons of the target.</param>
    public static Coupling Of(ProjectionSpec projection, SynapsePlacement placement, PopulationSpec target, ImmutableDictionary<string, double> uniforms, NetworkSpec network)
    {
        int every = projection.EverySteps ?? target.EverySteps;
        Expr current = placement.CurrentOfEach!;
        IReadOnlyList<string> names = Rewriting.NamesIn(current);
        bool weightsDiffer = names.Contains(Scope.Weight) && (projection.Weight.Constant is null || projection.Connect.BringsWeights);
        string[] sources = [.. names.Where(n => n.StartsWith(Scope.Pre, StringComparison.Ordinal))];
        string[] targets = [.. names.Where(n => !sources.Contains(n) && !uniforms.ContainsKey(n) && n is not (Scope.Weight or Scope.Time or Scope.Dt))];
        string[] weights = weightsDiffer ? [Scope.Weight] : [];
        return new Coupling
        {
            Projection = projection,
            Sums = placement.SumOfCurrents,
            Sources = [.. sources.Select(n => n[Scope.Pre.Length..])],
            Targets = [.. targets],
            WeightsDiffer = weightsDiffer,
            Program = new PopulationProgram
            {
                Population = target,
                Columns = [.. sources.Concat(targets).Concat(weights).Append(Result).Select(name => new Column(name, ColumnKind.Buffer))],
                Uniforms = weightsDiffer ? uniforms : uniforms.Add(Scope.Weight, projection.Weight.Constant ?? 0),
                StepSignals = ImmutableDictionary<string, StepSignal>.Empty,
                Passes = [new Pass($"current of {projection.Name}", [new Assign(Result, current)], 1, network.Grid.Every(every).Dt, 0) { Every = every }],
                Arrivals = [],
                Couplings = [],
                Refractory = null,
                Findings = [],
            },
        };
    }
}

using BrainSim.Engine.Expressions;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Engine.Shards;

/// <summary>What wired synapses are a pure function of: equal keys, equal synapses. Immutable.</summary>
/// <param name="parts">Things that are compared by what they hold.</param>
internal sealed class WiringKey(IEnumerable<object?> parts) : IEquatable<WiringKey>
{
    private readonly object?[] parts = [.. parts];

    /// <summary>Of a projection with a table of its own, or synapses that only couple.</summary>
    public static WiringKey Of(NetworkSpec network, Arrival arrival, PopulationShard target, Coupling? coupling) =>
        new([.. Synapses(network, arrival, target, sizesAreKept: false), coupling is not null, coupling is { WeightsDiffer: true } ? arrival.Projection.Weight : null]);

    /// <param name="sizesAreKept">What a spike adds is kept for each synapse, also where all add the same.</param>
    public static IEnumerable<object?> Synapses(NetworkSpec network, Arrival arrival, PopulationShard target, bool sizesAreKept)
    {
        ProjectionSpec projection = arrival.Projection;
        bool weightsDraw = projection.Weight is FromExpression { Expr.DrawsRandom: true };
        bool draws = (projection.Connect.IsRandom && projection.Connect.Seed is null) || weightsDraw || projection.Delay.Milliseconds is FromExpression { Expr.DrawsRandom: true };
        return
        [
            network.Precision, network.Grid, network.Schedule.ArrivalOffset, target.Slice,
            network.Populations[projection.Pre].Size, network.Populations[projection.Post].Size, projection.Pre == projection.Post,
            projection.Connect, projection.Delay, draws || projection.Connect.IsRandom ? projection.Name : null, draws ? network.Seed : null,
            .. arrival.Jumps.SelectMany(jump => sizesAreKept || JumpSizes.SameOf(network, projection, jump, target.Program) is null ? Sizes(projection, jump, target.Program) : [null]),
        ];
    }

    public bool Equals(WiringKey? other) => other is not null && parts.AsSpan().SequenceEqual(other.parts);

    public override bool Equals(object? obj) => Equals(obj as WiringKey);

    public override int GetHashCode()
    {
        HashCode code = default;
        foreach (object? part in parts)
        {
            code.Add(part);
        }

        return code.ToHashCode();
    }

    /// <summary>What the jump reads. Numbers of each target neuron are nobody else's.</summary>
    private static IEnumerable<object?> Sizes(ProjectionSpec projection, Jump jump, PopulationProgram target) =>
    [
        jump.Size, projection.Weight,
        .. Rewriting.NamesIn(jump.Size).Where(name => name is not (Scope.Weight or Scope.Delay or Scope.Dt))
            .Select(name => target.Uniforms.TryGetValue(name, out double number) ? number : new object()),
    ];
}

using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Integrators;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Engine.Kernels;

/// <summary>What a projection's synapses do, with helpers written in, and what is known of their weights and delays.</summary>
internal sealed class SynapseRules
{
    private readonly ProjectionSpec projection;

    public SynapseRules(ProjectionSpec projection)
    {
        this.projection = projection;
        ModelSpec synapse = projection.Synapse;
        IReadOnlyDictionary<string, Expr> lets = EquationSystem.Inlined(synapse.Lets);
        ImmutableArray<Definition> Inlined(ImmutableArray<Definition> all) => [.. all.Select(d => d with { Value = EquationSystem.WithLets(d.Value, lets) })];
        Equations = Inlined(synapse.Equations);
        Updates = Inlined(synapse.Updates);
        OnPre = Inlined(synapse.OnPre);
        OnPost = Inlined(synapse.OnPost);
        Current = synapse.Current is { } current ? EquationSystem.WithLets(current.Value, lets) : null;
        Variables = [.. synapse.State.Select(s => s.Name), .. synapse.ChangesWeight ? [Scope.Weight] : Array.Empty<string>()];
    }

    public ImmutableArray<Definition> Equations { get; }

    public ImmutableArray<Definition> Updates { get; }

    public ImmutableArray<Definition> OnPre { get; }

    public ImmutableArray<Definition> OnPost { get; }

    public Expr? Current { get; }

    /// <summary>State, and the weight where a rule changes it.</summary>
    public ImmutableArray<string> Variables { get; }

    public ImmutableArray<ClipRule> Clips => projection.Synapse.Clips;

    /// <summary>True where the weight is one number for all synapses, at all times.</summary>
    public bool HasOneWeight => !Variables.Contains(Scope.Weight) && projection.Weight.Constant is not null && !projection.Connect.BringsWeights;

    public bool HasOneDelay => projection.Delay.Steps is not null && projection.Connect is not Pairs { DelayMilliseconds: not null };

    /// <summary>True where a solver's step reads nothing but the values at its start, so that variables may be advanced apart.</summary>
    public bool HasOneStage => projection.Synapse.Method is "euler" or "exponential_euler";

    /// <summary>The value before the first step, over the synapse's parameters; of the weight null.</summary>
    public Expr? InitialOf(string variable) => projection.Initial.FirstOrDefault(v => v.Name == variable)?.Value is FromExpression { Expr: var expr } ? expr : null;

    /// <summary>Right-hand sides that give a variable its values, and what each belongs to.</summary>
    public IEnumerable<(string What, Expr Value)> ValuesOf(string variable) =>
    [
        .. Equations.Where(d => d.Name == variable).Select(d => ($"d{d.Name}/dt", d.Value)),
        .. Updates.Where(d => d.Name == variable).Select(d => ($"the update of {d.Name}", d.Value)),
        .. OnPre.Where(d => d.Name == variable).Select(d => ($"on_pre of {d.Name}", d.Value)),
        .. OnPost.Where(d => d.Name == variable).Select(d => ($"on_post of {d.Name}", d.Value)),
    ];

    /// <summary>The parts whose sum an expression is.</summary>
    public static IEnumerable<Expr> Terms(Expr expr) => expr switch
    {
        Call { Op: Op.Add } sum => Terms(sum.Arguments[0]).Concat(Terms(sum.Arguments[1])),
        Call { Op: Op.Subtract } difference => Terms(difference.Arguments[0]).Concat(Terms(difference.Arguments[1]).Select(Algebra.Negate)),
        Call { Op: Op.Negate } negative => Terms(negative.Arguments[0]).Select(Algebra.Negate),
        _ => [expr],
    };

    /// <summary>The parts whose product an expression is.</summary>
    public static IEnumerable<Expr> Factors(Expr expr) => expr switch
    {
        Call { Op: Op.Multiply } product => Factors(product.Arguments[0]).Concat(Factors(product.Arguments[1])),
        Call { Op: Op.Divide } quotient => Factors(quotient.Arguments[0]).Append(1.0 / quotient.Arguments[1]),
        Call { Op: Op.Negate } negative => Factors(negative.Arguments[0]).Append(-1.0),
        _ => [expr],
    };
}

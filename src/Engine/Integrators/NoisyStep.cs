using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;

namespace BrainSim.Engine.Integrators;

/// <summary>Writes down one step of a stochastic system: dx = f(t, x) dt + sum over noises of g(t, x) dW, W the noises' Wiener processes.</summary>
public sealed class NoisyStep(EquationSystem system)
{
    private readonly ImmutableArray<Assignment>.Builder statements = ImmutableArray.CreateBuilder<Assignment>();

    public static Expr Dt { get; } = new Name(Scope.Dt);

    public static Expr RootDt { get; } = new Call(Op.Sqrt, Dt);

    public EquationSystem System => system;

    public ImmutableArray<Noise> Noises => system.Noises;

    /// <summary>The increment of the noise's Wiener process over the step: normal with variance dt.</summary>
    public Expr Increment(Noise noise) => Let($"dW {noise.Name}", RootDt * Drawn(noise.Draw));

    /// <summary>A normal number with variance dt, independent of the increment.</summary>
    public Expr SecondIncrement(Noise noise) => Let($"dZ {noise.Name}", RootDt * Drawn(noise.SecondDraw));

    public Expr Let(string name, Expr value)
    {
        if (value is Number or Name)
        {
            return value;
        }

        statements.Add(new Assignment(name, value));
        return new Name(name);
    }

    /// <summary>A state at which drift and factors can be asked for; variables that do not differ from the start of the step are left out.</summary>
    /// <param name="label">Names the state; used once per step.</param>
    /// <param name="time">The part of the step that is over there.</param>
    public IReadOnlyDictionary<string, Expr> State(string label, Func<string, Expr> value, double time = 0)
    {
        Dictionary<string, Expr> at = [];
        foreach (string variable in system.Variables)
        {
            at[variable] = Let($"{label} {variable}", value(variable));
        }

        if (time != 0)
        {
            at[Scope.Time] = new Name(Scope.Time) + (time * Dt);
        }

        return at;
    }

    /// <summary>f of every variable at a state, under a label of its own.</summary>
    public ImmutableDictionary<string, Expr> Drift(string label, IReadOnlyDictionary<string, Expr> at) =>
        system.Equations.ToImmutableDictionary(e => e.Name, e => Let($"{label} {e.Name}", At(e.Value, at)));

    /// <summary>g of every variable for a noise at a state, under a label of its own; zero where the noise does not act.</summary>
    public ImmutableDictionary<string, Expr> Factors(string label, Noise noise, IReadOnlyDictionary<string, Expr> at) =>
        system.Variables.ToImmutableDictionary(v => v, v => Let($"{label} {v}", At(noise.FactorOf(v), at)));

    public SolverStep End(Func<string, Expr> next) => new(statements.ToImmutable(), [.. system.Variables.Select(v => new Assignment(v, next(v)))])
    {
        Findings = [.. Noises.Select(n => $"{n.Name} ({system.Calculus}) acts on {string.Join(", ", system.Variables.Where(n.Factors.ContainsKey))}{(n.IsAdditive(system) ? ", whatever the state" : "")}")],
    };

    /// <summary>An expression's value at a <see cref="State"/>.</summary>
    public static Expr At(Expr expr, IReadOnlyDictionary<string, Expr> at) => Algebra.Simplify(Rewriting.Substitute(expr, at));

    private Name Drawn(Assignment draw)
    {
        statements.Add(draw);
        return new Name(draw.Name);
    }
}

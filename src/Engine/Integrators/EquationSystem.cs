using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;

namespace BrainSim.Engine.Integrators;

/// <summary>A name and the expression that it takes the value of.</summary>
public sealed record Assignment(string Name, Expr Value)
{
    public override string ToString() => $"{Name} = {Value}";
}

/// <summary>Differential equations with their helpers written in: dX/dt of each variable in terms of state, inputs, parameters, t.</summary>
public sealed class EquationSystem
{
    private EquationSystem(ImmutableArray<Assignment> equations) => Equations = equations;

    /// <summary>By state variable; the value is its rate of change per ms.</summary>
    public ImmutableArray<Assignment> Equations { get; }

    public IEnumerable<string> Variables => Equations.Select(e => e.Name);

    public static EquationSystem Of(ModelSpec model)
    {
        IReadOnlyDictionary<string, Expr> lets = Inlined(model.Lets);
        return new EquationSystem([.. model.Equations.Select(e => new Assignment(e.Name, WithLets(e.Value, lets)))]);
    }

    /// <summary>Each helper in terms of what is no helper.</summary>
    public static IReadOnlyDictionary<string, Expr> Inlined(ImmutableArray<Definition> lets)
    {
        Dictionary<string, Expr> known = [];
        foreach (Definition let in lets)
        {
            known[let.Name] = WithLets(let.Value, known);
        }

        return known;
    }

    public static Expr WithLets(Expr expr, IReadOnlyDictionary<string, Expr> lets) => Algebra.Simplify(Rewriting.Substitute(expr, lets));
}

/// <summary>One step of a solver: statements in order, and the new value of each variable in terms of the old state and the statements.</summary>
public sealed record SolverStep(ImmutableArray<Assignment> Statements, ImmutableArray<Assignment> Next)
{
    /// <summary>Constants that no expression gives, such as a matrix exponential.</summary>
    public Propagator? Propagator { get; init; }

    /// <summary>What the solver found out, for explain.</summary>
    public ImmutableArray<string> Findings { get; init; } = [];
}

/// <summary>A solver cannot do these equations; the message says why.</summary>
public sealed class SolverException(string message) : Exception(message);

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;

namespace BrainSim.Engine.Integrators;

/// <summary>A name and the expression that it takes the value of.</summary>
public sealed record Assignment(string Name, Expr Value)
{
    public override string ToString() => $"{Name} = {Value}";
}

/// <summary>
/// Differential equations with their helpers written in: dX/dt of each variable in terms of state, inputs, parameters, t; noise apart. No number of a network is in
/// them, so those of a model are derived once for all networks that use it, and so are the steps that solvers make of them. Thread-safe.
/// </summary>
public sealed class EquationSystem
{
    private static readonly ConditionalWeakTable<ModelSpec, EquationSystem> OfModels = [];

    private readonly ImmutableDictionary<string, Expr> drift;
    private readonly ConcurrentDictionary<(string Method, double? Tolerance), SolverStep> steps = [];

    private EquationSystem(IReadOnlyDictionary<string, Expr> lets, ImmutableArray<Assignment> equations, ImmutableArray<Noise> noises, NoiseCalculus calculus)
    {
        Lets = lets;
        Equations = equations;
        Noises = noises;
        Calculus = calculus;
        drift = equations.ToImmutableDictionary(e => e.Name, e => e.Value);
    }

    /// <summary>The model's helpers, each in terms of what is no helper.</summary>
    public IReadOnlyDictionary<string, Expr> Lets { get; }

    /// <summary>By state variable; the value is its rate of change per ms, without noise.</summary>
    public ImmutableArray<Assignment> Equations { get; }

    /// <summary>What is added to the rates of change: white noise times a factor, in 1/sqrt(ms).</summary>
    public ImmutableArray<Noise> Noises { get; }

    public NoiseCalculus Calculus { get; }

    public IEnumerable<string> Variables => Equations.Select(e => e.Name);

    /// <summary>The right-hand side of a variable's equation, without noise.</summary>
    public Expr DriftOf(string variable) => drift[variable];

    /// <summary>What noises move a variable by: the sum of their factors times their increments, both at the start of the step.</summary>
    public Expr Kick(string variable, Expr[] increments) =>
        Noises.Select((noise, j) => noise.FactorOf(variable) * increments[j]).Aggregate((Expr)0.0, (sum, x) => sum + x);

    /// <summary>The same object for the same model object.</summary>
    public static EquationSystem Of(ModelSpec model) => OfModels.GetValue(model, Derive);

    /// <summary>The step of a solver, made when first asked for.</summary>
    internal SolverStep Step(string method, double? tolerance, Func<SolverStep> make) => steps.GetOrAdd((method, tolerance), _ => make());

    private static EquationSystem Derive(ModelSpec model)
    {
        IReadOnlyDictionary<string, Expr> lets = Inlined(model.Lets);
        (ImmutableArray<Assignment> equations, ImmutableArray<Noise> noises) = Noise.Split([.. model.Equations.Select(e => new Assignment(e.Name, WithLets(e.Value, lets)))]);
        return new EquationSystem(lets, equations, noises, model.Noise ?? NoiseCalculus.Ito);
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

using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;

namespace BrainSim.Engine.Integrators;

/// <summary>One noise of an equation system: by state variable, the factor before it. Variables that it does not act on are left out.</summary>
/// <param name="Name"><c>xi</c> or <c>xi_...</c>.</param>
public sealed record Noise(string Name, ImmutableDictionary<string, Expr> Factors)
{
    private const string DrawPrefix = "noise ";

    /// <summary>A standard normal number, drawn in every step.</summary>
    public Assignment Draw => new(DrawPrefix + Name, new Call(Op.Normal, 0.0, 1.0));

    /// <summary>Another one, for solvers that also need the integral of the path over the step.</summary>
    public Assignment SecondDraw => new($"{DrawPrefix}{Name} 2", new Call(Op.Normal, 0.0, 1.0));

    /// <summary>True for the names of draws: what is drawn is keyed by them, and by nothing else of the text.</summary>
    public static bool IsDraw(string name) => name.StartsWith(DrawPrefix, StringComparison.Ordinal);

    public Expr FactorOf(string variable) => Factors.GetValueOrDefault(variable, 0.0);

    /// <summary>True where no factor depends on the state: Ito and Stratonovich then mean the same.</summary>
    public bool IsAdditive(EquationSystem system) => !Rewriting.NamesIn(Factors.Values).Any(system.Variables.Contains);

    /// <summary>Takes equations <c>f + g*xi_1 + ...</c> apart into f of each and the noises in order of appearance.</summary>
    public static (ImmutableArray<Assignment> Drift, ImmutableArray<Noise> Noises) Split(ImmutableArray<Assignment> equations)
    {
        string[] names = [.. Rewriting.NamesIn(equations.Select(e => e.Value)).Where(Scope.IsNoise)];
        Dictionary<string, Expr> silent = names.ToDictionary(name => name, _ => (Expr)0.0);
        Expr Factor(Assignment equation, string name) =>
            Algebra.Simplify(Rewriting.Substitute(Polynomial.Of(equation.Value, name).Coefficient(1), silent));
        Noise Of(string name) => new(name, equations.Where(e => e.Value.Mentions(name)).ToImmutableDictionary(e => e.Name, e => Factor(e, name)));
        return names.Length == 0
            ? (equations, [])
            : ([.. equations.Select(e => e with { Value = Algebra.Simplify(Rewriting.Substitute(e.Value, silent)) })], [.. names.Select(Of)]);
    }
}

using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;

namespace BrainSim.Engine.Integrators;

/// <summary>Explicit Runge–Kutta step: k_s = f(t + c_s dt, y + dt sum a_sj k_j), y' = y + dt sum b_s k_s.</summary>
public static class RungeKutta
{
    public static SolverStep Advance(EquationSystem system, ButcherTableau tableau)
    {
        ImmutableArray<Assignment>.Builder statements = ImmutableArray.CreateBuilder<Assignment>();
        for (int stage = 0; stage < tableau.Stages; stage++)
        {
            Dictionary<string, Expr> at = StateAt(system, tableau, stage, statements);
            foreach (Assignment equation in system.Equations)
            {
                statements.Add(new Assignment(Slope(stage, equation.Name), Algebra.Simplify(Rewriting.Substitute(equation.Value, at))));
            }
        }

        return new SolverStep(
            statements.ToImmutable(),
            [.. system.Variables.Select(variable => new Assignment(variable, Advanced(variable, tableau.B)))]);
    }

    /// <summary>The state and time at which a stage evaluates the equations; the state gets statements of its own.</summary>
    private static Dictionary<string, Expr> StateAt(EquationSystem system, ButcherTableau tableau, int stage, ImmutableArray<Assignment>.Builder statements)
    {
        Dictionary<string, Expr> at = [];
        if (tableau.C[stage] != 0)
        {
            at[Scope.Time] = new Name(Scope.Time) + (tableau.C[stage] * (Expr)new Name(Scope.Dt));
        }

        foreach (string variable in stage == 0 ? [] : system.Variables)
        {
            string name = $"y{stage + 1}.{variable}";
            statements.Add(new Assignment(name, Advanced(variable, tableau.A[stage])));
            at[variable] = new Name(name);
        }

        return at;
    }

    private static Expr Advanced(string variable, ImmutableArray<double> coefficients) => new Name(variable) + (new Name(Scope.Dt) * Slopes(variable, coefficients));

    /// <summary>A sum over the stages' slopes of a variable.</summary>
    internal static Expr Slopes(string variable, ImmutableArray<double> coefficients)
    {
        Expr slope = 0.0;
        for (int stage = 0; stage < coefficients.Length; stage++)
        {
            slope += coefficients[stage] * (Expr)new Name(Slope(stage, variable));
        }

        return slope;
    }

    private static string Slope(int stage, string variable) => $"k{stage + 1}.{variable}";
}

using BrainSim.Engine.Expressions;

namespace BrainSim.Engine.Integrators;

/// <summary>
/// Milstein's step with differences for derivatives: Euler's, plus for every pair of noises the change of one's factor along the other,
/// times half the product of their increments; Ito takes dt off a noise's own square. Strong order 1 where noises commute
/// (one noise, additive ones, or each acting on and read from its own variable), else 1/2: the areas between two paths are not drawn.
/// </summary>
/// <remarks>
/// Ito: Kloeden and Platen 1992, eq. 11.1.7, the double integrals for commutative noise from eq. 10.3.16. Stratonovich: the squares do not vanish in
/// the mean there, and would turn the error of a one-sided difference, which is O(sqrt dt), into a drift; the difference is taken to both sides.
/// </remarks>
public static class Milstein
{
    public static SolverStep Ito(EquationSystem system) => Advance(new NoisyStep(system), OneSided, ownSquare: NoisyStep.Dt);

    public static SolverStep Stratonovich(EquationSystem system) => Advance(new NoisyStep(system), TwoSided, ownSquare: 0.0);

    /// <param name="along">How an expression changes along a noise's factors.</param>
    /// <param name="ownSquare">What is taken off the square of an increment.</param>
    private static SolverStep Advance(NoisyStep step, Func<NoisyStep, Noise, Func<Expr, Expr>> along, Expr ownSquare)
    {
        EquationSystem system = step.System;
        Expr[] increments = [.. system.Noises.Select(step.Increment)];
        Func<Expr, Expr>[] slopes = [.. system.Noises.Select(noise => along(step, noise))];
        Expr Change(int j, Expr factor) => Rewriting.NamesIn(factor).Any(system.Noises[j].Factors.ContainsKey) ? slopes[j](factor) : 0.0;
        Dictionary<string, Expr> corrections = system.Variables.ToDictionary(v => v, _ => (Expr)0.0);
        for (int j = 0; j < increments.Length; j++)
        {
            for (int k = 0; k < increments.Length; k++)
            {
                Expr integral = 0.5 * ((increments[j] * increments[k]) - (j == k ? ownSquare : 0.0));
                foreach (string variable in system.Variables)
                {
                    corrections[variable] += Change(j, system.Noises[k].FactorOf(variable)) * integral;
                }
            }
        }

        return step.End(v => new Name(v) + (NoisyStep.Dt * system.DriftOf(v)) + system.Kick(v, increments) + corrections[v]);
    }

    private static Func<Expr, Expr> OneSided(NoisyStep step, Noise noise)
    {
        IReadOnlyDictionary<string, Expr> at = step.State($"along {noise.Name}", v => new Name(v) + (NoisyStep.Dt * step.System.DriftOf(v)) + (NoisyStep.RootDt * noise.FactorOf(v)));
        return expr => (NoisyStep.At(expr, at) - expr) / NoisyStep.RootDt;
    }

    private static Func<Expr, Expr> TwoSided(NoisyStep step, Noise noise)
    {
        IReadOnlyDictionary<string, Expr> above = step.State($"above along {noise.Name}", v => new Name(v) + (NoisyStep.RootDt * noise.FactorOf(v)));
        IReadOnlyDictionary<string, Expr> below = step.State($"below along {noise.Name}", v => new Name(v) - (NoisyStep.RootDt * noise.FactorOf(v)));
        return expr => (NoisyStep.At(expr, above) - NoisyStep.At(expr, below)) / (2.0 * NoisyStep.RootDt);
    }
}

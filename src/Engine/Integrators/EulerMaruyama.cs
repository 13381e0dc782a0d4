using BrainSim.Engine.Expressions;

namespace BrainSim.Engine.Integrators;

/// <summary>
/// Euler's step with noise. Ito: x + f dt + g dW. Stratonovich: the same with the mean of g at the start and at x + g dW.
/// Strong order 1/2, and 1 where noise is additive or, for Stratonovich, commutes.
/// </summary>
/// <remarks>Maruyama 1955, Rend Circ Mat Palermo 4:48; Kloeden and Platen 1992, Numerical Solution of Stochastic Differential Equations, eq. 10.2.4. Stratonovich: Rümelin 1982, SIAM J Numer Anal 19:604, without drift in the predictor.</remarks>
public static class EulerMaruyama
{
    public static SolverStep Ito(EquationSystem system)
    {
        NoisyStep step = new(system);
        Expr[] increments = [.. system.Noises.Select(step.Increment)];
        return step.End(v => new Name(v) + (NoisyStep.Dt * system.DriftOf(v)) + system.Kick(v, increments));
    }

    public static SolverStep Stratonovich(EquationSystem system)
    {
        NoisyStep step = new(system);
        Expr[] increments = [.. system.Noises.Select(step.Increment)];
        IReadOnlyDictionary<string, Expr> ahead = step.State("ahead", v => new Name(v) + system.Kick(v, increments));
        return step.End(v => new Name(v) + (NoisyStep.Dt * system.DriftOf(v)) + MeanKick(step, ahead, increments, v));
    }

    /// <summary>The sum over the noises of dW times the mean of g at the start of the step and at another state.</summary>
    internal static Expr MeanKick(NoisyStep step, IReadOnlyDictionary<string, Expr> ahead, Expr[] increments, string variable)
    {
        Expr sum = 0.0;
        for (int j = 0; j < increments.Length; j++)
        {
            Expr before = step.Noises[j].FactorOf(variable);
            Expr after = NoisyStep.At(before, ahead);
            sum += (before.Equals(after) ? before : 0.5 * (before + after)) * increments[j];
        }

        return sum;
    }
}

using BrainSim.Engine.Expressions;

namespace BrainSim.Engine.Integrators;

/// <summary>Heun's step with noise, Stratonovich: drift and factors are the means of those at the start and at Euler's end of the step. Strong order 1 where noise commutes, else 1/2; order 2 without noise.</summary>
/// <remarks>Rümelin 1982, SIAM J Numer Anal 19:604.</remarks>
public static class Heun
{
    public static SolverStep Stratonovich(EquationSystem system)
    {
        NoisyStep step = new(system);
        Expr[] increments = [.. system.Noises.Select(step.Increment)];
        IReadOnlyDictionary<string, Expr> ahead = step.State("ahead", v => new Name(v) + (NoisyStep.Dt * system.DriftOf(v)) + system.Kick(v, increments), time: 1);
        return step.End(v => new Name(v)
            + (0.5 * NoisyStep.Dt * (system.DriftOf(v) + NoisyStep.At(system.DriftOf(v), ahead)))
            + EulerMaruyama.MeanKick(step, ahead, increments, v));
    }
}

using System.Collections.Immutable;
using BrainSim.Engine.Expressions;

namespace BrainSim.Engine.Integrators;

/// <summary>
/// Stochastic Runge–Kutta step for one noise, Ito. Stages of the drift f are at x + dt A0 f + I(1,0)/dt B0 g, those of the noise's factor g at
/// x + dt A1 f + sqrt(dt) B1 g; then x' = x + dt alpha f + (beta1 I(1) + beta2 I(1,1)/sqrt(dt) + beta3 I(1,0)/dt + beta4 I(1,1,1)/dt) g.
/// </summary>
/// <remarks>Rößler 2010, SIAM J Numer Anal 48:922, section 5; the integrals of a path over a step from Kloeden and Platen 1992, eq. 10.4.3 and 5.2.21.</remarks>
public static class StochasticRungeKutta
{
    public static SolverStep Advance(EquationSystem system, StochasticTableau tableau)
    {
        NoisyStep step = new(system);
        Noise noise = system.Noises.Single();
        Expr dt = NoisyStep.Dt;
        Expr root = NoisyStep.RootDt;
        Expr dW = step.Increment(noise);
        bool needsArea = tableau.B0.Concat(tableau.Beta.Skip(2)).Any(row => row.Any(c => c != 0));
        Expr area = needsArea ? step.Let("area", 0.5 * (dW + (step.SecondIncrement(noise) / Math.Sqrt(3)))) : 0.0;
        Expr[] integrals = [dW, 0.5 * ((dW * dW) - dt) / root, area, (((dW * dW) / (6.0 * dt)) - 0.5) * dW];
        List<ImmutableDictionary<string, Expr>> drifts = [];
        List<ImmutableDictionary<string, Expr>> factors = [];
        for (int s = 0; s < tableau.Stages; s++)
        {
            Expr At(string v, ImmutableArray<double> a, ImmutableArray<double> b, Expr scale) =>
                new Name(v) + (dt * Combined(a, drifts, v)) + (scale * Combined(b, factors, v));
            IReadOnlyDictionary<string, Expr> ofDrift = step.State($"x{s + 1}", v => At(v, tableau.A0[s], tableau.B0[s], area), tableau.A0[s].Sum());
            IReadOnlyDictionary<string, Expr> ofFactor = step.State($"y{s + 1}", v => At(v, tableau.A1[s], tableau.B1[s], root), tableau.A1[s].Sum());
            drifts.Add(step.Drift($"f{s + 1}", ofDrift));
            factors.Add(step.Factors($"g{s + 1}", noise, ofFactor));
        }

        Expr[] weights = [.. Enumerable.Range(0, tableau.Stages).Select(s => step.Let($"weight {s + 1}", Weight(tableau, s, integrals)))];
        Expr Kick(string v) => weights.Select((w, s) => w * factors[s][v]).Aggregate((Expr)0.0, (sum, x) => sum + x);
        return step.End(v => new Name(v) + (dt * Combined(tableau.Alpha, drifts, v)) + Kick(v));
    }

    private static Expr Weight(StochasticTableau tableau, int stage, Expr[] integrals) =>
        integrals.Select((integral, k) => tableau.Beta[k][stage] * integral).Aggregate((Expr)0.0, (sum, x) => sum + x);

    private static Expr Combined(ImmutableArray<double> coefficients, List<ImmutableDictionary<string, Expr>> stages, string variable) =>
        coefficients.Select((c, s) => c * stages[s][variable]).Aggregate((Expr)0.0, (sum, x) => sum + x);
}

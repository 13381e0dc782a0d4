using BrainSim.Tests.Numerics;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>A Lorenz system with noise in proportion to its state, along the path that another simulator took.</summary>
public sealed class NoisyLorenzCaseTests
{
    private const string Id = "m003_SDE_Lorenz";

    /// <summary>Numbers up to 40 are rounded to 4e-15 in each step, in another order; 5 units of time at a Lyapunov exponent of 0.9 make that up to a hundred times larger. Measured: 1e-12.</summary>
    private const double Tolerance = 1e-10;

    [Theory]
    [InlineData("euler", "ito", "euler_ito")]
    [InlineData("euler", "stratonovich", "euler_stra")]
    [InlineData("milstein", "ito", "milstein_ito")]
    public void Reproduces(string method, string calculus, string column)
    {
        ReferenceCase reference = new(Id);
        double[] noise = ReferenceCase.Numbers("m003_SDE_noise.npy");
        PathWalk walk = new(
            $"noise: {calculus}, params: {{sigma: 0, beta: 0, rho: 0, p: 0}}, state: {{x: 1, y: 1, z: 1}}, "
            + "equations: {dx/dt: sigma*(y - x) + p*x*xi_x, dy/dt: x*(rho - z) - y + p*y*xi_y, dz/dt: x*y - beta*z + p*z*xi_z}", method);
        foreach ((string name, double value) in reference.Parameters.Concat(reference.InitialState))
        {
            walk[name] = value;
        }

        for (int step = 0; step < reference.Steps; step++)
        {
            walk.Step(step * reference.Dt, reference.Dt, draw => noise[(3 * step) + "xyz".IndexOf(draw[^1])]);
            for (int v = 0; v < 3 && step % reference.Every == 0; v++)
            {
                string variable = "xyz"[v].ToString();
                double expected = reference[step / reference.Every, $"{column}.{variable}"];
                Assert.True(Math.Abs(walk[variable] - expected) <= Tolerance, $"{variable} is {walk[variable]:R} after step {step}, not {expected:R}");
            }
        }
    }
}

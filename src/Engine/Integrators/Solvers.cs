using BrainSim.Engine.Models;

namespace BrainSim.Engine.Integrators;

/// <summary>The solvers by the name that models and populations give.</summary>
public static class Solvers
{
    private static readonly Dictionary<string, Func<EquationSystem, SolverStep>> ByName =
        ButcherTableau.All.ToDictionary(t => t.Name, t => (Func<EquationSystem, SolverStep>)(system => RungeKutta.Advance(system, t)));

    static Solvers()
    {
        ByName["exponential_euler"] = ExponentialEuler.Advance;
        ByName["exact"] = ExactLinear.Advance;
    }

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>One step of length <c>dt</c>, a name that the statements leave open.</summary>
    /// <exception cref="SolverException">The solver does not exist or cannot do these equations.</exception>
    public static SolverStep Advance(EquationSystem system, string method) =>
        ByName.TryGetValue(method, out Func<EquationSystem, SolverStep>? solver)
            ? solver(system)
            : throw new SolverException(SolverNames.WhyNot(method) ?? $"the solver '{method}' has a name and no code");
}

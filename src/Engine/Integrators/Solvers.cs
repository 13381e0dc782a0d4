using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;

namespace BrainSim.Engine.Integrators;

/// <summary>A method that models and populations may name, and what it can do; null where it cannot.</summary>
public sealed record Solver(string Name)
{
    public Func<EquationSystem, SolverStep>? WithoutNoise { get; init; }

    public Func<EquationSystem, SolverStep>? Ito { get; init; }

    public Func<EquationSystem, SolverStep>? Stratonovich { get; init; }

    /// <summary>The scheme for noise is made for systems with one noise.</summary>
    public bool OneNoiseOnly { get; init; }

    /// <summary>Null where this cannot solve the system.</summary>
    public Func<EquationSystem, SolverStep>? For(EquationSystem system) =>
        system.Noises.IsEmpty ? WithoutNoise
        : OneNoiseOnly && system.Noises.Length > 1 ? null
        : system.Calculus == NoiseCalculus.Ito ? Ito : Stratonovich;
}

/// <summary>The solvers by the name that models and populations give. Which of them can do noise follows the manual, section 12.</summary>
public static class Solvers
{
    private static readonly ImmutableArray<Solver> All =
    [
        .. ButcherTableau.All.Select(t => new Solver(t.Name) { WithoutNoise = system => RungeKutta.Advance(system, t) })
            .Select(s => s.Name == ButcherTableau.Euler.Name ? s with { Ito = EulerMaruyama.Ito, Stratonovich = EulerMaruyama.Stratonovich } : s),
        new("exponential_euler") { WithoutNoise = ExponentialEuler.Advance, Ito = ExponentialEuler.Ito },
        new("exact") { WithoutNoise = ExactLinear.Advance },
        new("heun") { Stratonovich = Heun.Stratonovich },
        new("milstein") { Ito = Milstein.Ito, Stratonovich = Milstein.Stratonovich },
        .. StochasticTableau.All.Select(t => new Solver(t.Name) { Ito = system => StochasticRungeKutta.Advance(system, t), OneNoiseOnly = true }),
    ];

    public static IEnumerable<string> Names => All.Select(s => s.Name);

    /// <summary>One try of <see cref="StepControl"/>.</summary>
    /// <exception cref="SolverException">The solver has no estimate of its error, or cannot do these equations.</exception>
    public static SolverStep AdvanceWithin(EquationSystem system, string method, double tolerance)
    {
        _ = Find(method).For(system) ?? throw new SolverException(WhyNot(Find(method), system));
        ButcherTableau pair = ButcherTableau.All.FirstOrDefault(t => t.Name == method && t.Lower is not null)
            ?? throw new SolverException(SolverNames.WhyNotWithin(method) ?? $"the solver '{method}' has no pair");
        return system.Step(method, tolerance, () => StepControl.Advance(system, pair, tolerance));
    }

    /// <summary>One step of length <c>dt</c>, a name that the statements leave open.</summary>
    /// <exception cref="SolverException">The solver does not exist or cannot do these equations.</exception>
    public static SolverStep Advance(EquationSystem system, string method)
    {
        Solver solver = Find(method);
        Func<EquationSystem, SolverStep> advance = solver.For(system) ?? throw new SolverException(WhyNot(solver, system));
        return system.Step(method, null, () => advance(system));
    }

    private static Solver Find(string method) => All.FirstOrDefault(s => s.Name == method)
        ?? throw new SolverException(SolverNames.WhyNot(method) ?? $"the solver '{method}' has a name and no code");

    private static string WhyNot(Solver solver, EquationSystem system)
    {
        if (system.Noises.IsEmpty)
        {
            return $"{solver.Name} solves equations with noise, and no equation here holds {Scope.Noise}; choose euler, rk4 or another method for equations without noise";
        }

        string others = string.Join(", ", All.Where(s => s.For(system) is not null).Select(s => s.Name));
        string noises = string.Join(", ", system.Noises.Select(n => n.Name));
        string calculus = system.Calculus.ToString().ToLowerInvariant();
        return solver switch
        {
            { Ito: null, Stratonovich: null } => $"{solver.Name} cannot solve equations with noise ({noises}); choose one of {others}",
            { OneNoiseOnly: true } when system.Noises.Length > 1 => $"{solver.Name} can solve equations with one noise, and here are {noises}; choose one of {others}",
            _ => $"{solver.Name} solves noise in the sense of {(solver.Ito is null ? "Stratonovich" : "Ito")} only; choose one of {others}, or write 'noise: {(calculus == "ito" ? "stratonovich" : "ito")}', which has another solution where the factor of the noise depends on the state",
        };
    }
}

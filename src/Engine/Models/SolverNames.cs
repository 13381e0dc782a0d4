using System.Collections.Immutable;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Models;

/// <summary>The solvers that a model or population may name; Integrators has one of each name, and a test holds both together.</summary>
public static class SolverNames
{
    public static ImmutableArray<string> All { get; } =
    [
        "euler", "midpoint", "heun2", "ralston2", "rk2", "rk3", "heun3", "ralston3", "ssprk3", "rk4", "ralston4", "rk4_38rule", "exponential_euler", "exact",
        "heun", "milstein", "srk1w1", "srk2w1", "klpl",
    ];

    /// <summary>Null where there is such a solver; otherwise what is wrong.</summary>
    public static string? WhyNot(string method) => All.Contains(method) ? null : $"there is no solver '{method}'.{Suggestion.For(method, All)}";
}

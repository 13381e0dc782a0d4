using System.Collections.Immutable;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Models;

/// <summary>The solvers that a model or population may name; Integrators has one of each name, and a test holds both together.</summary>
public static class SolverNames
{
    public static ImmutableArray<string> All { get; } =
    [
        "euler", "midpoint", "heun2", "ralston2", "rk2", "rk3", "heun3", "ralston3", "ssprk3", "rk4", "ralston4", "rk4_38rule", "exponential_euler", "exact",
        "rkf45", "rkf12", "rkdp", "ck", "bs", "heun_euler", "heun", "milstein", "srk1w1", "srk2w1", "klpl",
    ];

    /// <summary>Those that estimate their error, and so can choose their own steps.</summary>
    public static ImmutableArray<string> WithEstimate { get; } = ["rkf45", "rkf12", "rkdp", "ck", "bs", "heun_euler"];

    public const double SmallestTolerance = 1e-12;

    /// <summary>Null where there is such a solver; otherwise what is wrong.</summary>
    public static string? WhyNot(string method) => All.Contains(method) ? null : $"there is no solver '{method}'.{Suggestion.For(method, All)}";

    /// <summary>Null where the solver can keep to a tolerance; otherwise what is wrong.</summary>
    public static string? WhyNotWithin(string method) => WithEstimate.Contains(method)
        ? null
        : $"only {string.Join(", ", WithEstimate)} can keep to a tolerance, and the method is {method}; choose one of them, or remove 'tol'";

    /// <summary>Null where the number can be a tolerance.</summary>
    public static string? WhyNotTolerance(double tolerance) =>
        tolerance is >= SmallestTolerance and <= 1 ? null : $"must be from {SmallestTolerance} to 1, the error of a step relative to 1 + |x|";
}

using BrainSim.Engine.Integrators;
using BrainSim.Engine.Simulation;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Numerics;

/// <summary>The order of every solver, measured by halving the step: the error at 1 ms falls by 2^order.</summary>
public sealed class SolverOrderTests
{
    private const double End = 1;

    private sealed record Problem(string Equation, double Initial, double Exact);

    /// <summary>Logistic growth: x = 1/(1 + (1/x0 - 1) e^-t).</summary>
    private static readonly Problem Logistic = new("x*(1 - x)", 0.1, 1 / (1 + (9 * Math.Exp(-End))));

    /// <summary>Nonlinear, with time in it: 1/x = sin t + 1/x0.</summary>
    private static readonly Problem TimeDependent = new("-x^2*cos(t)", 0.8, 1 / (Math.Sin(End) + 1.25));

    private static readonly Dictionary<string, Problem> Problems = new() { ["autonomous"] = Logistic, ["time-dependent"] = TimeDependent };

    public static TheoryData<string, string, string> Cases => new(
        from method in Solvers.Names
        where method != "exact" && (method == "exponential_euler" || ButcherTableau.All.Any(t => t.Name == method))
        from problem in Problems.Keys
        from backEnd in Runs.BackEnds
        select (method, problem, backEnd.Name));

    /// <summary>The solver does what its name says on both kinds of equations, on every back end.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void The_error_falls_with_the_stated_order(string method, string problem, string backEnd)
    {
        int order = Order(method);
        int steps = order < 5 ? 80 : 20;
        double error = Error(method, problem, backEnd, "float64", steps);
        double half = Error(method, problem, backEnd, "float64", 2 * steps);
        double measured = Math.Log2(error / half);
        Report(method, problem, backEnd, measured, half);

        // The first term of rkdp's error is made so small that on the second problem those behind it still count.
        Assert.InRange(measured, order - 0.15, order + (method == "rkdp" ? 0.7 : 0.15));
    }

    /// <summary>With float32 the step must be so long that its error stays far above the roundings: 6e-8 per step.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void The_order_shows_in_float32(string method, string problem, string backEnd)
    {
        int order = Order(method);
        int steps = order switch { 1 => 80, 2 => 20, _ => 5 };
        double exact = Error(method, problem, backEnd, "float64", steps);
        double error = Error(method, problem, backEnd, "float32", steps);
        double roundings = 4 * steps * Math.ScaleB(1, -24);
        Assert.Equal(exact, error, roundings);
        if (order <= 2)
        {
            double measured = Math.Log2(error / Error(method, problem, backEnd, "float32", 2 * steps));
            Report(method, problem, backEnd, measured, error);
            Assert.InRange(measured, order - 0.15, order + 0.15);
        }
    }

    /// <summary>What a solver costs in accuracy is also known from its neighbours: every second-order method beats Euler, every fifth-order one all others.</summary>
    [Theory]
    [InlineData("autonomous")]
    [InlineData("time-dependent")]
    public void Higher_orders_have_smaller_errors(string problem)
    {
        double[] errors = [.. Enumerable.Range(1, 5).Select(order => ButcherTableau.All.Where(t => t.Order == order).Max(t => Error(t.Name, problem, "reference", "float64", 40)))];
        Assert.Equal(errors.OrderDescending(), errors);
    }

    private static int Order(string method) => ButcherTableau.All.FirstOrDefault(t => t.Name == method)?.Order ?? 1;

    private static void Report(string method, string problem, string backEnd, double measured, double error) =>
        TestContext.Current.TestOutputHelper?.WriteLine($"{method}, {problem}, {backEnd}: order {measured:f3}, error {error:g3}");

    private static double Error(string method, string problem, string backEnd, string precision, int steps)
    {
        Problem p = Problems[problem];
        using SerialRun run = Runs.Ended($$"""
            name: order
            dt: {{LibraryModels.Text(End / steps)}}
            duration: {{LibraryModels.Text(End)}}
            precision: {{precision}}
            models: [{model: m, kind: neuron, state: {x: {{LibraryModels.Text(p.Initial)}}}, equations: {dx/dt: {{p.Equation}} } }]
            populations: {p: {size: 3, model: m, method: {{method}} } }
            """, backEnd);
        return Math.Abs(run.Column("p", "x")[2] - p.Exact);
    }
}

using BrainSim.Engine.Integrators;
using BrainSim.Engine.Simulation;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Numerics;

/// <summary>The order of every solver, measured by halving the step: the error at 1 ms falls by 2^order.</summary>
public sealed class SolverOrderTests
{
    private const double End = 1;

    /// <param name="Steps">The longer steps to 1 ms, for methods of order 1, 2, ...</param>
    private sealed record Problem(string Equation, double Initial, double Exact, int[] Steps);

    /// <summary>By kind and precision: those of float32 move so fast that steps may show their order whose errors are far above the roundings.</summary>
    private static readonly Dictionary<(string Kind, string Precision), Problem> Problems = new()
    {
        [("autonomous", "float64")] = new("x*(1 - x)", 0.1, Logistic(1), [80, 80, 80, 80, 20]),
        [("autonomous", "float32")] = new("3*x*(1 - x)", 0.1, Logistic(3), [80, 20, 8, 4, 2]),

        // 1/x = sin t + 1/x0.
        [("time-dependent", "float64")] = new("-x^2*cos(t)", 0.8, 1 / (Math.Sin(End) + 1.25), [80, 80, 80, 80, 20]),
        [("time-dependent", "float32")] = new("4*(1 + cos(4*t))*x*(1 - x)", 0.1, Logistic(4 + Math.Sin(4)), [80, 20, 10, 8, 2]),
    };

    public static TheoryData<string, string, string, string> Cases => new(
        from method in Solvers.Names
        where method != "exact" && (method == "exponential_euler" || ButcherTableau.All.Any(t => t.Name == method))
        from problem in Problems.Keys
        from backEnd in Runs.BackEnds
        select (method, problem.Kind, problem.Precision, backEnd.Name));

    /// <summary>
    /// The solver does what its name says on both kinds of equations, on every back end. With float64 the steps are so short that other terms of the error change the order by less than 0.15; the first term of rkdp's
    /// is made so small that on the second problem those behind it still count. With float32 a step rounds by some 2^-25 of x, below 1, and growth multiplies it by less than 3: 2n steps round by some
    /// sqrt(2n) 1e-7, at most a tenth of an error of 2e-6 (order 5) or 1e-5 (the others), which changes the order by less than 0.15; other terms of the error at such long steps, by less than 0.35.
    /// </summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void The_error_falls_with_the_stated_order(string method, string problem, string precision, string backEnd)
    {
        int order = ButcherTableau.All.FirstOrDefault(t => t.Name == method)?.Order ?? 1;
        int steps = Problems[(problem, precision)].Steps[order - 1];
        double error = Error(method, problem, precision, backEnd, steps);
        double half = Error(method, problem, precision, backEnd, 2 * steps);
        double measured = Math.Log2(error / half);
        TestContext.Current.TestOutputHelper?.WriteLine($"{method}, {problem}, {precision}, {backEnd}: order {measured:f3}, error {half:g3}");
        double offBy = precision == "float32" ? 0.5 : 0.15;
        Assert.InRange(measured, order - offBy, order + (method == "rkdp" ? 0.7 : offBy));
    }

    /// <summary>What a solver costs in accuracy is also known from its neighbours: every second-order method beats Euler, every fifth-order one all others.</summary>
    [Theory]
    [InlineData("autonomous")]
    [InlineData("time-dependent")]
    public void Higher_orders_have_smaller_errors(string problem)
    {
        double[] errors = [.. Enumerable.Range(1, 5).Select(order => ButcherTableau.All.Where(t => t.Order == order).Max(t => Error(t.Name, problem, "float64", "reference", 40)))];
        Assert.Equal(errors.OrderDescending(), errors);
    }

    /// <summary>x = 1/(1 + (1/x0 - 1) e^-s), x0 = 0.1, s the integral of the rate of growth.</summary>
    private static double Logistic(double s) => 1 / (1 + (9 * Math.Exp(-s)));

    private static double Error(string method, string problem, string precision, string backEnd, int steps)
    {
        Problem p = Problems[(problem, precision)];
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

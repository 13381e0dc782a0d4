using BrainSim.Engine.Integrators;
using BrainSim.Engine.Models;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Numerics;

/// <summary>Pairs that keep to a tolerance: sub-steps of every neuron's own size.</summary>
public sealed class StepControlTests
{
    private const double End = 5;

    /// <summary>
    /// From slow to stiff: a step of 1 ms is 1000 times too long for the last. What drives them keeps their steps at work: of a linear equation by itself the two methods of a pair may agree at
    /// a step of some size, those of bs at 1/rate, and such a step passes whatever its error.
    /// </summary>
    private static readonly double[] Rates = [0.1, 1, 5, 20, 100, 300, 1000];

    public static TheoryData<string, string, string> PairsOnBackEnds => new(
        from method in SolverNames.WithEstimate
        from backEnd in Runs.BackEnds
        from precision in new[] { "float64", "float32" }
        select (method, backEnd.Name, precision));

    public static TheoryData<string> Pairs => [.. SolverNames.WithEstimate];

    [Fact]
    public void The_language_knows_which_methods_are_pairs() =>
        Assert.Equal(ButcherTableau.All.Where(t => t.Lower is not null).Select(t => t.Name), SolverNames.WithEstimate);

    /// <summary>
    /// x' = -k (x - cos t). What a step leaves behind is below tol (1 + |x|), so below 2 tol, and decays with k: at rate 0.1 the errors of all steps add up, in 5 ms of at
    /// most some fifty, which with signs of their own stay below 20 tol. A hundred times less tolerance makes the greatest error at least twice smaller; steps of 1 ms would be unstable.
    /// With float32 the fine tolerance is 1e-4, and 50 steps may add 50 roundings of 6e-8 each, in a few operations: 1e-5.
    /// </summary>
    [Theory]
    [MemberData(nameof(PairsOnBackEnds))]
    public void Errors_follow_the_tolerance(string method, string backEnd, string precision)
    {
        (double finer, double roundings) = precision == "float64" ? (1e-5, 0) : (1e-4, 1e-5);
        double coarse = GreatestError(method, backEnd, precision, 1e-3);
        double fine = GreatestError(method, backEnd, precision, finer);
        TestContext.Current.TestOutputHelper?.WriteLine($"{method}, {backEnd}, {precision}: {coarse:g3} for 1e-3, {fine:g3} for {finer}");
        Assert.InRange(coarse, 1e-6, Tolerances(method) * 1e-3);
        Assert.InRange(fine, 1e-9, (Tolerances(method) * finer) + roundings);
        Assert.True(precision == "float32" || fine < coarse / 2, $"{fine} is not half of {coarse}");
    }

    /// <summary>
    /// An oscillator by itself, whose errors along the cycle add up. The estimate of a pair of order p is as h^p, and so is, after 1/h steps, the error of the state: it is proportional to the tolerance, where that is so
    /// fine that the first terms of both rule. The power over its decades is off by what the others still change: the error per tolerance by less than 5 for order 5, and by less than 3/2 for the others.
    /// With float32 the error is that of float64: some thousand steps at most round by 1e-7 each, a tenth of the least error of so many, 1e-3.
    /// </summary>
    [Theory]
    [MemberData(nameof(PairsOnBackEnds))]
    public void Errors_of_an_oscillator_are_proportional_to_the_tolerance(string method, string backEnd, string precision)
    {
        if (precision == "float32")
        {
            double expected = OscillatorError(method, backEnd, "float64", 1e-4);
            Assert.Equal(expected, OscillatorError(method, backEnd, "float32", 1e-4), 0.1 * expected);
            return;
        }

        bool isFifth = ButcherTableau.All.First(t => t.Name == method).Order == 5;
        (double coarse, double fine) = isFifth ? (1e-6, 1e-9) : (1e-4, 1e-5);
        double change = OscillatorError(method, backEnd, precision, coarse) / OscillatorError(method, backEnd, precision, fine);
        double power = Math.Log(change) / Math.Log(coarse / fine);
        TestContext.Current.TestOutputHelper?.WriteLine($"{method}, {backEnd}: power {power:f3}");
        double offBy = isFifth ? Math.Log10(5) / 3 : Math.Log10(1.5);
        Assert.InRange(power, 1 - offBy, 1 + offBy);
    }

    /// <summary>How many tolerances a state may be off. The two methods of rkf12 differ by 1/512 of what the slope changes in a step, so where the step is as long as stability allows an error may be 512 times the estimate, and 2 tol of it.</summary>
    private static double Tolerances(string method) => method == "rkf12" ? 2 * 512 : 20;

    /// <summary>The rate is 1, then 300 around 5 ms, then 1 again. Sizes follow it down and up: an explicit method is stable to about 3/rate, and takes most of a step of 1 ms where the rate is 1.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void Steps_are_done_again_where_they_fail_and_grow_where_they_can(string method)
    {
        const string Equation = "-(1 + 300*exp(-(t - 5)^2))*(x - cos(t))";
        using SerialRun run = new(Runs.Compile(Network(Equation, "", $"method: {method}, tol: 1e-3", duration: 12)), 1);
        using SerialRun exact = new(Runs.Compile(Network(Equation, "", "method: rk4, substeps: 2000", duration: 12)), 1);
        (double Size, double Error) At(long step)
        {
            run.RunTo(step);
            exact.RunTo(step);
            return (run.Column("p", StepControl.Size)[0], Math.Abs(run.Column("p", "x")[0] - exact.Column("p", "x")[0]));
        }

        (double before, double after, double atLast) = (At(2).Size, At(5).Size, At(12).Size);
        Assert.InRange(before, 0.05, 1);
        Assert.InRange(after, 1e-4, 0.04);
        Assert.InRange(atLast, 0.05, 1);
        Assert.InRange(At(12).Error, 0, Tolerances(method) * 1e-3);
    }

    /// <summary>tan t leaves every bound at pi/2: no size is small enough, and the run says so.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_neuron_that_no_size_suits_ends_the_run(string method)
    {
        using SerialRun run = new(Runs.Compile(Network("1 + x^2", "", $"method: {method}, tol: 1e-3", duration: 2)), 1);
        NumericalFailureException failure = Assert.Throws<NumericalFailureException>(() => run.Run());
        Assert.Matches("^populations\\.p: (x|solver step) of neuron 0 is (NaN|∞|Infinity) after step \\d+, at", failure.Message);
    }

    [Theory]
    [InlineData("method: rk4, tol: 1e-3", "populations.p.tol: only rkf45, rkf12, rkdp, ck, bs, heun_euler can keep to a tolerance, and the method is rk4; choose one of them, or remove 'tol'.")]
    [InlineData("tol: 1e-3", "populations.p.tol: only rkf45, rkf12, rkdp, ck, bs, heun_euler can keep to a tolerance, and the method is euler;")]
    [InlineData("method: bs, tol: 0", "populations.p.tol: must be from 1E-12 to 1, the error of a step relative to 1 + |x|.")]
    [InlineData("method: bs, tol: 2", "populations.p.tol: must be from 1E-12 to 1")]
    [InlineData("method: bs, tol: 1e-3, substeps: 2", "populations.p.substeps: a method that keeps to a tolerance (tol) chooses its own steps; remove one of the two.")]
    public void Mistakes(string method, string expected)
    {
        UserMistakeException refused = Assert.Throws<UserMistakeException>(() => Runs.Read(Network("-x", "", method, 1)));
        Assert.Contains(expected, Assert.Single(refused.Mistakes).ToString(), StringComparison.Ordinal);
    }

    private static double GreatestError(string method, string backEnd, string precision, double tolerance)
    {
        string rates = string.Join(", ", Rates.Select(LibraryModels.Text));
        using SerialRun run = Runs.Ended($"{Network("-k*(x - cos(t))", $"k: [{rates}]", $"method: {method}, tol: {LibraryModels.Text(tolerance)}", End)}\nprecision: {precision}\n", backEnd, shards: 2);
        return Rates.Zip(run.Column("p", "x"), (k, x) => Math.Abs(x - Exact(k))).Max();
    }

    /// <summary>x + iy = r e^(ikt), r drawn from 1/2 to 1: the greatest error of three rates, after up to 20 rad.</summary>
    private static double OscillatorError(string method, string backEnd, string precision, double tolerance)
    {
        double[] rates = [1, 2, 4];
        using SerialRun run = Runs.Ended($$"""
            name: oscillator
            dt: 1
            duration: {{LibraryModels.Text(End)}}
            precision: {{precision}}
            models: [{model: m, kind: neuron, params: {k: 1}, state: {x: 0.5, y: 0}, equations: {dx/dt: k*(x - y - x*(x^2 + y^2)), dy/dt: k*(y + x - y*(x^2 + y^2))} }]
            populations: {p: {size: 3, model: m, params: {k: [{{string.Join(", ", rates.Select(LibraryModels.Text))}}]}, method: {{method}}, tol: {{LibraryModels.Text(tolerance)}} } }
            """, backEnd);
        double[] x = run.Column("p", "x"), y = run.Column("p", "y");
        return rates.Select((k, i) =>
        {
            double radius = 1 / Math.Sqrt(1 + (3 * Math.Exp(-2 * k * End)));
            return double.Hypot(x[i] - (radius * Math.Cos(k * End)), y[i] - (radius * Math.Sin(k * End)));
        }).Max();
    }

    private static double Exact(double k) => ((k * k * (Math.Cos(End) - Math.Exp(-k * End))) + (k * Math.Sin(End))) / ((k * k) + 1);

    private static string Network(string equation, string parameters, string method, double duration) => $$"""
        name: adaptive
        dt: 1
        duration: {{LibraryModels.Text(duration)}}
        models: [{model: m, kind: neuron, params: {k: 0}, state: {x: 0}, equations: {dx/dt: {{equation}} } }]
        populations: {p: {size: {{(parameters.Length == 0 ? 1 : Rates.Length)}}, model: m, params: { {{parameters}} }, {{method}} } }
        """;
}

using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Numerics;

/// <summary>
/// The strong order of every method for noise: mean distance from the exact solution of the same Brownian path at time 1, over steps that are halved while the path stays.
/// </summary>
public sealed class StrongOrderTests
{
    private const int Paths = 600;

    private const ulong EngineSeed = 5;

    private const int Finest = 256;

    private const int Coarsest = 16;

    /// <param name="Ito">The equation that has the same solution as <paramref name="Stratonovich"/>.</param>
    private sealed record Problem(string Ito, string Stratonovich, double Initial, Func<double, double> ExactOfPath);

    private static readonly Dictionary<string, Problem> Problems = new()
    {
        // x = x0 e^(t/4 + w), Kloeden and Platen 1992, section 4.4.
        ["geometric"] = new("0.75*x + x*xi", "0.25*x + x*xi", 0.7, w => 0.7 * Math.Exp(0.25 + w)),

        // x = (1 + t) sinh(w/2 + 1): factor (1 + t)/2 cosh(w/2 + 1), Ito's drift is greater by x/8.
        ["non-autonomous"] = new("x/(1 + t) + x/8 + 0.5*sqrt((1 + t)^2 + x^2)*xi", "x/(1 + t) + 0.5*sqrt((1 + t)^2 + x^2)*xi", Math.Sinh(1), w => 2 * Math.Sinh((0.5 * w) + 1)),
    };

    /// <summary>Where the paths of the engine's neurons end, by the number of steps.</summary>
    private static readonly Dictionary<int, double[]> EnginePaths = new[] { 16, 128 }.ToDictionary(steps => steps, EndsOfEnginePaths);

    private static readonly (string Name, string Calculus, double Order)[] Methods =
    [
        ("euler", "ito", 0.5), ("euler", "stratonovich", 1), ("heun", "stratonovich", 1), ("milstein", "ito", 1), ("milstein", "stratonovich", 1), ("exponential_euler", "ito", 0.5),
        ("klpl", "ito", 1), ("srk1w1", "ito", 1.5), ("srk2w1", "ito", 1.5),
    ];

    public static TheoryData<string, string, string, double> Cases => new(from problem in Problems.Keys from method in Methods select (problem, method.Name, method.Calculus, method.Order));

    public static TheoryData<string, string, string, double, string, string> CasesOnBackEnds => new(
        from problem in Problems.Keys
        from method in Methods
        from backEnd in Runs.BackEnds
        from precision in new[] { "float64", "float32" }
        select (problem, method.Name, method.Calculus, method.Order, backEnd.Name, precision));

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_distance_from_the_path_falls_with_the_stated_order(string problem, string method, string calculus, double order)
    {
        Problem p = Problems[problem];
        PathWalk walk = new($"noise: {calculus}, state: {{x: 1}}, equations: {{dx/dt: '{(calculus == "ito" ? p.Ito : p.Stratonovich)}'}}", method);
        Random random = new(5);
        double[] sums = new double[(int)Math.Log2(Finest / Coarsest) + 1];
        for (int path = 0; path < Paths; path++)
        {
            (double W, double Area)[] pieces = [.. Enumerable.Range(0, Finest).Select(_ => Piece(random))];
            double exact = p.ExactOfPath(pieces.Sum(x => x.W));
            for (int level = 0; level < sums.Length; level++, pieces = Joined(pieces))
            {
                sums[level] += Math.Abs(End(walk, p.Initial, pieces) - exact) / Paths;
            }
        }

        double measured = Slope([.. sums.Select(Math.Log2)]);
        TestContext.Current.TestOutputHelper?.WriteLine($"{method}, {calculus}, {problem}: order {measured:f3}, error {sums[0]:g3}");
        Assert.InRange(measured, order - 0.12, order + 0.12);
    }

    /// <summary>
    /// The engine, with its own numbers: every neuron's path ends at the sum of its draws, whatever the step. Distances are about e^w |z|, w and z normal, on the first problem, and scatter by sqrt(e pi/2 - 1) = 1.8 of their
    /// mean; means over independent paths by 1.8/sqrt(600), and the order, over three halvings, by sqrt(2) of that over 3 ln 2: 0.05. Four of it stay within half of what separates two orders. The least distance, 2e-4,
    /// is far above what float32 rounds in 128 steps, 1e-5.
    /// </summary>
    [Theory]
    [MemberData(nameof(CasesOnBackEnds))]
    public void The_engine_keeps_the_order(string problem, string method, string calculus, double order, string backEnd, string precision)
    {
        double coarse = EngineDistance(problem, method, calculus, backEnd, precision, 16);
        double fine = EngineDistance(problem, method, calculus, backEnd, precision, 128);
        double measured = Math.Log2(coarse / fine) / 3;
        TestContext.Current.TestOutputHelper?.WriteLine($"{method}, {calculus}, {problem}, {backEnd}, {precision}: order {measured:f3}, error {fine:g3}");
        Assert.InRange(measured, order - 0.2, order + 0.2);
    }

    /// <summary>Two noises in two equations, one of them in both, all factors linear and commuting: x = e^(a + b), y = e^b with a, b the paths. Only here do products of increments count.</summary>
    [Theory]
    [InlineData("milstein", "ito", 1)]
    [InlineData("milstein", "stratonovich", 1)]
    [InlineData("heun", "stratonovich", 1)]
    [InlineData("euler", "stratonovich", 1)]
    [InlineData("euler", "ito", 0.5)]
    [InlineData("exponential_euler", "ito", 0.5)]
    public void Shared_noise_that_commutes_keeps_the_order(string method, string calculus, double order)
    {
        string drift(string of, string half) => calculus == "ito" ? $"{half}*{of} + " : "";
        PathWalk walk = new($"noise: {calculus}, state: {{x: 1, y: 1}}, equations: {{dx/dt: {drift("x", "1")}x*(xi_a + xi_b), dy/dt: {drift("y", "0.5")}y*xi_b}}", method);
        Random random = new(6);
        double[] sums = new double[(int)Math.Log2(Finest / Coarsest) + 1];
        for (int path = 0; path < Paths; path++)
        {
            (double W, double Area)[] a = [.. Enumerable.Range(0, Finest).Select(_ => Piece(random))];
            (double W, double Area)[] b = [.. Enumerable.Range(0, Finest).Select(_ => Piece(random))];
            (double wa, double wb) = (a.Sum(x => x.W), b.Sum(x => x.W));
            for (int level = 0; level < sums.Length; level++, a = Joined(a), b = Joined(b))
            {
                (double x, double y) = EndOfBoth(walk, 1, a, b);
                sums[level] += (Math.Abs(x - Math.Exp(wa + wb)) + Math.Abs(y - Math.Exp(wb))) / Paths;
            }
        }

        double measured = Slope([.. sums.Select(Math.Log2)]);
        TestContext.Current.TestOutputHelper?.WriteLine($"{method}, {calculus}: order {measured:f3}, error {sums[0]:g3}");
        Assert.InRange(measured, order - 0.12, order + 0.12);
    }

    /// <summary>x is the path a, and y its integral over the path b: the area between two paths, which no increment tells. Ito and Stratonovich agree. The exact one is that of steps sixteen times finer than the finest here.</summary>
    [Theory]
    [InlineData("euler", "ito")]
    [InlineData("milstein", "ito")]
    [InlineData("exponential_euler", "ito")]
    [InlineData("euler", "stratonovich")]
    [InlineData("heun", "stratonovich")]
    [InlineData("milstein", "stratonovich")]
    public void Noises_that_do_not_commute_have_order_one_half(string method, string calculus)
    {
        PathWalk walk = new($"noise: {calculus}, state: {{x: 0, y: 0}}, equations: {{dx/dt: xi_a, dy/dt: x*xi_b}}", method);
        Random random = new(7);
        double[] sums = new double[4];
        for (int path = 0; path < Paths; path++)
        {
            (double W, double Area)[] a = [.. Enumerable.Range(0, Finest).Select(_ => Piece(random))];
            (double W, double Area)[] b = [.. Enumerable.Range(0, Finest).Select(_ => Piece(random))];
            double start = 0;
            double exact = a.Zip(b, (da, db) => (start, start += da.W).start * db.W).Sum();
            (a, b) = (Joined(Joined(Joined(Joined(a)))), Joined(Joined(Joined(Joined(b)))));
            for (int level = 0; level < sums.Length; level++, a = Joined(a), b = Joined(b))
            {
                sums[level] += Math.Abs(EndOfBoth(walk, 0, a, b).Y - exact) / Paths;
            }
        }

        double measured = Slope([.. sums.Select(Math.Log2)]);
        TestContext.Current.TestOutputHelper?.WriteLine($"{method}, {calculus}: order {measured:f3}, error {sums[0]:g3}");
        Assert.InRange(measured, 0.5 - 0.12, 0.5 + 0.12);
    }

    /// <summary>The mean over all neurons, at 1 ms.</summary>
    private static double EngineDistance(string problem, string method, string calculus, string backEnd, string precision, int steps)
    {
        Problem p = Problems[problem];
        using SerialRun run = Runs.Ended($$"""
            name: strong
            dt: {{LibraryModels.Text(1.0 / steps)}}
            duration: 1
            seed: {{EngineSeed}}
            precision: {{precision}}
            models: [{model: m, kind: neuron, noise: {{calculus}}, state: {x: {{LibraryModels.Text(p.Initial)}}}, equations: {dx/dt: '{{(calculus == "ito" ? p.Ito : p.Stratonovich)}}'} }]
            populations: {p: {size: {{Paths}}, model: m, method: {{method}} } }
            """, backEnd);
        return run.Column("p", "x").Zip(EnginePaths[steps], (x, w) => Math.Abs(x - p.ExactOfPath(w))).Average();
    }

    private static double[] EndsOfEnginePaths(int steps)
    {
        KeyedRandom draws = new(EngineSeed, KeyedRandom.Purpose("populations.p.noise xi"));
        return [.. Enumerable.Range(0, Paths).Select(neuron => Enumerable.Range(0, steps).Sum(step => draws.StandardNormal((uint)neuron, step)) / Math.Sqrt(steps))];
    }

    /// <summary>Ends of x and y, whose noises are a and b, from equal beginnings.</summary>
    private static (double X, double Y) EndOfBoth(PathWalk walk, double initial, (double W, double Area)[] a, (double W, double Area)[] b)
    {
        (walk["x"], walk["y"]) = (initial, initial);
        double root = Math.Sqrt(1.0 / a.Length);
        for (int k = 0; k < a.Length; k++)
        {
            walk.Step((double)k / a.Length, 1.0 / a.Length, draw => (draw.EndsWith('a') ? a[k].W : b[k].W) / root);
        }

        return (walk["x"], walk["y"]);
    }

    private static double End(PathWalk walk, double initial, (double W, double Area)[] pieces)
    {
        walk["x"] = initial;
        double dt = 1.0 / pieces.Length;
        double root = Math.Sqrt(dt);
        for (int k = 0; k < pieces.Length; k++)
        {
            (double w, double area) = pieces[k];
            double second = Math.Sqrt(3) * ((2 * area / dt) - w);
            walk.Step(k * dt, dt, draw => (draw == "noise xi" ? w : second) / root);
        }

        return walk["x"];
    }

    /// <summary>A path's increment over the finest step, and the integral of the path over it: w h/2 and an independent part of variance h^3/12.</summary>
    private static (double W, double Area) Piece(Random random)
    {
        const double H = 1.0 / Finest;
        double w = Math.Sqrt(H) * Normal(random);
        return (w, (H / 2) * (w + (Math.Sqrt(H / 3) * Normal(random))));
    }

    /// <summary>Steps twice as long: the second half's integral begins at the first half's end.</summary>
    private static (double W, double Area)[] Joined((double W, double Area)[] halves) =>
        [.. halves.Chunk(2).Select(h => (h[0].W + h[1].W, h[0].Area + h[1].Area + (h[0].W / halves.Length)))];

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Of a line of least squares through errors of steps 1, 2, 4, ...; all logarithms to base 2.</summary>
    private static double Slope(double[] errors)
    {
        double middle = (errors.Length - 1) / 2.0;
        return errors.Select((e, k) => (k - middle) * e).Sum() / errors.Select((_, k) => (k - middle) * (k - middle)).Sum();
    }
}

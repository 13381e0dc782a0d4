using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Tests.Numerics;
using Xunit;

namespace BrainSim.Tests.Engine.Simulation;

/// <summary>Noise in equations as a network has it: which numbers are drawn, what they do on average, what is refused.</summary>
public sealed class NoiseTests
{
    private const ulong Seed = 17;

    private const string One = "dx/dt: 'sin(t) - x + 0.3*x*cos(t)*xi', dy/dt: 'x - y + (0.5 + 0.1*cos(y))*xi'";

    private const string Two = "dx/dt: 'sin(t) - x + 0.3*x*cos(t)*xi + 0.2*y*xi_b', dy/dt: 'x - y + (0.5 + 0.1*cos(y))*xi_b'";

    private static readonly (string Method, string Calculus, string Equations)[] Walks =
    [
        ("euler", "ito", Two), ("euler", "stratonovich", Two), ("heun", "stratonovich", Two), ("milstein", "ito", Two), ("milstein", "stratonovich", Two),
        ("exponential_euler", "ito", Two), ("srk1w1", "ito", One), ("srk2w1", "ito", One), ("klpl", "ito", One),
    ];

    public static TheoryData<string, string, string, string, string> WalksOnBackEnds => new(
        from walk in Walks
        from backEnd in Runs.BackEnds
        from precision in new[] { "float64", "float32" }
        select (walk.Method, walk.Calculus, walk.Equations, backEnd.Name, precision));

    /// <summary>
    /// The draws are those of the seed, the population, the noise's name, the neuron and the step, and nothing else; with them a run is the scheme's own walk, whose strong order <see cref="StrongOrderTests"/> measure.
    /// 30 steps of some twenty roundings each, of numbers about 1.
    /// </summary>
    [Theory]
    [MemberData(nameof(WalksOnBackEnds))]
    public void Every_back_end_walks_the_path_of_its_seed(string method, string calculus, string equations, string backEnd, string precision)
    {
        const double Dt = 0.05;
        const int Steps = 30;
        double roundings = Steps * 20 * Math.ScaleB(1, precision == "float64" ? -53 : -24);
        string model = $"noise: {calculus}, state: {{x: 1, y: 0.5}}, equations: {{ {equations} }}";
        using SerialRun run = Runs.Ended($"{Network(model, $"p: {{size: 11, model: m, method: {method}}}", Dt, Steps)}\nprecision: {precision}\n", backEnd, shards: 2);
        PathWalk walk = new(model, method);
        for (uint id = 0; id < 11; id++)
        {
            (walk["x"], walk["y"]) = (1, 0.5);
            for (int step = 0; step < Steps; step++)
            {
                walk.Step(step * Dt, Dt, draw => Standard(new KeyedRandom(Seed, KeyedRandom.Purpose($"populations.p.{draw}")).Stream(id, step), precision));
            }

            Assert.Equal(walk["x"], run.Column("p", "x")[id], roundings);
            Assert.Equal(walk["y"], run.Column("p", "y")[id], roundings);
        }
    }

    /// <summary>Four substeps of 0.4 ms are four steps of 0.1 ms, noise and all: the same bits.</summary>
    [Theory]
    [MemberData(nameof(Runs.BackEndNames), MemberType = typeof(Runs))]
    public void Substeps_draw_what_steps_of_their_length_draw(string backEnd)
    {
        const string Model = "state: {x: 1}, equations: {dx/dt: -x + 0.3*x*xi}, method: milstein";
        using SerialRun substeps = Runs.Ended(Network(Model, "p: {size: 21, model: m, substeps: 4}", 0.4, 10), backEnd);
        using SerialRun steps = Runs.Ended(Network(Model, "p: {size: 21, model: m}", 0.1, 40), backEnd, shards: 3);
        Assert.Equal(steps.Column("p", "x"), substeps.Column("p", "x"));
        Assert.Equal(21, steps.Column("p", "x").Distinct().Count());
    }

    /// <summary>
    /// dx = xi, so x at 1 ms is normal with variance 1, whatever dt is: n variances scatter by sqrt(2/n). The same name is the same noise; other names and other populations are
    /// independent: correlations scatter by 1/sqrt(n). Five deviations of both; the seed is fixed.
    /// </summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.01)]
    public void Noise_has_variance_one_per_ms_and_is_shared_by_name(double dt)
    {
        const int Size = 4000;
        const string Model = "state: {x: 0, y: 0, z: 0}, equations: {dx/dt: xi, dy/dt: 2*xi, dz/dt: xi_z}";
        using SerialRun run = new SerialRun(Runs.Compile(Network(Model, $"p: {{size: {Size}, model: m}}\n  q: {{size: {Size}, model: m}}", dt, (int)Math.Round(1 / dt))), 1).Run();
        double[] x = run.Column("p", "x"), y = run.Column("p", "y"), z = run.Column("p", "z"), other = run.Column("q", "x");
        double Product(double[] a, double[] b) => a.Zip(b, (u, v) => u * v).Average();
        Assert.All(x.Zip(y), pair => Assert.Equal(2 * pair.First, pair.Second, 1e-14));
        Assert.InRange(Product(x, x), 1 - (5 * Math.Sqrt(2.0 / Size)), 1 + (5 * Math.Sqrt(2.0 / Size)));
        Assert.All(new[] { Product(x, z), Product(x, other), x.Average() }, c => Assert.InRange(Math.Abs(c), 0, 5 / Math.Sqrt(Size)));
    }

    /// <summary>
    /// dx = x xi, x(0) = 1, at 0.5 ms: the mean is 1 for Ito and e^(1/4) for Stratonovich; the variance is the square of the mean times (e^(1/2) - 1). Euler's step of Ito has its mean
    /// exactly; the others are off by less than 2e-3 at dt = 0.01 ms (their weak order is 1). Five deviations of the mean beside.
    /// </summary>
    [Theory]
    [InlineData("euler", "ito")]
    [InlineData("milstein", "ito")]
    [InlineData("exponential_euler", "ito")]
    [InlineData("srk1w1", "ito")]
    [InlineData("srk2w1", "ito")]
    [InlineData("klpl", "ito")]
    [InlineData("euler", "stratonovich")]
    [InlineData("heun", "stratonovich")]
    [InlineData("milstein", "stratonovich")]
    public void The_two_calculi_have_their_means(string method, string calculus)
    {
        const int Size = 20_000;
        string model = $"noise: {calculus}, state: {{x: 1}}, equations: {{dx/dt: x*xi}}";
        using SerialRun run = new SerialRun(Runs.Compile(Network(model, $"p: {{size: {Size}, model: m, method: {method}}}", 0.01, 50)), 1).Run();
        double mean = calculus == "ito" ? 1 : Math.Exp(0.25);
        double deviation = mean * Math.Sqrt((Math.Exp(0.5) - 1) / Size);
        Assert.InRange(run.Column("p", "x").Average(), mean - (5 * deviation) - 2e-3, mean + (5 * deviation) + 2e-3);
    }

    [Theory]
    [InlineData("rk4", "ito", "-x + xi", "rk4 cannot solve equations with noise (xi); choose one of euler, exponential_euler, milstein, srk1w1, srk2w1, klpl.")]
    [InlineData("exact", "stratonovich", "-x + xi", "exact cannot solve equations with noise (xi); choose one of euler, heun, milstein.")]
    [InlineData("heun", "ito", "-x + xi", "heun solves noise in the sense of Stratonovich only; choose one of euler, exponential_euler, milstein, srk1w1, srk2w1, klpl, or write 'noise: stratonovich'")]
    [InlineData("exponential_euler", "stratonovich", "-x + xi", "exponential_euler solves noise in the sense of Ito only; choose one of euler, heun, milstein, or write 'noise: ito'")]
    [InlineData("srk1w1", "stratonovich", "-x + xi", "srk1w1 solves noise in the sense of Ito only; choose one of euler, heun, milstein, or write 'noise: ito'")]
    [InlineData("srk2w1", "ito", "-x + xi_a + xi_b", "srk2w1 can solve equations with one noise, and here are xi_a, xi_b; choose one of euler, exponential_euler, milstein.")]
    [InlineData("milstein", "ito", "-x", "milstein solves equations with noise, and no equation here holds xi; choose euler, rk4 or another method for equations without noise.")]
    public void What_a_method_cannot_do_is_refused(string method, string calculus, string equation, string expected)
    {
        string noise = equation.Contains("xi", StringComparison.Ordinal) ? $"noise: {calculus}, " : "";
        UserMistakeException refused = Assert.Throws<UserMistakeException>(() =>
            Runs.Compile(Network($"{noise}state: {{x: 1}}, equations: {{dx/dt: {equation}}}", $"p: {{size: 1, model: m, method: {method}}}", 0.1, 1)));
        Assert.Contains($"populations.p.method: {expected}", refused.Mistakes.Single().ToString(), StringComparison.Ordinal);
    }

    private static double Standard(KeyedStream stream, string precision) =>
        precision == "float64" ? Distributions.Normal(ref stream, 0, 1) : Distributions.NormalSingle(ref stream, 0, 1);

    private static string Network(string model, string populations, double dt, int steps) => $$"""
        name: noise
        dt: {{LibraryModels.Text(dt)}}
        duration: {{LibraryModels.Text(Math.Round(dt * steps, 9))}}
        seed: {{Seed}}
        models: [{model: m, kind: neuron, {{model}} }]
        populations:
          {{populations}}
        """;
}

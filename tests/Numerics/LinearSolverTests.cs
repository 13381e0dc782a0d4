using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Numerics;

/// <summary>Exponential Euler and the matrix exponential against closed solutions.</summary>
public sealed class LinearSolverTests
{
    private const string Schedule = "dt: 0.1\nduration: 5";
    private const double End = 5;

    public static TheoryData<string> BackEnds => Runs.BackEndNames;

    /// <summary>With float32 the propagator and every step round by 2^-24 of the largest number: 50 steps, two roundings each, below 100 * 6e-8 * 3.</summary>
    [Theory]
    [MemberData(nameof(MethodsAndBackEnds))]
    public void One_linear_equation_is_as_exact_as_float32(string method, string backEnd)
    {
        using SerialRun run = Runs.Ended($$"""
            name: linear
            {{Schedule}}
            precision: float32
            models: [{model: m, kind: neuron, params: {a: 1, b: 2}, state: {x: 3}, equations: {dx/dt: -a*x + b} }]
            populations: {p: {size: 4, model: m, method: {{method}}, params: {a: [0.1, 0.5, 1, 30]} } }
            """, backEnd);
        Assert.All(new[] { 0.1, 0.5, 1, 30 }.Zip(run.Column("p", "x")), pair => Assert.Equal(Solution(pair.First, 3, 2), pair.Second, 2e-5));
    }

    public static TheoryData<string, string> MethodsAndBackEnds =>
        new(from method in new[] { "exponential_euler", "exact" } from backEnd in Runs.BackEnds select (method, backEnd.Name));

    /// <summary>x' = -a x + b: x = x0 e^-at + b (1 - e^-at)/a, and x0 + b t where a vanishes. 50 steps of a few roundings each stay below 1e-12.</summary>
    [Theory]
    [MemberData(nameof(MethodsAndBackEnds))]
    public void One_linear_equation_is_exact(string method, string backEnd)
    {
        double[] rates = [0, 1e-12, 1e-3, 0.1, 1, 30, 1000];
        using SerialRun run = Runs.Ended($$"""
            name: linear
            {{Schedule}}
            models: [{model: m, kind: neuron, params: {a: 1, b: 2}, state: {x: 3}, equations: {dx/dt: -a*x + b} }]
            populations:
              p: {size: 7, model: m, method: {{method}}, params: {a: [{{string.Join(", ", rates.Select(LibraryModels.Text))}}]} }
              zero: {size: 1, model: m, method: {{method}}, params: {a: 0} }
              one: {size: 1, model: m, method: {{method}} }
            """, backEnd);
        double[] x = [.. run.Column("p", "x"), .. run.Column("zero", "x"), .. run.Column("one", "x")];
        Assert.All(rates.Append(0).Append(1).Zip(x), pair => AssertRelative(Solution(pair.First, 3, 2), pair.Second));
    }

    /// <summary>Both equations of a pair by themselves: exact in x, whose equation is linear and closed, finite in y, whose coefficient vanishes with V = 0.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Exponential_euler_is_finite_where_the_coefficient_vanishes(string backEnd)
    {
        using SerialRun run = Runs.Ended($$"""
            name: vanishing
            {{Schedule}}
            models: [{model: m, kind: neuron, state: {V: 0, y: 1}, equations: {dV/dt: V*V, dy/dt: -V*y + 1}, method: exponential_euler}]
            populations: {p: {size: 5, model: m} }
            """, backEnd);
        Assert.All(run.Column("p", "V"), v => Assert.Equal(0, v));
        Assert.All(run.Column("p", "y"), y => AssertRelative(1 + End, y));
    }

    /// <summary>A damped rotation, x' = -a x + w y, y' = -w x - a y: x + iy turns by e^(-(a + iw) t).</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Two_coupled_equations_are_exact(string backEnd)
    {
        (double A, double W)[] rates = [(0, 1), (0.1, 2), (2, 0.01), (3, 20), (500, 3)];
        using SerialRun run = Runs.Ended($$"""
            name: rotation
            {{Schedule}}
            models: [{model: m, kind: neuron, params: {a: 0, w: 0}, state: {x: 1, y: 0}, equations: {dx/dt: -a*x + w*y, dy/dt: -w*x - a*y}, method: exact}]
            populations:
              p: {size: 5, model: m, params: {a: [{{string.Join(", ", rates.Select(r => LibraryModels.Text(r.A)))}}], w: [{{string.Join(", ", rates.Select(r => LibraryModels.Text(r.W)))}}]} }
              one: {size: 1, model: m, params: {a: 0.1, w: 2} }
            """, backEnd);
        for (int i = 0; i < rates.Length; i++)
        {
            double decay = Math.Exp(-rates[i].A * End);
            Assert.Equal(decay * Math.Cos(rates[i].W * End), run.Column("p", "x")[i], 1e-12);
            Assert.Equal(-decay * Math.Sin(rates[i].W * End), run.Column("p", "y")[i], 1e-12);
        }

        Assert.Equal(run.Column("p", "x")[1], run.Column("one", "x")[0], 1e-14);
    }

    /// <summary>A chain of three, with a constant drive at its head: partial fractions of the three rates (Bateman 1910).</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Three_coupled_equations_are_exact(string backEnd)
    {
        foreach (double[] k in new double[][] { [0.1, 0.5, 2], [200, 0.3, 1], [0.01, 900, 30] })
        {
            using SerialRun run = Runs.Ended($$"""
                name: chain
                {{Schedule}}
                models: [{model: m, kind: neuron, params: {k1: {{LibraryModels.Text(k[0])}}, k2: {{LibraryModels.Text(k[1])}}, k3: {{LibraryModels.Text(k[2])}} }, state: {z: 0, y: 0, x: 1}, inputs: [I],
                          equations: {dx/dt: -k1*x, dy/dt: k1*x - k2*y, dz/dt: k2*y - k3*z + I}, method: exact}]
                populations: {p: {size: 3, model: m} }
                inputs: [{to: p.I, value: 0.5}]
                """, backEnd);
            double Term(int j) => Math.Exp(-k[j] * End);
            double y = k[0] * ((Term(0) / (k[1] - k[0])) + (Term(1) / (k[0] - k[1])));
            double z = k[0] * k[1] * ((Term(0) / ((k[1] - k[0]) * (k[2] - k[0]))) + (Term(1) / ((k[0] - k[1]) * (k[2] - k[1]))) + (Term(2) / ((k[0] - k[2]) * (k[1] - k[2]))));
            Assert.Equal(Term(0), run.Column("p", "x")[0], 1e-12);
            Assert.Equal(y, run.Column("p", "y")[1], 1e-12);
            Assert.Equal(z + (0.5 * (1 - Term(2)) / k[2]), run.Column("p", "z")[2], 1e-12);
        }
    }

    /// <summary>What is not linear with constant coefficients is refused with the reason.</summary>
    [Theory]
    [InlineData("dx/dt: -x*y, dy/dt: -y", "dx/dt holds (-y)*x")]
    [InlineData("dx/dt: -x^2, dy/dt: -y", "dx/dt holds")]
    [InlineData("dx/dt: -x, dy/dt: exp(-x)", "dy/dt holds")]
    [InlineData("dx/dt: -x*t, dy/dt: -y", "dx/dt holds (-t)*x")]
    [InlineData("dx/dt: -x + sin(t), dy/dt: -y", "dx/dt depends on t")]
    [InlineData("dx/dt: -I*x, dy/dt: -y", "depends on I, which changes during the run")]
    public void Exact_refuses_what_it_cannot_do(string equations, string reason)
    {
        UserMistakeException refused = Assert.Throws<UserMistakeException>(() => Runs.Compile($$"""
            name: refused
            {{Schedule}}
            models: [{model: m, kind: neuron, state: {x: 1, y: 1}, inputs: [I], equations: { {{equations}} }, method: exact}]
            populations: {p: {size: 3, model: m} }
            """));
        Assert.Contains(reason, Assert.Single(refused.Mistakes).Message, StringComparison.Ordinal);
        Assert.StartsWith("exact needs", refused.Mistakes[0].Message, StringComparison.Ordinal);
    }

    /// <summary>A synapse whose decay follows its target's voltage has no constant matrix.</summary>
    [Fact]
    public void Exact_refuses_a_synapse_that_follows_its_target()
    {
        UserMistakeException refused = Assert.Throws<UserMistakeException>(() => Runs.Compile($$"""
            name: refused
            {{Schedule}}
            models:
              - {model: s, kind: synapse, params: {tau: 2}, state: {g: 0}, equations: {dg/dt: -g*(1 + post.V^2)/tau}, on_pre: {g: g + weight}, current: g, method: exact}
            populations: {p: {size: 3, model: lif} }
            projections: [{pre: p, post: p, connect: all_to_all, synapse: s}]
            """));
        Assert.Contains("depends on V, which changes during the run", refused.Message, StringComparison.Ordinal);
    }

    private static double Solution(double rate, double initial, double drive) => rate == 0
        ? initial + (drive * End)
        : (initial * Math.Exp(-rate * End)) + (drive * Elementary.Exprel(-rate * End) * End);

    private static void AssertRelative(double expected, double actual) => Assert.Equal(expected, actual, 1e-12 * Math.Max(1e-3, Math.Abs(expected)));
}

using BrainSim.Engine.Kernels.Cpu;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Engine.Kernels;

/// <summary>What is drawn inside kernels has the interpreter's bits at every width, in both precisions and on slices that begin anywhere.</summary>
public sealed class DrawTests
{
    private const int Size = 83;

    /// <summary>Means below and above the limit of the table, at its edges, and runs of equal ones that are not the first neuron's.</summary>
    private static readonly double[] Means = [.. Enumerable.Range(0, Size).Select(i => i switch
    {
        < 40 => 0.25 * i,
        < 72 => 3.5,
        _ => new[] { 0, 9.9375, 10, 64, 1e-6, 0.5, 1000, 2, 3, 4, 5 }[i - 72],
    })];

    private static readonly string[] Draws =
    [
        "uniform(-1, 3)", "uniform(m, m + 1)", "normal(0, 1)", "normal(m, 0.5)", "lognormal(0, 0.5)", "exponential(2)", "exponential(m)",
        "poisson(1.5)", "poisson(one)", "poisson(m)", "poisson(t + 1)", "poisson(count)", "poisson(0)", "poisson(9.9375)", "poisson(20)",
        "gamma(2.5, 2)", "gamma(0.5, m)", "choice(7)", "choice(1, 2, 4, 8, 16)", "choice(m, 1, -1)",
    ];

    public static TheoryData<string, int> Cases => new(from precision in new[] { "float64", "float32" } from bits in VectorWidth.Supported select (precision, bits));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Kernels_draw_what_the_interpreter_draws(string precision, int bits)
    {
        string text = $$"""
            name: draws
            dt: 1
            duration: 3
            seed: 11
            precision: {{precision}}
            models:
              - model: m
                kind: neuron
                params: {m: 0, one: 3.25}
                state: {count: 1, sum: 0, {{string.Join(", ", Draws.Select((_, d) => $"x{d}: 0"))}}}
                update: {count: "clip(count + 2*i/64, 0, 9)", {{string.Join(", ", Draws.Select((draw, d) => $"x{d}: \"{draw}\""))}}}
            populations:
              before: {size: 5, model: m}
              p: {size: {{Size}}, model: m, params: {m: [{{string.Join(", ", Means.Select(LibraryModels.Text))}}]} }
            """;
        using SerialRun expected = Runs.Ended(text, "reference");
        foreach (int shards in new[] { 1, 2, 3, 7 })
        {
            using SerialRun run = new SerialRun(Runs.Compile(text, bits), shards).Run();
            for (int d = 0; d < Draws.Length; d++)
            {
                double[] drawn = run.Column("p", $"x{d}");
                double[] reference = expected.Column("p", $"x{d}");
                for (int i = 0; i < Size; i++)
                {
                    Assert.True(drawn[i].Equals(reference[i]), $"{Draws[d]} of neuron {i} is {drawn[i]:r}, not {reference[i]:r}, with {shards} shards");
                }

                Assert.True(drawn.Distinct().Count() > 1 || Draws[d] is "poisson(0)" or "choice(7)", $"{Draws[d]} gives all neurons the same");
            }
        }
    }

    /// <summary>Equal and unequal means, in every step anew: what a site remembers of the last step must not matter.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Poisson_does_not_depend_on_what_was_drawn_before(string precision, int bits)
    {
        string Text(int from, int steps) => $$"""
            name: memory
            dt: 1
            duration: {{steps}}
            precision: {{precision}}
            models: [{model: m, kind: neuron, state: {x: 0}, update: {x: "where(t < {{from}}, 0, x) + poisson(where(t < {{from}}, 1 + i % 3, 2))"} }]
            populations: {p: {size: 40, model: m} }
            """.Replace("i % 3", "(i - 3*floor(i/3))", StringComparison.Ordinal);
        using SerialRun mixed = new SerialRun(Runs.Compile(Text(3, 5), bits)).Run();
        using SerialRun even = new SerialRun(Runs.Compile(Text(0, 5), bits)).Run();
        using SerialRun first = new SerialRun(Runs.Compile(Text(0, 3), bits)).Run();

        // The last two steps draw with a mean of 2, whatever came before them.
        double[] all = even.Column("p", "x");
        double[] lastTwo = [.. all.Zip(first.Column("p", "x"), (whole, part) => whole - part)];
        using SerialRun early = new SerialRun(Runs.Compile(Text(3, 3), bits)).Run();
        Assert.Equal(lastTwo, mixed.Column("p", "x").Zip(early.Column("p", "x"), (whole, part) => whole - part));
    }
}

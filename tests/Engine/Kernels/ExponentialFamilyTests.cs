using BrainSim.Engine.Kernels.Cpu;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Engine.Kernels;

/// <summary>Exponentials that are computed from one of their family have the value that they would have alone.</summary>
public sealed class ExponentialFamilyTests
{
    /// <summary>Potentials over the range of a membrane, and closer and closer to where the rates of Hodgkin and Huxley are 0/0.</summary>
    private static readonly double[] Potentials =
        [.. Enumerable.Range(0, 301).Select(j => -100 + (0.5 * j)), .. new[] { -40.0, -55 }.SelectMany(v => Enumerable.Range(0, 16).SelectMany(k => new[] { v + Math.Pow(10, 1 - k), v - Math.Pow(10, 1 - k) }))];

    private static string Network(string precision) => $$"""
        name: family
        dt: 0.1
        duration: 0.1
        precision: {{precision}}
        models:
          - model: rates
            kind: neuron
            params: {V0: 0}
            state: {V: V0, slow: 0, fast: 0, m: 0, n: 0, h: 0, alone: 0}
            update:
              slow: exp(-(V + 65)/80)
              fast: exp(-(V + 65)/20)
              m: 1/exprel(-(V + 40)/10)
              n: exprel(-(V + 55)/10)
              h: 1/(1 + exp(-(V + 35)/10))
              alone: exp(-(V + 65)/18)
        populations:
          p: {size: {{Potentials.Length}}, model: rates, params: {V0: [{{string.Join(", ", Potentials.Select(v => v.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))}}]} }
        """;

    /// <summary>In float64 the eighth power of an exponential is within 10 roundings and a difference beyond 0.01 loses 100 of them: 1e-13. In float32 likewise 4 of 6e-8, times 10.</summary>
    [Theory]
    [InlineData("float64", 512, 1.5e-13)]
    [InlineData("float64", 256, 1.5e-13)]
    [InlineData("float64", 128, 1.5e-13)]
    [InlineData("float32", 128, 3e-6)]
    public void MembersHaveTheirOwnValue(string precision, int bits, double tolerance)
    {
        Assert.SkipUnless(VectorWidth.Supported.Contains(bits), $"this processor has no vectors of {bits} bits");
        using SerialRun run = new SerialRun(Runs.Compile(Network(precision), bits)).Run();
        double[] potentials = run.Column("p", "V");
        AssertColumn(run, potentials, "slow", v => Math.Exp(-(v + 65) / 80), tolerance);
        AssertColumn(run, potentials, "fast", v => Math.Exp(-(v + 65) / 20), tolerance);
        AssertColumn(run, potentials, "m", v => 1 / Exprel(-(v + 40) / 10), tolerance);
        AssertColumn(run, potentials, "n", v => Exprel(-(v + 55) / 10), tolerance);
        AssertColumn(run, potentials, "h", v => 1 / (1 + Math.Exp(-(v + 35) / 10)), tolerance);
        AssertColumn(run, potentials, "alone", v => Math.Exp(-(v + 65) / 18), tolerance);
    }

    [Fact]
    public void SixExponentialsBecomeTwo()
    {
        CompiledNetwork compiled = Runs.Compile(Network("float64"));
        string listing = compiled.Kernels(compiled.Programs[0], compiled.Programs[0].Passes[0], []).Listing;
        Assert.Equal(2, listing.Split(nameof(VectorOp.ScaleByPower)).Length - 1);
    }

    private static void AssertColumn(SerialRun run, double[] potentials, string column, Func<double, double> exact, double tolerance) =>
        Assert.All(potentials.Zip(run.Column("p", column)), pair =>
        {
            double expected = exact(pair.First);
            Assert.True(Math.Abs(pair.Second - expected) <= tolerance * Math.Abs(expected), $"{column}({pair.First:R}) is {pair.Second:R}, not {expected:R}");
        });

    /// <summary>By 2 e^(z/2) sinh(z/2)/z, which does not cancel.</summary>
    private static double Exprel(double z) => z == 0 ? 1 : 2 * Math.Exp(z / 2) * Math.Sinh(z / 2) / z;
}

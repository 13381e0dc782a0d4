using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>One FitzHugh-Nagumo neuron by every solver of the other simulator (m003_all_methods_FHN in Data/README.md), each its own population here.</summary>
public sealed class AllMethodsCaseTests
{
    /// <summary>Same schemes in another order of operations: 5,000 steps round numbers below 2 by 2e-16 each, and the limit cycle pulls paths together. Measured: 2.6e-12 for exponential_euler, whose constants had 15 digits, 2e-13 for the others.</summary>
    private const double Tolerance = 1e-11;

    /// <summary>The other's ralston4 has coefficients of eight digits, whose weights add up to 1: it breaks the conditions of order 2 by some 5e-9, a step of 0.01 by 5e-13, and 5,000 of them by 2.5e-9. Measured: 1.3e-10.</summary>
    private const double OfEightDigits = 2.5e-9;

    /// <summary>Where its printed tableau divides 4 by 0 the trace was made with 4/9, as here.</summary>
    private const string Corrected = "bs_corrected";

    public static TheoryData<Machine> Machines => [.. Machine.All];

    [Theory]
    [MemberData(nameof(Machines), DisableDiscoveryEnumeration = true)]
    public void Reproduces(Machine machine)
    {
        ReferenceCase reference = new("m003_all_methods_FHN");
        string[] methods = [.. reference.Columns.Where(c => c.EndsWith(".V", StringComparison.Ordinal)).Select(c => c[..^2])];
        Assert.Equal(19, methods.Length);
        string text = $$"""
            name: all_methods
            dt: {{reference.Dt}}
            duration: {{reference.Steps * reference.Dt}}
            populations:
            {{string.Join('\n', methods.Select(m => $"  {m}: {{size: 9, model: fhn, method: {(m == Corrected ? "bs" : m)}}}"))}}
            inputs:
            {{string.Join('\n', methods.Select(m => $"  - {{to: {m}.I, value: {reference.Parameters["Iext"]}}}"))}}
            monitors:
            {{string.Join('\n', methods.Select(m => $"  - {{name: {m}_, of: {m}, record: [V, w], index: 8}}"))}}
            """;
        using SerialRun run = machine.Run(NetworkReader.ReadText("all_methods.yaml", text, ".", []));
        foreach (string method in methods)
        {
            foreach (string variable in (ReadOnlySpan<string>)["V", "w"])
            {
                double[] found = run.Recordings.Variable($"{method}_", variable).Rows;
                for (int row = 0; row < reference.Rows; row++)
                {
                    double expected = reference[row, $"{method}.{variable}"];
                    Assert.True(Math.Abs(found[row * reference.Every] - expected) <= (method == "ralston4" ? OfEightDigits : Tolerance), $"{method}: {variable} is {found[row * reference.Every]:R} after step {row * reference.Every}, not {expected:R}");
                }
            }
        }
    }
}

using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>
/// Inputs made by the other simulator's functions (case m003_inputs), as runs of equal values: the step at which each begins, and its value. Where its durations are not cut
/// off they are reproduced step by step; what differs is in docs/differences-from-brainpy.md.
/// </summary>
public sealed class InputCaseTests
{
    public static TheoryData<Machine> Machines => [.. Machine.All];

    /// <summary>By what is written here: steps in all, and the other's runs.</summary>
    private static readonly (string Signal, int Steps, (int Step, double Value)[] Runs)[] Cases =
    [
        ("section: {values: [0, 1, 0], durations: [100, 300, 100]}", 5000, [(0, 0), (1000, 1), (4000, 0)]),
        ("section: {values: [-1, 1, 3, -0.5], durations: [10, 3, 30, 10]}", 530, [(0, -1), (100, 1), (130, 3), (430, -0.5)]),
        ("pulses: {at: [10, 20, 30, 200, 300], length: 1, size: 0.5}", 4000,
            [(0, 0), (100, 0.5), (110, 0), (200, 0.5), (210, 0), (300, 0.5), (310, 0), (2000, 0.5), (2010, 0), (3000, 0.5), (3010, 0)]),

        // The other cuts 0.3 / 0.1 = 2.9999999999999996 off to 2 steps and 0.7 / 0.1 to 6; these are the 3 and 7 that were asked for.
        ("pulses: {at: [10, 20, 30, 200, 300], length: [0.3, 0.5, 1, 2, 0.7], size: [1, 2, 3, 4, 5]}", 4000,
            [(0, 0), (100, 1), (103, 0), (200, 2), (205, 0), (300, 3), (310, 0), (2000, 4), (2020, 0), (3000, 5), (3007, 0)]),
        ("section: {values: [1, 2, 3], durations: [0.3, 0.7, 0.6]}", 16, [(0, 1), (3, 2), (10, 3)]),
    ];

    [Theory]
    [MemberData(nameof(Machines), DisableDiscoveryEnumeration = true)]
    public void Reproduces(Machine machine)
    {
        foreach ((string signal, int steps, (int Step, double Value)[] runs) in Cases)
        {
            double[] expected = [.. Enumerable.Range(0, steps).Select(step => runs.Last(r => r.Step <= step).Value)];
            Assert.Equal(expected, Inputs(machine, signal, steps));
        }
    }

    /// <summary>
    /// Step k of a ramp has the value at its own time k dt, so that the end, 1, would be that of the step after the last. The other spreads its values over both ends: of n steps the k-th
    /// has k/(n - 1). Its ramp_input(0, 1, 1000) begins 0, 0.00010001000100010001; its ramp_input(0, 1, 1000, 200, 800) has 0.0001666944490748458 in step 2001.
    /// </summary>
    [Theory]
    [MemberData(nameof(Machines), DisableDiscoveryEnumeration = true)]
    public void RampsEndWithTheStepAfterTheirLast(Machine machine)
    {
        double[] whole = Inputs(machine, "ramp: {from: 0, to: 1, t_end: 1000}", 10_000);
        double[] part = Inputs(machine, "ramp: {from: 0, to: 1, t_start: 200, t_end: 800}", 10_000);
        Assert.Equal(Enumerable.Range(0, 10_000).Select(k => k / 10_000.0), whole, Close);
        Assert.Equal(Enumerable.Range(0, 10_000).Select(k => k is < 2000 or >= 8000 ? 0 : (k - 2000) / 6000.0), part, Close);
        Assert.Equal(0.00010001000100010001, whole[1] * 10_000 / 9999, 1e-18);
        Assert.Equal(0.0001666944490748458, part[2001] * 6000 / 5999, 1e-18);
    }

    /// <summary>Two roundings of numbers up to 1.</summary>
    private static bool Close(double a, double b) => Math.Abs(a - b) <= 4e-16;

    private static double[] Inputs(Machine machine, string signal, int steps)
    {
        using SerialRun run = machine.Run(NetworkReader.ReadText("inputs.yaml", $$"""
            name: inputs
            dt: 0.1
            duration: {{TimeGrid.Text(steps / 10.0)}}
            models: [{model: probe, kind: neuron, state: {x: 0}, inputs: [I], update: {x: I} }]
            populations: {p: {size: 1, model: probe} }
            inputs: [{to: p.I, {{signal}} }]
            monitors: [{name: input, of: p, record: I}]
            """, ".", []));
        return run.Recordings.Variable("input", "I").Rows;
    }
}

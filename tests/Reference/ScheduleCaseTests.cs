using System.Globalization;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>One neuron under two orders of the phases (m003_ch7_HH and m003_ch7_HH2 in Data/README.md).</summary>
public sealed class ScheduleCaseTests
{
    public static TheoryData<Machine> Machines => [.. Machine.All];

    [Theory]
    [MemberData(nameof(Machines), DisableDiscoveryEnumeration = true)]
    public void InputUpdateMonitor(Machine machine) => AssertReproduced(machine, "m003_ch7_HH", "[arrive, input, update, spike, observe]");

    /// <summary>A row shows the state before its step, and the input of the step before, which acts next.</summary>
    [Theory]
    [MemberData(nameof(Machines), DisableDiscoveryEnumeration = true)]
    public void MonitorUpdateInput(Machine machine) => AssertReproduced(machine, "m003_ch7_HH2", "[arrive, observe, update, spike, input]");

    private static void AssertReproduced(Machine machine, string id, string schedule)
    {
        ReferenceCase reference = new(id);
        string state = string.Join(", ", reference.InitialState.Select(s => $"{s.Key}: {s.Value.ToString("R", CultureInfo.InvariantCulture)}"));

        // The k-th of 1,000 pulses is the input of step k: (37 k mod 100) / 10.
        string sizes = string.Join(", ", Enumerable.Range(0, reference.Steps).Select(k => (k * 37 % 100 / 10.0).ToString("R", CultureInfo.InvariantCulture)));
        string durations = string.Join(", ", Enumerable.Repeat("0.1", reference.Steps));
        using SerialRun run = machine.Run(NetworkReader.ReadText($"{id}.yaml", $$"""
            name: {{id}}
            dt: 0.1
            duration: 100
            schedule: {{schedule}}
            populations: {HH: {size: 9, model: hh, method: {{reference.Method}}, init: { {{state}} } } }
            inputs: [{to: HH.I, section: {values: [{{sizes}}], durations: [{{durations}}]} }]
            monitors:
              - {name: state, of: HH, record: [V, I], index: 8}
              - {name: spikes, of: HH, record: spikes}
            """, ".", []));
        double[] v = run.Recordings.Variable("state", "V").Rows;
        double[] input = run.Recordings.Variable("state", "I").Rows;
        for (int row = 0; row < reference.Rows; row++)
        {
            Assert.True(Math.Abs(v[row] - reference[row, "V"]) <= NeuronCase.Tolerance, $"V is {v[row]:R} in row {row}, not {reference[row, "V"]:R}");

            // The other clears its input in the update, before the monitor of the first order looks.
            bool cleared = id == "m003_ch7_HH";
            Assert.Equal(cleared ? row * 37 % 100 / 10.0 : reference[row, "input"], input[row]);
        }

        // The second order's monitor sees a spike in the row after its step.
        int late = id == "m003_ch7_HH2" ? 1 : 0;
        (int[] steps, int[] ids) = run.Recordings.Spikes("spikes");
        Assert.Equal(reference.SpikeSteps!.Select(s => s - late), steps.Where((_, s) => ids[s] == 8));
    }
}

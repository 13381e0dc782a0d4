using BrainSim.Engine.Simulation;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>
/// The library's synapses against traces that another simulator computed, driven by the same spikes, which are replayed. There a spike acts in the step that found it,
/// here in the next; docs/differences-from-brainpy.md says where else the two differ, and why.
/// </summary>
public sealed class SynapseCasesTests
{
    /// <summary>A few thousand steps of numbers near 1, each rounded a few times in another order, and constants that were printed with 15 digits there.</summary>
    private const double Tolerance = 1e-11;

    public static TheoryData<Machine> Machines => [.. Machine.All];

    /// <summary>A jump comes before the step's decay, as here, but one row later.</summary>
    [Theory]
    [MemberData(nameof(Machines), DisableDiscoveryEnumeration = true)]
    public void Ampa(Machine machine) => SameARowLater(machine, "s002_AMPA", "ampa", "T_duration: 3", "s");

    [Theory]
    [MemberData(nameof(Machines), DisableDiscoveryEnumeration = true)]
    public void Nmda(Machine machine) => SameARowLater(machine, "s002_NMDA", "nmda", "", "s", "x");

    /// <summary>There the jump follows the decay of the step that found the spike; here it comes first in the next. After that step both agree.</summary>
    [Theory]
    [MemberData(nameof(Machines), DisableDiscoveryEnumeration = true)]
    public void Exponential(Machine machine) => SameButAtSpikes(machine, "s002_Exponential", "exponential", Tolerance, "s");

    [Theory]
    [MemberData(nameof(Machines), DisableDiscoveryEnumeration = true)]
    public void Alpha(Machine machine) => SameButAtSpikes(machine, "s002_Alpha", "alpha", Tolerance, "s", "x");

    /// <summary>There the jumps at a spike use u and x from before the last step: x then differs by at most dt/tau_d = 7e-4 of 1 - x, which is below 0.4, so jumps of u*x, with u = 0.2, by 6e-5. Six spikes, 15 ms apart, leave at most five times that behind.</summary>
    [Theory]
    [MemberData(nameof(Machines), DisableDiscoveryEnumeration = true)]
    public void Stp(Machine machine) => SameButAtSpikes(machine, "s002_STP_depress", "stp", 3e-4, "s", "u", "x");

    [Theory]
    [MemberData(nameof(Machines), DisableDiscoveryEnumeration = true)]
    public void Voltage_jump(Machine machine)
    {
        ReferenceCase reference = new("s002_Voltage_jump");
        int[] spikes = reference.SpikesOf("pre0");
        using SerialRun run = machine.Run(Runs.Read(Network(reference, spikes, "delta", "", "", "{name: x, of: B, record: V}")), shards: 1);
        double[] rows = run.Recordings.Variable("x", "V").Rows;
        for (int row = 1; row + 1 < reference.Rows; row++)
        {
            bool jumps = rows[3 * (row + 1)] > rows[3 * row];
            Assert.Equal(reference[row, "syn.s"] == 1, jumps);
        }
    }

    /// <summary>There the synapse sees the source's spikes at once and the target's one step later; with the target's spikes put off by that step both have the same distances.</summary>
    [Theory]
    [MemberData(nameof(Machines), DisableDiscoveryEnumeration = true)]
    public void Stdp(Machine machine)
    {
        ReferenceCase reference = new("s002_STDP");
        int[] spikes = reference.SpikesOf("pre");
        string at = string.Join(", ", reference.SpikesOf("post").Select(k => LibraryModels.Text(Math.Round((k + 1) * reference.Dt, 1))));
        string relay = "{model: relay, kind: neuron, state: {V: 0}, inputs: [I, J], update: {V: J}, spike: {when: V > 0.5}}";
        using SerialRun run = machine.Run(Runs.Read($$"""
            {name: x, dt: {{reference.Dt}}, duration: 300, models: [{{relay}}],
             populations: {A: {size: 1, model: spike_source, spikes: {{Replayed(reference, spikes, 1)}} }, B: {size: 1, model: relay} },
             projections: [{pre: A, post: B, connect: all_to_all, synapse: stdp}],
             inputs: [{to: B.J, pulses: {at: [{{at}}], length: 0.1, size: 1} }],
             monitors: [{name: w, of: A->B, record: weight}, {name: A_s, of: A->B, record: A_s}, {name: kept, of: A->B, record: [s, A_t]}]}
            """), shards: 1);
        foreach ((string monitor, string variable, string column) in new[] { ("w", "weight", "syn.w"), ("A_s", "A_s", "syn.A_s"), ("kept", "A_t", "syn.A_t"), ("kept", "s", "syn.s") })
        {
            Compare(reference, spikes, run.Recordings.Variable(monitor, variable).Rows, column, 1, Tolerance);
        }

        Assert.True(reference.SpikesOf("post").Length > 5);
    }

    /// <summary>Here the target's rate follows the sources' one step later, so each of the five pulses teaches one step less: dt*lr*r_pre*r_post with r_pre = 2 and r_post = 4*w, which is 0.004 of w each; 2 % of it after all five.</summary>
    [Theory]
    [MemberData(nameof(Machines), DisableDiscoveryEnumeration = true)]
    public void Oja(Machine machine)
    {
        ReferenceCase reference = new("s002_Oja");
        const string Rate = "{model: rate, kind: neuron, state: {r: 0}, inputs: [I], update: {r: I}}";
        using SerialRun run = machine.Run(Runs.Read($$"""
            {name: x, dt: 0.1, duration: 200, models: [{{Rate}}], populations: {A: {size: 2, model: rate}, B: {size: 2, model: rate} },
             projections: [{pre: A, post: B, connect: all_to_all, synapse: oja, weight: 0.05}],
             inputs: [{to: "A.I[0]", section: {values: [2, 0, 2, 0, 2, 0], durations: [20, 20, 20, 20, 20, 100]} },
                      {to: "A.I[1]", section: {values: [2, 0, 2, 0, 2, 0, 2, 0, 2, 0], durations: [20, 20, 20, 20, 20, 20, 20, 20, 20, 20]} }],
             monitors: [{name: w, of: A->B, record: weight}]}
            """), shards: 1);
        double[] rows = run.Recordings.Variable("w", "weight").Rows;
        for (int row = 0; row < reference.Rows; row++)
        {
            foreach ((string column, int synapse) in new[] { ("w_0_0", 0), ("w_1_1", 3) })
            {
                Assert.Equal(reference[row, column], rows[(4 * row) + synapse], 0.02 * reference[row, column]);
            }
        }

        Assert.True(reference[1999, "w_0_0"] > 0.1);
    }

    private static void SameARowLater(Machine machine, string id, string synapse, string parameters, params string[] variables)
    {
        ReferenceCase reference = new(id);
        int[] spikes = Spikes(reference);
        using SerialRun run = machine.Run(Runs.Read(Network(reference, spikes, synapse, parameters, "", $"{{name: x, of: A->B, record: [{string.Join(", ", variables)}]}}")), shards: 2);
        foreach (string variable in variables)
        {
            double[] rows = run.Recordings.Variable("x", variable).Rows;
            int width = rows.Length / reference.Rows;
            for (int row = 0; row + 1 < reference.Rows; row++)
            {
                Assert.Equal(reference[row, $"syn.{variable}"], rows[(row + 1) * width], Tolerance);
            }
        }
    }

    /// <summary>Each variable by itself, for they may be kept in different places. Two sources of half the weight add up to the one of the reference.</summary>
    private static void SameButAtSpikes(Machine machine, string id, string synapse, double tolerance, params string[] variables)
    {
        ReferenceCase reference = new(id);
        int[] spikes = Spikes(reference);
        string parameters = synapse == "stp" ? string.Join(", ", new[] { "U", "tau", "tau_d", "tau_f" }.Select(p => $"{p}: {LibraryModels.Text(reference.Parameters[p])}")) : "";
        string monitors = string.Join(", ", variables.Select(v => $"{{name: {v}, of: A->B, record: {v}}}"));
        using SerialRun run = machine.Run(Runs.Read(Network(reference, spikes, synapse, parameters, "weight: 0.5, ", monitors)), shards: 2);
        foreach (string variable in variables)
        {
            double[] rows = run.Recordings.Variable(variable, variable).Rows;
            Compare(reference, spikes, rows, $"syn.{variable}", rows.Length / reference.Rows, tolerance);
        }
    }

    private static void Compare(ReferenceCase reference, int[] spikes, double[] rows, string column, int width, double tolerance)
    {
        Assert.True(spikes.Length > 1);
        for (int row = 0; row < reference.Rows; row++)
        {
            if (!spikes.Contains(row))
            {
                Assert.True(Math.Abs(rows[row * width] - reference[row, column]) <= tolerance, $"{column} is {rows[row * width]:R} after step {row}, not {reference[row, column]:R}");
            }
        }
    }

    private static int[] Spikes(ReferenceCase reference) => reference.SpikesOf(reference.Columns.Contains("pre.spike") ? "pre0" : "pre");

    private static string Network(ReferenceCase reference, int[] spikes, string synapse, string parameters, string weight, string monitors) => $$"""
        {name: x, dt: {{reference.Dt}}, duration: {{LibraryModels.Text(Math.Round(reference.Steps * reference.Dt, 1))}},
         populations: {A: {size: 2, model: spike_source, spikes: {{Replayed(reference, spikes, 2)}} }, B: {size: 3, model: lif} },
         projections: [{pre: A, post: B, connect: all_to_all, synapse: {{synapse}}, {{weight}}params: { {{parameters}} } }],
         monitors: [{{monitors}}]}
        """;

    /// <summary>The same spikes of some sources. One of step k has the time (k + 1)*dt.</summary>
    private static string Replayed(ReferenceCase reference, int[] spikes, int sources)
    {
        string[] times = [.. spikes.SelectMany(k => Enumerable.Repeat(LibraryModels.Text(Math.Round((k + 1) * reference.Dt, 1)), sources))];
        return $"{{t: [{string.Join(", ", times)}], id: [{string.Join(", ", times.Select((_, j) => j % sources))}]}}";
    }
}

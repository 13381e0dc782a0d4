using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>Two neurons with a gap junction from the first to the second, against the trace that another simulator computed.</summary>
public class GapJunctionCaseTests
{
    private const string Id = "s002_Gap_junction";

    /// <summary>Both simulators do the same few hundred roundings of numbers near 20 in other orders: 1,000 steps times 2^-52 times 20 stay below 1e-11.</summary>
    private const double Tolerance = 1e-11;

    public static TheoryData<Machine> Machines => [.. Machine.All];

    [Theory]
    [MemberData(nameof(Machines), DisableDiscoveryEnumeration = true)]
    public void Reproduces(Machine machine)
    {
        ReferenceCase reference = new(Id);
        IReadOnlyDictionary<string, double> parameters = reference.Parameters;
        NetworkSpec network = NetworkReader.ReadText($"{Id}.yaml", $$$"""
            name: gap_junction
            dt: {{{reference.Dt}}}
            duration: {{{reference.Steps * reference.Dt}}}
            populations:
              source: {size: 1, model: lif, method: euler, params: {t_ref: 0}, init: {V: {{{reference.InitialState["V0"]}}} }}
              target: {size: 1, like: source, init: {V: {{{reference.InitialState["V1"]}}} }}
            projections:
              - {pre: source, post: target, connect: one_to_one, synapse: gap_junction, weight: {{{parameters["w"]}}}, delay: {{{parameters["delay"]}}}, params: {k_spikelet: {{{parameters["k_spikelet"]}}} }}
            inputs: [{to: source.I, value: 30}]
            monitors:
              - {name: V0, of: source, record: V}
              - {name: V1, of: target, record: V}
            """, ".", []);
        using SerialRun run = machine.Run(network, shards: 2);
        foreach (string column in new[] { "V0", "V1" })
        {
            double[] rows = run.Recordings.Variable(column, "V").Rows;
            for (int row = 0; row < reference.Rows; row++)
            {
                Assert.True(Math.Abs(rows[row] - reference[row, column]) <= Tolerance, $"{column} is {rows[row]:R} after step {row}, not {reference[row, column]:R}");
            }
        }
    }
}

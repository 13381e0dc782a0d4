using System.Globalization;
using System.Text.Json;
using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Tests.Architecture;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>
/// Coherence of 100 interneurons against their inhibition, as another simulator computed it (m003_gamma_... in Data/README.md): eleven initial states, each with one conductance for all
/// ("as printed", where the conductance of the loop was never used) and with its own.
/// </summary>
public sealed class GammaCaseTests : IDisposable
{
    private const int Neurons = 100;

    /// <summary>
    /// mV. The reference multiplies (V + 35)^3 of the sodium current out, so that its terms, of 35^3, cancel: 0.03 mV from -35, where the first upstroke of the traces passes, 1e9 roundings of
    /// 2e-16 are 2e-7 of a step of 4 mV, and 3e-7 mV are seen to remain of that in the flanks of later spikes, at one of them 2e-6. A spike in another step would make 10 mV.
    /// </summary>
    private const double Tolerance = 1e-5;

    /// <summary>
    /// The reference's synapse: a spike opens channels in its own step, and its pulse ends by a difference of times. So the current takes the next s, where the library's gaba_a takes this
    /// one, and a pulse lasts 25 steps, or 26 where (k + 25)*dt - k*dt is rounded to less than 1.
    /// </summary>
    private const string AsPrinted = """
        models=[{
          model: printed, kind: synapse, params: {alpha: 12, beta: 0.1, T: 1, T_duration: 1, E: -75}, state: {s: 0, last: -1.0e7},
          let: {found: dt*round(t/dt - 1), rate: "alpha*where(found - last < T_duration, T, 0) + beta", next: s*exp(-rate*dt) + (rate - beta)/rate*(1 - exp(-rate*dt))},
          update: {s: next}, on_pre: {last: dt*round(t/dt - 1)}, current: weight*next*(E - post.V)}]
        """;

    private readonly double[] initial = ReferenceCase.Numbers("m003_gamma_V0.npy");
    private readonly TemporaryFolder folder = new();

    public static TheoryData<Machine, string> Traces => [.. Machine.All.SelectMany(machine => new[] { (machine, "m003_gamma_trace_g00"), (machine, "m003_gamma_trace_g05") })];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Traces), DisableDiscoveryEnumeration = true)]
    public void ReproducesTraces(Machine machine, string id)
    {
        ReferenceCase reference = new(id);
        JsonElement entry = ReferenceCase.Entry(id);
        NetworkSpec network = Network(entry.GetProperty("init_row").GetInt32(), entry.GetProperty("g_max").GetDouble(), AsPrinted, "projections[0].synapse=printed", "monitors=[{name: v, of: interneurons, record: V, index: [0, 1, 99]}]");
        using SerialRun run = machine.Run(network, shards: 3);
        double[] rows = run.Recordings.Variable("v", "V").Rows;
        for (int row = 0; row < reference.Rows; row++)
        {
            foreach ((int place, string column) in reference.Columns.Index())
            {
                double found = rows[(3 * reference.Every * row) + place];
                Assert.True(Math.Abs(found - reference[row, column]) <= Tolerance, $"{column} is {found:R} in row {row}, not {reference[row, column]:R}");
            }
        }
    }

    /// <summary>Every spike counts: their numbers are the same, and of two trains that differ by a spike, or by one that is in the next bin, the correlation differs by 1e-6 at least.</summary>
    [Theory]
    [InlineData("as_printed")]
    [InlineData("g_max_applied")]
    public void ReproducesEverySpike(string variant)
    {
        foreach (JsonElement result in Results())
        {
            JsonElement expected = result.GetProperty(variant);
            (int spikes, double whole, double late) = Coherence(result, variant, AsPrinted, "projections[0].synapse=printed");
            Assert.Equal(expected.GetProperty("spike_count").GetInt32(), spikes);
            Assert.Equal(expected.GetProperty("cc").GetDouble(), whole, 1e-12);
            Assert.Equal(expected.GetProperty("cc_after_200ms").GetDouble(), late, 1e-12);
        }
    }

    /// <summary>
    /// Chapter 9 with the library's gaba_a, whose inhibition comes a step of 0.04 ms later: coherence follows the conductance where that is applied, and the initial state alone where it is not.
    /// Coincidences are counted in bins of 12 steps, so a step moves one in twelve of those that are no volleys: at most 0.08 of a coherence near 1, less of what is half as large.
    /// </summary>
    [Theory]
    [InlineData("as_printed")]
    [InlineData("g_max_applied")]
    public void CoherenceAgainstConductance(string variant)
    {
        List<double> late = [];
        foreach (JsonElement result in Results())
        {
            JsonElement expected = result.GetProperty(variant);
            (int spikes, double whole, double afterwards) = Coherence(result, variant);
            Assert.Equal(1, spikes / expected.GetProperty("spike_count").GetDouble(), 0.005);
            Assert.Equal(expected.GetProperty("cc").GetDouble(), whole, 0.08);
            late.Add(afterwards);
        }

        bool applied = variant == "g_max_applied";
        Assert.Equal(applied, late.Take(2).All(c => c < 0.3) && late.TakeLast(3).All(c => c > 0.85));
        Assert.True(applied || late.Min() > 0.6);
    }

    private (int Spikes, double Whole, double Late) Coherence(JsonElement result, string variant, params string[] more)
    {
        double conductance = variant == "as_printed" ? 0.001 : result.GetProperty("g_max").GetDouble();
        const string Measured = "measures=[{name: whole, cross_correlation: {of: interneurons, bin: 0.48}}, {name: late, cross_correlation: {of: interneurons, bin: 0.48, from: 200}}]";
        NetworkSpec network = Network(result.GetProperty("i").GetInt32(), conductance, [.. more, Measured]);
        using SerialRun run = new SerialRun(CompiledNetwork.Of(network)).Run();
        double[] found = [.. Measures.Of(network, run.Recordings, network.Steps).Select(m => m.Number!.Value)];
        return (run.Recordings.Spikes("spikes").Ids.Length, found[0], found[1]);
    }

    private static IEnumerable<JsonElement> Results() => ReferenceCase.Entry("m003_gamma_network").GetProperty("results").EnumerateArray();

    /// <summary>The example, as from the command line, from one of the initial states; the gates begin at their steady values.</summary>
    /// <param name="conductance">Of one synapse.</param>
    private NetworkSpec Network(int row, double conductance, params string[] more)
    {
        double[] v = initial[(row * Neurons)..((row + 1) * Neurons)];
        string file = folder.At($"{row}.npz");
        using (NpzWriter writer = new(File.Create(file)))
        {
            writer.Add<double>("V", v);
            writer.Add<double>("h", [.. v.Select(x => Steady(0.07 * Math.Exp(-(x + 58) / 20), 1 / (1 + Math.Exp(-0.1 * (x + 28)))))]);
            writer.Add<double>("n", [.. v.Select(x => Steady(-0.01 * (x + 34) / (Math.Exp(-0.1 * (x + 34)) - 1), 0.125 * Math.Exp(-(x + 44) / 80)))]);
        }

        string init = string.Join(", ", new[] { "V", "h", "n" }.Select(name => $"{name}: {{file: '{file}', array: {name}}}"));
        string strength = Math.Round(conductance * Neurons, 12).ToString("R", CultureInfo.InvariantCulture);
        return NetworkReader.Read(Repository.Absolute("examples/gamma.yaml"), [$"g_max={strength}", $"populations.interneurons.init={{{init}}}", .. more]);
    }

    private static double Steady(double opening, double closing) => opening / (opening + closing);
}

using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>What Data/cases.json does not say about the trace of one neuron: which model reproduces it, driven by what, and how far.</summary>
/// <param name="Inputs">Constant, by input variable; null where the case lists segments.</param>
/// <param name="LastStep">The last step to run; null for all.</param>
/// <param name="LastRow">The last row to compare; null for all.</param>
/// <param name="ShiftedFrom">
/// First row behind a refractory time that the other simulator counted one step short (see Data/README.md): from there on row k here is its row k - 1.
/// </param>
internal sealed record NeuronCase(
    string Id, string Model, string? Inputs = null, int? LastStep = null, int? LastRow = null, int ShiftedFrom = int.MaxValue)
{
    /// <summary>
    /// Largest difference of a state, in its own unit. The scheme is the same, in another order of operations: a step rounds 100 mV by up to 1.4e-14, which adds up to
    /// some 1e-13 where the equations contract. An upstroke multiplies what came before it by up to a thousand, which is the slope of V there over the slope before,
    /// and the exponential Euler traces were made with constants of 15 digits. Measured: 7.5e-11 for n000_HH, 4e-11 for m003_ch8_HH_10 and for the chaos of
    /// n000_HindmarshRose_irregular_spiking, below 2e-11 elsewhere, on every machine.
    /// </summary>
    public const double Tolerance = 1e-9;

    /// <summary>Neurons that run side by side: one more than the widest vector of float64 has, so that full vectors and the rest are both compared.</summary>
    public const int Copies = 9;

    private static readonly Dictionary<string, string> NamesInChannels = new()
    {
        ["m"] = "Na.m", ["h"] = "Na.h", ["n"] = "K.n", ["gNa"] = "Na.g_max", ["ENa"] = "Na.E", ["gK"] = "K.g_max", ["EK"] = "K.E", ["gL"] = "L.g_max", ["EL"] = "L.E",
    };

    public static IReadOnlyList<NeuronCase> All { get; } =
    [
        new("m003_FHN_euler_dt0.01", "fhn", "I: 1"),
        new("m003_FHN_exponential_euler_dt0.01", "fhn", "I: 1"),
        new("m003_FHN_rk4_dt0.01", "fhn", "I: 1"),
        new("m003_FHN_group_4_1", "fhn", "I: 0.8"),
        .. HodgkinHuxley("hh"),
        .. HodgkinHuxley("hh_channels"),
        new("n000_LIF", "lif", "I: 21"),
        new("n000_QuaIF", "quaif", "I: 21", ShiftedFrom: 768),
        new("n000_AdExIF", "adex", "I: 21", ShiftedFrom: 651),
        new("n000_HindmarshRose_quiescence", "hindmarsh_rose", "I: 2"),
        new("n000_HindmarshRose_bursting", "hindmarsh_rose", "I: 3"),
        new("n000_HindmarshRose_irregular_spiking", "hindmarsh_rose", "I: 3.3"),
        new("n000_FiringRateUnit_noinput", "firing_rate_unit", "I_e: 0, I_i: 0"),
        new("n000_FiringRateUnit_I1.25_0.5", "firing_rate_unit", "I_e: 1.25, I_i: 0.5"),
        .. ReferenceCase.NeuronIds.Where(id => id.StartsWith("n000_GIF_")).Select(id => new NeuronCase(id, "gif")),
    ];

    private static NeuronCase[] HodgkinHuxley(string model) =>
    [
        new("m003_HH_euler_dt0.02", model, "I: 10"),
        new("m003_HH_rk4_dt0.01", model, "I: 10"),
        new("m003_HH_rk4_dt0.1", model, "I: 10"),
        new("m003_HH_3_1_2_dt0.1", model, "I: 10", LastStep: 3, LastRow: 2),
        new("m003_ch8_HH_10", model, "I: 10"),
        new("n000_HH", model, "I: 21"),
    ];

    /// <param name="states">The monitor of the variables.</param>
    /// <param name="spikes">The monitor of the spikes.</param>
    public void AssertReproduced(ReferenceCase reference, Recordings recordings, string states, string spikes)
    {
        foreach ((string variable, string column) in Variables(reference))
        {
            AssertRows(reference, column, recordings.Variable(states, variable));
        }

        (int[] steps, int[] ids) = recordings.Spikes(spikes);
        if (SpikeSteps(reference) is { } expected)
        {
            int width = recordings.Variable(states, Variables(reference).First().Variable).Width;
            Assert.All(Enumerable.Range(0, width), copy => Assert.Equal(expected, steps.Where((_, spike) => ids[spike] == copy)));
        }
    }

    private void AssertRows(ReferenceCase reference, string column, (double[] Times, double[] Rows, int Width) found)
    {
        for (int row = 0; row <= (LastRow ?? reference.Rows - 1); row++)
        {
            int step = reference.FirstStep + (row * reference.Every);
            double expected = reference[row < ShiftedFrom ? row : row - 1, column];
            for (int copy = 0; copy < found.Width; copy++)
            {
                double value = found.Rows[(step * found.Width) + copy];
                Assert.True(Math.Abs(value - expected) <= Tolerance, $"{Id}: {column} of neuron {copy} is {value:R} after step {step}, not {expected:R}");
            }
        }
    }

    /// <summary>The steps that spike here: behind the short refractory time, one later than there.</summary>
    private int[]? SpikeSteps(ReferenceCase reference) =>
        reference.SpikeSteps is { } steps ? [.. steps.Select(s => s + 1 < ShiftedFrom ? s : s + 1)] : null;

    /// <summary>The variables with a column of the trace, by their name here.</summary>
    private IEnumerable<(string Variable, string Column)> Variables(ReferenceCase reference) =>
        reference.Columns.Where(StatesOf(reference).Contains).Select(column => (Named(column), column));

    public NetworkSpec Network(ReferenceCase reference, int? steps = null)
    {
        string text = $$"""
            name: {{Id}}
            dt: {{reference.Dt}}
            duration: {{Math.Round((steps ?? LastStep + 1 ?? reference.Steps) * reference.Dt, 9)}}
            populations:
              neurons:
                size: {{Copies}}
                model: {{Model}}
                method: {{reference.Method}}
                params: { {{Listed(reference.Parameters.Where(p => p.Key != "Iext" && (p.Key != "t_refractory" || HasRefractoryTime)))}} }
                init: { {{Listed(reference.InitialState.Where(s => s.Key != "t_last_spike"))}} }
            inputs:
            {{string.Join('\n', InputLines(reference))}}
            monitors:
              - { name: states, of: neurons, record: [{{string.Join(", ", Variables(reference).Select(v => v.Variable))}}] }
              - { name: spikes, of: neurons, record: spikes }
            """;
        return NetworkReader.ReadText($"{Id}.yaml", text, ".", []);
    }

    /// <summary>The group that BrainPy calls HH has a refractory time that nothing reads.</summary>
    private bool HasRefractoryTime => !Model.StartsWith("hh");

    private static HashSet<string> StatesOf(ReferenceCase reference) => [.. reference.InitialState.Keys.Where(s => s != "t_last_spike")];

    private IEnumerable<string> InputLines(ReferenceCase reference) =>
        reference.Segments is { } segments
            ? [$"  - {{ to: neurons.I, section: {{values: [{string.Join(", ", segments.Select(s => s.Level))}], durations: [{string.Join(", ", segments.Select(s => s.Duration))}]}} }}"]
            : Inputs!.Split(", ").Select(input => input.Split(": ")).Select(input => $"  - {{ to: neurons.{input[0]}, value: {input[1]} }}");

    private string Listed(IEnumerable<KeyValuePair<string, double>> values) => string.Join(", ", values.Select(v => $"{Named(v.Key)}: {v.Value:R}"));

    private string Named(string name) =>
        name == "t_refractory" ? "t_ref" : Model == "hh_channels" ? NamesInChannels.GetValueOrDefault(name, name) : name;
}

using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>
/// 400 neurons with conductances, synapse by synapse as the other simulator drew them (m003_coba400 in Data/README.md). Its refractory times of 49 steps
/// first move a spike at step 363, and a compared number at step 369: a g.
/// </summary>
public sealed class Coba400Tests : IDisposable
{
    private const int LastRow = 368;
    private const int FirstMovedSpike = 363;
    private const int SpikesBefore = 78;
    private const int MovedBySchedules = 138;
    private const int SpikesBeforeSchedules = 75;
    private const int Excitatory = 300;

    private const string Network = """
        name: m003_coba400
        dt: 0.1
        duration: 37
        models:
          - model: exp_cond_euler
            kind: synapse
            summary: exp_cond with Euler's method, as the trace was made
            source: Vogels & Abbott 2005, J Neurosci 25:10786
            params: { tau: {default: 5, unit: ms}, E: {default: 0, unit: mV} }
            state: { g: 0 }
            equations: { dg/dt: -g/tau }
            on_pre: { g: g + weight }
            current: g * (E - post.V)
            method: euler
        populations:
          E: { size: 300, model: lif, method: euler, params: {tau: 20, V_rest: -60, V_reset: -60, V_th: -50, t_ref: 5}, init: {V: {file: V0.npz, array: E}} }
          I: { size: 100, like: E, init: {V: {file: V0.npz, array: I}} }
        projections:
          - { pre: E, post: E, connect: {pairs: {file: E2E.npz}}, synapse: exp_cond_euler, weight: 0.6, delay: 0 }
          - { pre: E, post: I, connect: {pairs: {file: E2I.npz}}, synapse: exp_cond_euler, weight: 0.6, delay: 0 }
          - { pre: I, post: E, connect: {pairs: {file: I2E.npz}}, synapse: exp_cond_euler, params: {tau: 10, E: -80}, weight: 6.7, delay: 0 }
          - { pre: I, post: I, connect: {pairs: {file: I2I.npz}}, synapse: exp_cond_euler, params: {tau: 10, E: -80}, weight: 6.7, delay: 0 }
        inputs:
          - { to: E.I, section: {values: [0, 20], durations: [0.1, 99.9]} }
          - { to: I.I, section: {values: [0, 20], durations: [0.1, 99.9]} }
        monitors:
          - { name: E, of: E, record: V, index: [0, 150] }
          - { name: I, of: I, record: V, index: [0] }
          - { name: E2E, of: E->E, record: g, index: [0] }
          - { name: E2I, of: E->I, record: g, index: [0] }
          - { name: I2E, of: I->E, record: g, index: [0] }
          - { name: I2I, of: I->I, record: g, index: [0] }
          - { name: spikes_E, of: E, record: spikes }
          - { name: spikes_I, of: I, record: spikes }
        """;

    private readonly ReferenceCase reference = new("m003_coba400");
    private readonly TemporaryFolder folder = new();

    public Coba400Tests()
    {
        double[] initial = ReferenceCase.Numbers("m003_coba400_V0.npy");
        Write("V0", ("E", initial[..Excitatory]), ("I", initial[Excitatory..]));
        foreach (string projection in (ReadOnlySpan<string>)["E2E", "E2I", "I2E", "I2I"])
        {
            double[] targets = ReferenceCase.Numbers($"m003_coba400_{projection}_post_ids.npy");
            double[] counts = ReferenceCase.Numbers($"m003_coba400_{projection}_outdeg.npy");
            Write(projection, ("pre", [.. counts.SelectMany((count, pre) => Enumerable.Repeat((double)pre, (int)count))]), ("post", targets));
        }
    }

    public static TheoryData<Machine, int> Layouts => [.. Machine.All.SelectMany(machine => (IEnumerable<(Machine, int)>)[(machine, 1), (machine, 3)])];

    public void Dispose() => folder.Dispose();

    /// <summary>The same network by exponential Euler, whose two orders of the phases (m003_coba400_ch7_default and _custom) gave the same bits. Neuron 244, which spiked in step 43, was refractory for 49 steps, and so spiked in step 138 where it would have in step 144.</summary>
    [Theory]
    [MemberData(nameof(Layouts), DisableDiscoveryEnumeration = true)]
    public void ReproducesBothSchedules(Machine machine, int shards)
    {
        string text = Network.Replace("method: euler", "method: exponential_euler", StringComparison.Ordinal);
        using SerialRun run = machine.Run(NetworkReader.ReadText("coba400.yaml", text, folder.At("."), []), shards);
        ReferenceCase schedules = new("m003_coba400_ch7_default");
        AssertColumn(schedules, "E0.V", MovedBySchedules, row => run.Recordings.Variable("E", "V").Rows[row * 2]);
        AssertColumn(schedules, "E150.V", MovedBySchedules, row => run.Recordings.Variable("E", "V").Rows[(row * 2) + 1]);
        AssertColumn(schedules, "I0.V", MovedBySchedules, row => run.Recordings.Variable("I", "V").Rows[row]);
        AssertSpikes(run.Recordings, "m003_coba400_ch7_default_spikes.npy", MovedBySchedules, SpikesBeforeSchedules);
    }

    [Theory]
    [MemberData(nameof(Layouts), DisableDiscoveryEnumeration = true)]
    public void Reproduces(Machine machine, int shards)
    {
        NetworkSpec network = NetworkReader.ReadText("coba400.yaml", Network, folder.At("."), []);
        using SerialRun run = machine.Run(network, shards);
        Recordings recordings = run.Recordings;
        AssertColumn(reference, "E0.V", LastRow, row => Value("E", "V", row, 0));
        AssertColumn(reference, "E150.V", LastRow, row => Value("E", "V", row, 1));
        AssertColumn(reference, "I0.V", LastRow, row => Value("I", "V", row, 0));

        // The spikes of step k are in the trace's g of row k, and here in that of row k + 1, which has decayed by one step since.
        AssertColumn(reference, "E2E.g0", LastRow, row => Value("E2E", "g", row + 1, 0) / (1 - (0.1 / 5)));
        AssertColumn(reference, "E2I.g0", LastRow, row => Value("E2I", "g", row + 1, 0) / (1 - (0.1 / 5)));
        AssertColumn(reference, "I2E.g0", LastRow, row => Value("I2E", "g", row + 1, 0) / (1 - (0.1 / 10)));
        AssertColumn(reference, "I2I.g0", LastRow, row => Value("I2I", "g", row + 1, 0) / (1 - (0.1 / 10)));
        AssertSpikes(recordings, "m003_coba400_spikes.npy", FirstMovedSpike, SpikesBefore);

        double Value(string monitor, string variable, int row, int place)
        {
            (_, double[] rows, int width) = recordings.Variable(monitor, variable);
            return rows[(row * width) + place];
        }
    }

    private static void AssertColumn(ReferenceCase reference, string column, int lastRow, Func<int, double> found)
    {
        for (int row = 0; row <= lastRow; row++)
        {
            double difference = Math.Abs(found(row) - reference[row, column]);
            Assert.True(difference <= NeuronCase.Tolerance, $"{column} after step {row} is {found(row):R}, not {reference[row, column]:R}");
        }
    }

    private static void AssertSpikes(Recordings recordings, string file, int firstMoved, int spikesBefore)
    {
        double[] listed = ReferenceCase.Numbers(file);
        (int Step, int Neuron)[] expected = [.. listed.Chunk(2).Select(pair => ((int)pair[0], (int)pair[1])).Where(spike => spike.Item1 < firstMoved).Order()];
        Assert.Equal(spikesBefore, expected.Length);
        Assert.Equal(expected, Spikes(recordings, "spikes_E", 0).Concat(Spikes(recordings, "spikes_I", Excitatory)).Where(spike => spike.Step < firstMoved).Order());
    }

    private static IEnumerable<(int Step, int Neuron)> Spikes(Recordings recordings, string monitor, int firstNeuron)
    {
        (int[] steps, int[] ids) = recordings.Spikes(monitor);
        return steps.Zip(ids, (step, id) => (step, firstNeuron + id));
    }

    private void Write(string name, params ReadOnlySpan<(string Name, double[] Numbers)> arrays)
    {
        using NpzWriter writer = new(File.Create(folder.At($"{name}.npz")));
        foreach ((string array, double[] numbers) in arrays)
        {
            writer.Add<double>(array, numbers);
        }
    }
}

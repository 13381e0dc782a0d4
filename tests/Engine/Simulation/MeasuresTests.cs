using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Engine.Simulation;

/// <summary>Measures of whole runs: what they look at, what their options change, what they are called. Most networks replay spikes, so that every number is known.</summary>
public sealed class MeasuresTests
{
    /// <summary>A spike at time t is found in step t/dt - 1. Neuron 0 spikes at 1, 3, 5, 9; neuron 1 at 1, 5; neuron 2 at 10 ms, in the last step; neuron 3 at 0, before the first.</summary>
    private const string Replayed = """
        name: replayed
        dt: 0.5
        duration: 10
        populations:
          R: { size: 4, model: spike_source, spikes: {t: [0, 1, 1, 3, 5, 5, 9, 10], id: [3, 0, 1, 0, 0, 1, 0, 2]} }
          S: { size: 2, model: spike_source, spikes: {t: [2], id: [1]} }
          L: { size: 5, model: lif }
          Z: { size: 2, model: firing_rate_unit }
        inputs: [{to: L.I, expr: "i*sin(t)"}]
        monitors:
          - { name: v, of: L, record: [I, V], index: [4, 0, 3], every: 1 }
          - { name: part, of: R, record: spikes, index: 2 }
        """;

    [Theory]
    [InlineData("rate: {of: R}", 7 / (4 * 0.01))] // the replayed spike at time 0 is in no step
    [InlineData("rate: {of: 'R[0]'}", 400.0)]
    [InlineData("rate: {of: 'R[0:4:2]'}", 250.0)]
    [InlineData("rate: {of: R, from: 5}", 2 / (4 * 0.005))] // spikes at 9 and 10; that at 5 is found in the step from 4.5 to 5
    [InlineData("rate: {of: R, from: 4.5}", 4 / (4 * 0.0055))]
    [InlineData("rate: {of: R, to: 5}", 5 / (4 * 0.005))]
    [InlineData("rate: {of: S}", 50.0)]
    [InlineData("isi: {of: R}", 3.0)] // 2, 2, 4 and 4
    [InlineData("isi: {of: R, to: 8}", 8 / 3.0)]
    [InlineData("isi: {of: S}", null)]
    [InlineData("cv_isi: {of: R}", null)]
    [InlineData("cv_isi: {of: R, min_spikes: 4}", 0.35355339059327379)] // 2, 2, 4: variance 8/9, mean 8/3
    [InlineData("cv_isi: {of: R, min_spikes: 3, to: 8}", 0.0)]
    [InlineData("cross_correlation: {of: 'R[0:2]', bin: 0.5}", 0.70710678118654757)] // 2 of 4 and 2
    [InlineData("cross_correlation: {of: 'R[0:2]', bin: 10}", 1.0)]
    [InlineData("cross_correlation: {of: R, bin: 0.5}", 0.70710678118654757 / 6)]
    [InlineData("van_rossum: {of: 'R[1]', with: 'R[1]', tau: 1}", 0.0)]
    [InlineData("van_rossum: {of: 'S[0]', with: 'R[2]', tau: 1}", 0.70710678118654757)]
    [InlineData("van_rossum: {of: 'S[1]', with: 'R[2]', tau: 8}", 0.79506009762065)] // 8 ms apart: D² = 1 - 1/e
    [InlineData("van_rossum: {of: 'S[0:2]', with: 'R[2:4]', tau: 1}", 0.70710678118654757)] // a spike against none, twice
    [InlineData("victor_purpura: {of: 'R[0]', with: 'R[1]', cost: 0.1}", 2.0)]
    [InlineData("victor_purpura: {of: 'S[1]', with: 'R[2]', cost: 0.1}", 0.8)]
    [InlineData("victor_purpura: {of: 'S[1]', with: 'R[2]', cost: 0}", 0.0)]
    [InlineData("victor_purpura: {of: 'R[0]', with: 'R[1]', cost: 0.1, to: 4}", 1.0)]
    public void Numbers(string measure, double? expected)
    {
        Measured measured = Assert.Single(Run(measure));
        Assert.Null(measured.Numbers);
        Assert.Equal(expected is null, measured.Number is null);
        Assert.Equal(expected ?? 0, measured.Number ?? 0, 1e-9);
    }

    /// <summary>Spikes of R in bins of one step of 0.5 ms: steps 1, 1, 5, 9, 9, 17, 19.</summary>
    [Theory]
    [InlineData("firing_rate: {of: R, width: 0.5, window: flat, every: 2.5}", 0.0, 500.0, 0.0, 0.0)]
    [InlineData("firing_rate: {of: R, width: 1.5, window: flat, every: 2.5}", 500.0, 1000 / 6.0, 1000 / 3.0, 0.0)]
    [InlineData("firing_rate: {of: R, width: 1.5, window: flat, every: 2.5, from: 2.5}", 250.0, 1000 / 3.0, 0.0)]
    [InlineData("firing_rate: {of: R, width: 1.5, window: flat, every: 5, to: 5}", 500.0)]
    [InlineData("firing_rate: {of: S, width: 0.01, every: 2.5}", 0.0, 0.0, 0.0, 0.0)]
    [InlineData("power_spectrum: {of: S, bin: 0.5, to: 2}", 0.0, 625.0 / 3, 250.0 / 3)] // 0, 0, 0, 1000 Hz, less 250, times 0, 1/2, 1, 1/2
    public void Arrays(string measure, params double[] expected)
    {
        Measured measured = Assert.Single(Run(measure));
        Assert.Null(measured.Number);
        Assert.Equal(expected.Length, measured.Numbers!.Length);
        Assert.All(expected.Zip(measured.Numbers), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void Options_of_arrays_change_them()
    {
        double[][] rates = [.. Run("firing_rate: {of: R, width: 2}", "firing_rate: {of: 'R[:]', width: 3}", "firing_rate: {of: 'R[0:]', width: 2, window: flat}").Select(m => m.Numbers!)];
        Assert.All(rates, rate => Assert.Equal(20, rate.Length));
        Assert.Equal(3, rates.Select(rate => rate[7]).Distinct().Count());
        Assert.Equal([6, 3], Run("power_spectrum: {of: R, bin: 1}", "power_spectrum: {of: 'R[:]', bin: 1, segment: 5}").Select(m => m.Numbers!.Length));
    }

    /// <summary>Neurons 0, 3 and 4 are recorded, once a ms, in another order. Neuron 0 has no input and stands still, and the others follow the same sine.</summary>
    [Theory]
    [InlineData("voltage_fluctuation: {of: 'L[3:5]'}", "V", 0, 10, 3, 4)]
    [InlineData("voltage_fluctuation: {of: 'L[0:4:3]'}", "V", 0, 10, 0, 3)]
    [InlineData("voltage_fluctuation: {of: 'L[0:5:4]', from: 2.5, to: 7}", "V", 2, 7, 0, 4)]
    public void Fluctuation_is_of_the_recorded_rows(string measure, string variable, int firstRow, int lastRow, params int[] neurons)
    {
        NetworkSpec network = Runs.Read($"{Replayed}\nmeasures: [{{{measure}}}]");
        using SerialRun run = new SerialRun(CompiledNetwork.Of(network), 2).Run();
        (_, double[] rows, _) = run.Recordings.Variable("v", variable);
        int[] columns = [.. neurons.Select(n => Array.IndexOf([4, 0, 3], n))];
        double[][] traces = [.. columns.Select(c => Enumerable.Range(firstRow, lastRow - firstRow).Select(r => rows[(r * 3) + c]).ToArray())];
        double[] mean = [.. traces[0].Zip(traces[1], (a, b) => (a + b) / 2)];
        Assert.Equal(Math.Sqrt(Variance(mean) / traces.Average(Variance)), Assert.Single(Measures.Of(network, run.Recordings, network.Steps)).Number!.Value, 1e-12);
    }

    [Fact]
    public void Names_come_from_the_rule_and_the_neurons()
    {
        Assert.Equal(["rate_R"], Names("rate: {of: R}"));
        Assert.Equal(["r"], Names("name: r, rate: {of: R}"));
        Assert.Equal(["r"], Names("name: r, rate: {of: [R]}"));
        Assert.Equal(["r_R[0:2]", "r_S"], Names("name: r, rate: {of: ['R[0:2]', S]}"));
        Assert.Equal(["isi_R", "isi_S", "isi_L"], Names("isi: {of: all}")); // Z never spikes
        Assert.Equal(["van_rossum_R[1]_S[0]"], Names("van_rossum: {of: 'R[1]', with: 'S[0]', tau: 1}"));
        string[] all = [.. Runs.Read("name: n\ndt: 1\nduration: 1\npopulations: {all: {size: 1, model: lif}, b: {size: 1, model: lif}}\nmeasures: [{rate: {of: all}}]").Measures.Select(m => m.Name)];
        Assert.Equal(["rate_all"], all);
    }

    /// <summary>Spikes that nobody asked to record are recorded for the measures, and kept out of the files. One monitor of all spikes is enough.</summary>
    [Fact]
    public void Spikes_for_measures_are_recorded_unseen()
    {
        NetworkSpec network = Runs.Read(Replayed + "\nmeasures: [{rate: {of: [R, S, 'R[0]']}}, {isi: {of: R}}, {victor_purpura: {of: 'L[0]', with: 'S[0]', cost: 1}}]");
        Assert.Equal([0, 1, 2], network.Monitors.Where(m => m.IsHidden).Select(m => m.Population));
        using TemporaryFolder folder = new();
        using SerialRun run = new SerialRun(CompiledNetwork.Of(network)).Run();
        run.Recordings.Write(folder.At("out"));
        Assert.Equal(["part.npz", "v.npz"], Directory.GetFiles(folder.At("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Runs.Read(Replayed.Replace("index: 2", "", StringComparison.Ordinal) + "\nmeasures: [{rate: {of: R}}]").Monitors, m => m.IsHidden);
        Assert.DoesNotContain(Runs.Read(Replayed).Monitors, m => m.IsHidden);
    }

    /// <summary>Of a run that was ended early the done part is measured; what begins later is undefined.</summary>
    [Fact]
    public void A_run_that_ends_early_is_measured_as_far_as_it_went()
    {
        NetworkSpec network = Runs.Read(Replayed + "\nmeasures: [{rate: {of: R}}, {name: late, rate: {of: R, from: 5}}, {name: waves, power_spectrum: {of: R, bin: 1, from: 5}}]");
        using SerialRun run = new SerialRun(CompiledNetwork.Of(network)).Run();
        Measured[] measured = [.. Measures.Of(network, run.Recordings, 10)];
        Assert.Equal(5 / (4 * 0.005), measured[0].Number!.Value, 1e-9);
        Assert.All(measured[1..], m => Assert.True(m.Number is null && m.Numbers is null));
    }

    [Fact]
    public void A_run_without_steps_measures_nothing()
    {
        NetworkSpec network = Runs.Read(Replayed.Replace("duration: 10", "duration: 0", StringComparison.Ordinal) + "\nmeasures: [{rate: {of: R, from: 5}}, {power_spectrum: {of: R, bin: 1}}, {firing_rate: {of: R, width: 3, every: 2}}]");
        using SerialRun run = new SerialRun(CompiledNetwork.Of(network)).Run();
        Measured[] measured = [.. Measures.Of(network, run.Recordings, 0)];
        Assert.Equal(3, measured.Length);
        Assert.All(measured, m => Assert.True(m.Number is null && m.Numbers is null));
    }

    private static double Variance(double[] x) => x.Average(v => v * v) - (x.Average() * x.Average());

    private static string[] Names(string measure) => [.. Runs.Read($"{Replayed}\nmeasures: [{{{measure}}}]").Measures.Select(m => m.Name)];

    private static Measured[] Run(params string[] measures)
    {
        NetworkSpec network = Runs.Read($"{Replayed}\nmeasures: [{string.Join(", ", measures.Select(m => $"{{{m}}}"))}]");
        using SerialRun run = new SerialRun(CompiledNetwork.Of(network), 3).Run();
        return [.. Measures.Of(network, run.Recordings, network.Steps)];
    }
}

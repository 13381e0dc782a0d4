using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Tests.Architecture;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>The twenty modes of the generalized integrate-and-fire neuron, as a newcomer runs them.</summary>
public class GifExamplesTests
{
    private const string Prefix = "n000_GIF_";

    /// <summary>The modes without a trace: the window in ms that holds all spikes, and the fewest that make the title true.</summary>
    private static readonly Dictionary<string, (double From, double To, int Fewest)> Others = new()
    {
        ["accommodation"] = (0, 100, 1),                              // the jump, not the steps after 600 ms
        ["hyperpolarization_induced_bursting"] = (0, 400, 2),
        ["mixed_mode"] = (0, 500, 2),
        ["preferred_frequency"] = (0, 520, 4),                        // one for each pulse
        ["rebound_burst"] = (600, 1000, 2),                           // after the hyperpolarization
    };

    public static TheoryData<string> Modes(bool traced) =>
        [.. Repository.Files("examples/gif", "*.yaml").Select(path => Path.GetFileNameWithoutExtension(path)).Where(mode => traced == HasTrace(mode))];

    [Fact]
    public void ThereAreTwenty() => Assert.Equal((15, 5), (Modes(traced: true).Count, Modes(traced: false).Count));

    [Theory]
    [MemberData(nameof(Modes), true)]
    public void ReproducesTheTrace(string mode)
    {
        NeuronCase neuron = NeuronCase.All.Single(c => c.Id == Prefix + mode);
        ReferenceCase reference = new(neuron.Id);
        using SerialRun run = Run(mode);
        Assert.Equal(reference.Steps, run.Shards[0].Step);
        neuron.AssertReproduced(reference, run.Recordings, "v", "spikes");
    }

    [Theory]
    [MemberData(nameof(Modes), false)]
    public void SpikesWhenItsTitleSaysSo(string mode)
    {
        (double from, double to, int fewest) = Others[mode];
        using SerialRun run = Run(mode);
        double[] times = Array.ConvertAll(run.Recordings.Spikes("spikes").Steps, step => run.Recordings.SpikeTime(step));
        Assert.InRange(times.Length, fewest, int.MaxValue);
        Assert.All(times, time => Assert.InRange(time, from, to));
    }

    private static bool HasTrace(string mode) => ReferenceCase.NeuronIds.Contains(Prefix + mode);

    private static SerialRun Run(string mode) =>
        new SerialRun(CompiledNetwork.Of(NetworkReader.Read(Repository.Absolute($"examples/gif/{mode}.yaml"), []))).Run();
}

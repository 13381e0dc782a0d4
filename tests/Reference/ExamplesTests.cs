using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Tests.Architecture;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>Every example is read, compiled and run for a while, so that none can rot.</summary>
public class ExamplesTests
{
    private const int MostLines = 40;

    /// <summary>A whole number of steps of every example.</summary>
    private const string Short = "duration=10";

    /// <summary>Neurons up to which an example is run for all of its duration.</summary>
    private const int Light = 1000;

    public static TheoryData<string> Examples => [.. Repository.Files("examples", "*.yaml")];

    [Theory]
    [MemberData(nameof(Examples))]
    public void RunsAndSaysWhereItComesFrom(string path)
    {
        NetworkSpec network = Read(path, Short);
        using SerialRun run = new SerialRun(CompiledNetwork.Of(network)).Run();
        Assert.Equal(network.Steps, run.Shards[0].Step);
        Assert.NotEmpty(network.Title);
        Assert.NotEmpty(network.Source);
        Assert.NotEmpty(network.Monitors);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void FitsOnAPage(string path) => Assert.InRange(File.ReadLines(Repository.Absolute(path)).Count(), 1, MostLines - 1);

    /// <summary>Silent are models without spikes, and the mode whose file says so.</summary>
    [Theory]
    [MemberData(nameof(Examples))]
    public void SpikesWhereSpikesAreThePoint(string path)
    {
        bool silent = Path.GetFileNameWithoutExtension(path) is "threshold_variability";
        NetworkSpec network = Read(path);
        NetworkSpec light = network.Populations.Sum(p => p.Size) <= Light ? network : Read(path, Short);
        using SerialRun run = new SerialRun(CompiledNetwork.Of(light)).Run();
        Assert.All(network.Populations, population => Assert.Equal(silent || population.Model.Spike is null, run.Recordings.SpikeCounts[population.Index] == 0));
    }

    private static NetworkSpec Read(string path, params string[] settings) =>
        NetworkReader.Read(Repository.Absolute(path), [.. settings, .. BrainSim.Tests.Examples.Small(Repository.Absolute(path))]);
}

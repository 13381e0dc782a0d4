using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Tests.Architecture;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Invariance;

/// <summary>Every example leaves the same behind on any number of shards, straight or through a checkpoint, whatever the order of messages and on two threads.</summary>
public sealed class ExampleLayoutTests
{
    /// <summary>Long enough for spikes in most examples, and a whole number of every example's steps.</summary>
    private const string Duration = "duration=40";

    public static TheoryData<string, string> Examples =>
        new(Directory.EnumerateFiles(Repository.Absolute("examples"), "*.yaml", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Absolute("examples"), path)).Order(StringComparer.Ordinal)
            .SelectMany(name => new[] { (name, "float64"), (name, "float32") }));

    [Theory]
    [MemberData(nameof(Examples))]
    public void LayoutAndCheckpointsDoNotMatter(string name, string precision)
    {
        string path = Repository.Absolute($"examples/{name}");
        NetworkSpec network = NetworkReader.Read(path, [Duration, $"precision={precision}", .. BrainSim.Tests.Examples.Small(path)]);
        CompiledNetwork compiled = CompiledNetwork.Of(network);
        using SerialRun one = new SerialRun(compiled).Run();
        Fingerprint expected = Fingerprint.Of(one, network);
        foreach (int shards in new[] { 2, 3, 7 })
        {
            using SerialRun first = new(compiled, shards);
            first.RunTo(network.Steps / 2);
            Checkpoint half = first.TakeCheckpoint();
            Assert.Null(Fingerprint.Of(first.Run(), network).DifferenceFrom(expected));
            using SerialRun second = Runs.From(compiled, 1 + (shards % 4), first, half);
            Assert.Null(Fingerprint.Of(second.Run(), network).DifferenceFrom(expected));
        }

        Assert.Null(OtherHosts.DifferenceFrom(expected, compiled, shards: 3, TestSeed.Of(name)));
    }
}

using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Tests.Architecture;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>
/// Networks that others built and ran, with their answers (Allen Institute for Brain Science, SONATA examples). Their arrays lie beside the repository,
/// in ../shared/networks, and are no part of it: without them the tests are skipped.
/// </summary>
public class NetworksOfOthersTests
{
    private static readonly int[] Shards = [1, 2, 3, 7];

    [Fact]
    public void PointNeuronsSpikeAsOftenAsInNest() => AssertSameForAnyNumberOfShards("pointneurons", run =>
    {
        Assert.Equal(18_828, run.Recordings.Spikes("spikes").Ids.Length);
        Assert.Equal(48_432, run.Shards.Sum(shard => shard.State.Arrivals.Sum(projection => projection.Synapses)));
    });

    [Fact]
    public void IntFireSpikesExactlyAsInNeuron() => AssertSameForAnyNumberOfShards("intfire", run =>
    {
        (int[] steps, int[] ids) = run.Recordings.Spikes("spikes");
        IEnumerable<(long, int)> found = steps.Zip(ids, (step, id) => (Microseconds(run.Recordings.SpikeTime(step)), id));
        IEnumerable<(long, int)> expected = Expected("t").Zip(Expected("id"), (t, id) => (Microseconds(t), (int)id));
        Assert.Equal(4_322, ids.Length);
        Assert.Equal(expected.Order(), found.Order());
    });

    /// <summary>Checks each run, and that all end in the same bits.</summary>
    private static void AssertSameForAnyNumberOfShards(string name, Action<SerialRun> check)
    {
        Assert.SkipUnless(Directory.Exists(Folder(name)), $"the arrays of this network are not beside the repository, in ../shared/networks/{name}");
        CompiledNetwork compiled = CompiledNetwork.Of(NetworkReader.Read(Repository.Absolute($"tests/Reference/Networks/{name}.yaml"), []));
        HashSet<string> hashes = [];
        foreach (int shards in Shards)
        {
            using SerialRun run = new SerialRun(compiled, shards).Run();
            check(run);
            hashes.Add(run.StateHash);
        }

        Assert.Single(hashes);
    }

    private static long Microseconds(double milliseconds) => (long)Math.Round(milliseconds * 1000);

    private static string Folder(string name) => Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "networks", name));

    private static double[] Expected(string array) =>
        ArrayFiles.Read(Path.Combine(Folder("intfire"), "expected_spikes.npz"), array, new Place("expected_spikes.npz", 0, 0, "")).AsDoubles();
}

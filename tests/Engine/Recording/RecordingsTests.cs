using BrainSim.Engine.Documents;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Engine.Recording;

public class RecordingsTests
{
    private static readonly Place Here = new("test", 0, 0, "");

    [Theory]
    [InlineData("float64", "f8")]
    [InlineData("float32", "f4")]
    public void EveryMonitorHasItsFileWithTheDocumentedArrays(string precision, string type)
    {
        using TemporaryFolder folder = new();
        Dictionary<string, byte[]> files = Written(folder, "a", precision, 2);
        Assert.Equal(["g.npz", "none.npz", "rate.npz", "spikes.npz", "v.npz"], files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([("t", "f8", "3"), ("index", "i4", "4"), ("V", type, "3x4"), ("I", type, "3x4")], Arrays(folder.At("a/v.npz")));
        Assert.Equal([("t", "f8", "30"), ("index", "i4", "2"), ("g", type, "30x2")], Arrays(folder.At("a/g.npz")));
        Assert.Equal([("t", "f8", "3"), ("rate", "f8", "3")], Arrays(folder.At("a/rate.npz")));
        Assert.Equal([("t", "f8", "0"), ("id", "i4", "0")], Arrays(folder.At("a/none.npz")));
        (string Name, string Type, string Shape)[] spikes = [.. Arrays(folder.At("a/spikes.npz"))];
        Assert.Equal([("t", "f8"), ("id", "i4")], spikes.Select(s => (s.Name, s.Type)));
        Assert.Equal(spikes[0].Shape, spikes[1].Shape);
        Assert.NotEqual("0", spikes[0].Shape);
    }

    [Fact]
    public void TheFilesHoldWhatWasRecorded()
    {
        using TemporaryFolder folder = new();
        using SerialRun run = Run("float32", 3);
        run.Recordings.Write(folder.At("a"));
        (double[] times, double[] rows, _) = run.Recordings.Variable("v", "V");
        Assert.Equal(times, ArrayFiles.Read(folder.At("a/v.npz"), "t", Here).AsDoubles());
        Assert.Equal(rows, ArrayFiles.Read(folder.At("a/v.npz"), "V", Here).AsDoubles());
        (int[] steps, int[] ids) = run.Recordings.Spikes("spikes");
        Assert.Equal(steps.Select(s => run.Recordings.SpikeTime(s)), ArrayFiles.Read(folder.At("a/spikes.npz"), "t", Here).AsDoubles());
        Assert.Equal(ids.Select(id => (long)id), ArrayFiles.Read(folder.At("a/spikes.npz"), "id", Here).AsIntegers());
        Assert.Equal(run.Recordings.Rate("rate").Rates, ArrayFiles.Read(folder.At("a/rate.npz"), "rate", Here).AsDoubles());
    }

    [Fact]
    public void TwoRunsGiveTheSameBytesWhateverTheSplit()
    {
        using TemporaryFolder folder = new();
        Dictionary<string, byte[]> first = Written(folder, "a", "float64", 1);
        foreach (int shards in new[] { 1, 2, 3, 7 })
        {
            Dictionary<string, byte[]> again = Written(folder, $"b{shards}", "float64", shards);
            Assert.All(first, file => Assert.Equal(file.Value, again[file.Key]));
        }
    }

    [Fact]
    public void SpikesRiseByStepThenId()
    {
        using SerialRun run = Run("float64", 3);
        (int[] steps, int[] ids) = run.Recordings.Spikes("spikes");
        (int, int)[] spikes = [.. steps.Zip(ids)];
        Assert.Equal(spikes.Order(), spikes);
    }

    private static Dictionary<string, byte[]> Written(TemporaryFolder folder, string name, string precision, int shards)
    {
        using SerialRun run = Run(precision, shards);
        run.Recordings.Write(folder.At(name));
        return Directory.GetFiles(folder.At(name)).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
    }

    private static IEnumerable<(string Name, string Type, string Shape)> Arrays(string path) =>
        ArrayFiles.Names(path, Here).Select(name =>
        {
            NumpyArray array = ArrayFiles.Read(path, name, Here);
            return (name, array.Type.Code, string.Join('x', array.Shape));
        });

    private static SerialRun Run(string precision, int shards) => new SerialRun(Runs.Compile($$"""
        {name: t, dt: 0.1, duration: 3, seed: 5, precision: {{precision}},
         populations: {P: {size: 40, model: poisson, params: {rate: 500} }, A: {size: 9, model: lif} },
         projections: [{pre: P, post: A, connect: {fixed_prob: 0.5}, synapse: exp_cond, weight: 0.1, delay: 'uniform(0, 1)'}],
         inputs: [{to: A.I, expr: 'normal(1, 1)'}],
         monitors: [{name: spikes, of: P, record: spikes}, {name: none, of: A, record: spikes}, {name: v, of: A, record: [V, I], index: '1:9:2', every: 1},
                    {name: g, of: P->A, record: g, index: [8, 0]}, {name: rate, of: P, record: rate, every: 1}]}
        """), shards).Run();
}

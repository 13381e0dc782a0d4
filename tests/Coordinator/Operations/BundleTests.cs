using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Operations;
using BrainSim.Coordinator.Remote;
using BrainSim.Tests.Coordinator.Service;
using Xunit;

namespace BrainSim.Tests.Coordinator.Operations;

public sealed class BundleTests : IDisposable
{
    private const string Secret = "a-token-that-nobody-may-see";

    private readonly Brainsim brainsim = new();

    public void Dispose() => brainsim.Dispose();

    [Fact]
    public async Task ABundleHoldsWhatHelpsAndNoTokenAndNothingRecorded()
    {
        await using TestCluster cluster = await TestCluster.Start(nodes: 1);
        brainsim.Environment["BRAINSIM_COORDINATOR"] = cluster.Address;
        brainsim.Environment["BRAINSIM_TOKEN"] = Secret;
        brainsim.Write("small.yaml", Networks.Small);
        brainsim.Run("submit", "small.yaml", "--set", "duration=30", "--wait").Fine();
        using CoordinatorClient client = cluster.Client();
        ResultFile[] results = await client.Results(1);

        brainsim.Run("bundle", "1", "--out", "b.zip").Fine();
        Dictionary<string, string> parts = Read("b.zip");
        Assert.Equal(RunBundle.Parts.Append("network.yaml").Order(StringComparer.Ordinal), parts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Networks.Small, parts["network.yaml"]);
        Assert.Equal(JsonDocument.Parse(JsonSerializer.Serialize(await client.Run(1), ApiJson.Default.RunView)).RootElement.ToString(), Compact(parts["run.json"]));
        Assert.Equal((await client.Logs(1)).Length, parts["log.txt"].Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("done, state hash", parts["log.txt"], StringComparison.Ordinal);
        Assert.Contains("\"committed\"", parts["journal.jsonl"], StringComparison.Ordinal);
        Assert.Contains((await client.Nodes())[0].Address, parts["nodes.json"], StringComparison.Ordinal);
        Assert.Contains("duration=30", parts["settings.json"], StringComparison.Ordinal);
        Assert.Contains("checkpoint_every", parts["settings.json"], StringComparison.Ordinal);
        Assert.Contains(".NET", parts["versions.json"], StringComparison.Ordinal);
        Assert.Contains("brainsim_runs{state=\"done\"} 1", parts["metrics.txt"], StringComparison.Ordinal);
        Assert.Contains(TestCluster.HashOf(Networks.Small), parts["network.json"], StringComparison.Ordinal);
        Assert.All(parts, part => Assert.DoesNotContain(Secret, part.Value, StringComparison.Ordinal));
        Assert.All(parts, part => Assert.DoesNotContain("NUMPY", part.Value, StringComparison.Ordinal));
        Assert.All(results, result => Assert.DoesNotContain(result.Sha256, string.Concat(parts.Values), StringComparison.Ordinal));
    }

    [Fact]
    public async Task ARunThatIsNotThereAndAPlaceThatCannotBeWrittenAreOneSentence()
    {
        await using TestCluster cluster = await TestCluster.Start();
        brainsim.Environment["BRAINSIM_COORDINATOR"] = cluster.Address;
        Brainsim.Ended unknown = brainsim.Run("bundle", "9", "--out", "b.zip");
        Assert.Equal((2, $"{cluster.Address}: there is no run 9; none has been submitted.\n"), (unknown.Code, unknown.Error));
        Assert.False(File.Exists(brainsim.At("b.zip")));
        await cluster.Run(Networks.Small);
        Brainsim.Ended closed = brainsim.Run("bundle", "1", "--out", "no/such/b.zip");
        Assert.Equal(2, closed.Code);
        Assert.Contains("cannot be written", Assert.Single(closed.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await cluster.Http.GetAsync("api/v1/runs/9/bundle", TestContext.Current.CancellationToken)).StatusCode);
    }

    private Dictionary<string, string> Read(string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(brainsim.At(name));
        return zip.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using StreamReader reader = new(entry.Open(), Encoding.Latin1);
            return reader.ReadToEnd();
        });
    }

    private static string Compact(string json) => JsonSerializer.Serialize(JsonSerializer.Deserialize(json, ApiJson.Default.RunView), ApiJson.Default.RunView);
}

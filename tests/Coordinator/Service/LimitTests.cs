using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using BrainSim.Coordinator.Service;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>Every limit of a coordinator has one answer, and what is within it goes on meanwhile.</summary>
public sealed class LimitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MoreFilesThanAreKeptAreRefused()
    {
        await using TestCluster cluster = await TestCluster.Start(limits: new ServiceLimits { MostBlobs = 2 });
        Assert.Equal(HttpStatusCode.NoContent, (await cluster.Put("a")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await cluster.Put("b")).StatusCode);
        await IsProblem(await cluster.Put("c"), 429, "2 files are here, the most that are kept.");
        Assert.Equal(HttpStatusCode.NoContent, (await cluster.Put("b")).StatusCode);
    }

    [Theory]
    [InlineData("population of 11", 10, 1000, "the network has some 11 neurons; this coordinator takes at most 10.")]
    [InlineData("all to all", 100, 120, "the network has some 121 synapses; this coordinator takes at most 120.")]
    public async Task ANetworkThatIsTooLargeIsRefused(string name, double neurons, double synapses, string sentence)
    {
        string network = $$"""
            name: {{name}}
            dt: 0.1
            duration: 1
            populations: { E: { size: 11, model: lif } }
            projections: [ { pre: E, post: E, connect: all_to_all, synapse: delta, weight: 0, delay: 0.1 } ]
            """;
        await using TestCluster cluster = await TestCluster.Start(limits: new ServiceLimits { MostNeurons = neurons, MostSynapses = synapses });
        await cluster.Put(network);
        HttpResponseMessage answer = await cluster.Submit(network);
        Assert.Equal(422, (int)answer.StatusCode);
        Assert.Contains(sentence, (await TestCluster.Problem(answer)).Detail, StringComparison.Ordinal);
        Assert.Equal(1, await cluster.Run(Networks.Small.Replace("1200", "5", StringComparison.Ordinal).Replace("size: 30", "size: 3", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("POST", "api/v1/runs", 2000)]
    [InlineData("PUT", "api/v1/blobs/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 5_000_000_000)]
    [InlineData("PUT", "cluster/v1/parts/1/1/1/0", 70_000_000_000)]
    public async Task ABodyThatSaysItIsTooLargeIsRefusedUnread(string method, string path, long length)
    {
        await using TestCluster cluster = await TestCluster.Start(limits: new ServiceLimits { MostJsonBytes = 1000 });
        await using LineOfNode node = new(cluster);
        node.Report();
        long run = await cluster.Run(Networks.Small);
        await node.Told(message => message.Build?.Epoch.Run == run);
        using RawClient client = new(cluster, $"{method} /{path} HTTP/1.1\r\nHost: localhost\r\n{NodeName.Header}: {node.Proof.HeaderValue}\r\nConnection: close\r\nContent-Type: application/{(method == "POST" ? "json" : "octet-stream")}\r\nContent-Length: {length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n");
        string answer = await client.ReadToEnd();
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"status\":413", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABodyThatGoesOnTooLongIsRefused()
    {
        await using TestCluster cluster = await TestCluster.Start(limits: new ServiceLimits { MostJsonBytes = 1000 });
        StringContent content = new($"{{\"key\": \"{new string('k', 2000)}\"", Encoding.UTF8, "application/json");
        content.Headers.ContentLength = null;
        HttpRequestMessage request = new(HttpMethod.Post, "api/v1/runs") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        HttpResponseMessage answer = await cluster.Http.SendAsync(request, Cancellation);
        Assert.Equal((413, 413), ((int)answer.StatusCode, (await TestCluster.Problem(answer)).Status));
    }

    [Fact]
    public async Task MoreAtOnceThanAreAnsweredAreToldToComeAgain()
    {
        await using TestCluster cluster = await TestCluster.Start(limits: new ServiceLimits { MostRequests = 1, MostFollowers = 1 });
        await cluster.Run(Networks.Long);
        using HttpResponseMessage first = await cluster.Http.GetAsync("api/v1/runs/1/events", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using HttpResponseMessage second = await cluster.Http.GetAsync("api/v1/runs/1/events", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await IsProblem(second, 503, "1 streams of events are being answered, the most at once; try again in a moment.");
        Assert.Equal("1", second.Headers.RetryAfter?.ToString());

        // Half a file holds the one place among requests; probes and streams have their own.
        using RawClient half = new(cluster, $"PUT /api/v1/blobs/{TestCluster.HashOf("ab")} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\na");
        HttpResponseMessage busy;
        while ((busy = await cluster.Http.GetAsync("api/v1/runs", Cancellation)).StatusCode == HttpStatusCode.OK)
        {
        }

        await IsProblem(busy, 503, "1 requests are being answered, the most at once; try again in a moment.");
        Assert.Equal(HttpStatusCode.OK, (await cluster.Http.GetAsync("healthz", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task SlowClientsAreGivenUpAndARunBesideThemComesToItsBits()
    {
        ServiceLimits limits = new() { PatienceForHead = TimeSpan.FromSeconds(1), PatienceForBody = TimeSpan.FromSeconds(1.1), LeastAnswerBytesPerSecond = 1e6 };
        await using TestCluster cluster = await TestCluster.Start(nodes: 1, limits: limits);
        byte[] large = new byte[32 << 20];
        string hash = Convert.ToHexStringLower(SHA256.HashData(large));
        (await cluster.Http.PutAsync($"api/v1/blobs/{hash}", new ByteArrayContent(large), Cancellation)).EnsureSuccessStatusCode();

        using RawClient head = new(cluster, "GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
        using RawClient body = new(cluster, $"PUT /api/v1/blobs/{TestCluster.HashOf("ab")} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\na");
        using RawClient reader = new(cluster, $"GET /api/v1/blobs/{hash} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Task<string>[] answers = [head.ReadToEnd(), body.ReadToEnd()];
        using CoordinatorClient client = cluster.Client();
        RunView end = await client.Follow(await cluster.Run(Networks.Small), _ => { });
        using SerialRun here = new SerialRun(CompiledNetwork.Of(NetworkReader.ReadText("small", Networks.Small, ".", []))).Run();
        Assert.Equal((RunState.Done, here.StateHash), (end.State, end.StateHash));

        Assert.All(await Task.WhenAll(answers), answer => Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal));
        await cluster.Log.Until(line => line.Contains("the response data rate", StringComparison.OrdinalIgnoreCase) || line.Contains("because the response was not read", StringComparison.OrdinalIgnoreCase));
        Assert.True((await reader.ReadToEnd()).Length < large.Length);
        Assert.Equal(HttpStatusCode.OK, (await cluster.Http.GetAsync("readyz", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task AConnectionWithoutARequestIsClosed()
    {
        await using TestCluster cluster = await TestCluster.Start(limits: new ServiceLimits { PatienceBetween = TimeSpan.FromSeconds(1) });
        using RawClient silent = new(cluster, ""), idle = new(cluster, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.Equal("", await silent.ReadToEnd());
        Assert.StartsWith("HTTP/1.1 200 ", await idle.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneAddressHasNoMoreThanItsConnections()
    {
        await using TestCluster cluster = await TestCluster.Start(limits: new ServiceLimits { MostConnectionsOfOne = 2 });
        await cluster.Run(Networks.Long);
        string events = "GET /api/v1/runs/1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
        using RawClient second = new(cluster, events), third = new(cluster, events);
        Assert.Equal("", await third.ReadToEnd());
        Assert.Equal(HttpStatusCode.OK, (await cluster.Http.GetAsync("healthz", Cancellation)).StatusCode);
    }

    private static async Task IsProblem(HttpResponseMessage answer, int status, string detail) =>
        Assert.Equal((status, detail), ((int)answer.StatusCode, (await TestCluster.Problem(answer)).Detail));
}

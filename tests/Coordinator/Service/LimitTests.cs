using System.Globalization;
using System.Net;
using System.Net.Http.Json;
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
    [InlineData("populations.E.size=[5, 11]", "the network has some 11 neurons; this coordinator takes at most 10.")]
    [InlineData("populations.E.size=[5, 10]", "the network has some 100 synapses; this coordinator takes at most 90.")]
    public async Task ASweepWithAPointThatIsTooLargeIsRefused(string varied, string sentence)
    {
        await using TestCluster cluster = await TestCluster.Start(limits: new ServiceLimits { MostNeurons = 10, MostSynapses = 90 });
        HttpResponseMessage answer = await cluster.SubmitSweep(AllToAll, 0, varied);
        Assert.Equal(422, (int)answer.StatusCode);
        Assert.Contains(sentence, (await TestCluster.Problem(answer)).Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await cluster.SubmitSweep(AllToAll, 0, "populations.E.size=[5, 9]")).StatusCode);
    }

    [Fact]
    public async Task ASweepWhosePointsTakeTooLongToReadIsRefused()
    {
        await using TestCluster cluster = await TestCluster.Start(limits: new ServiceLimits { PatienceForSweep = TimeSpan.Zero });
        HttpResponseMessage answer = await cluster.SubmitSweep(AllToAll, 0, "populations.E.size=[5, 9]");
        await IsProblem(answer, 422, "all: sweep: the points cannot be read within 0 s, the longest that this coordinator takes for it; take fewer points, or smaller arrays.");
        Assert.Equal(1, await cluster.Run(AllToAll));
    }

    private const string AllToAll = """
        name: all
        dt: 0.1
        duration: 1
        populations: { E: { size: 5, model: lif } }
        projections: [ { pre: E, post: E, connect: all_to_all, synapse: delta, weight: 0, delay: 0.1 } ]
        """;

    [Theory]
    [InlineData(1, 4097, 0, "a setting, or what is varied, may have at most 4096 characters; longer lists belong into the network file.")]
    [InlineData(0, 0, 4097, "a setting, or what is varied, may have at most 4096 characters; longer lists belong into the network file.")]
    [InlineData(17, 4000, 0, "settings, what is varied and the names of files may have at most 65536 characters together; longer ones belong into the network file.")]
    public async Task TextsThatAreKeptForEverAreShort(int settings, int characters, int varied, string sentence)
    {
        await using TestCluster cluster = await TestCluster.Start();
        await cluster.Put(AllToAll);
        SubmitRequest fits = TestCluster.Request(AllToAll) with { Settings = [.. Enumerable.Repeat("dt=0.1 #".PadRight(4096, 'x'), 15)] };
        await IsProblem(await cluster.Submit(fits with { Settings = [.. Enumerable.Repeat("dt=0.1 #".PadRight(characters, 'x'), settings)], Sweep = new SweepRequest(["dt=[0.1] #".PadRight(varied, 'x')]) }), 400, sentence);
        Assert.Equal(HttpStatusCode.Accepted, (await cluster.Submit(fits)).StatusCode);
    }

    [Theory]
    [InlineData("api/v1/runs", "submissions")]
    [InlineData("api/v1/blobs/missing", "questions for files")]
    public async Task BodiesThatAreTooLargeTogetherAreToldToComeAgain(string path, string what)
    {
        await using TestCluster cluster = await TestCluster.Start(limits: new ServiceLimits { MostSubmissionBytes = 1000 });
        await cluster.Put(AllToAll);
        Task<HttpResponseMessage> Ask() => path == "api/v1/runs"
            ? cluster.Submit(AllToAll)
            : cluster.Http.PostAsJsonAsync(path, new BlobNames([.. Enumerable.Repeat(TestCluster.HashOf(""), 4)]), ApiJson.Default.BlobNames, Cancellation);
        HttpResponseMessage answer;
        RawClient Half() => new(cluster, $"POST /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2000\r\n\r\n{{\"key\": \"{new string('k', 900)}");
        RawClient half = Half();
        try
        {
            while ((answer = await Ask()).IsSuccessStatusCode)
            {
                if (half.IsAnswered)
                {
                    half.Dispose(); // Refused, since it came while another was counted.
                    half = Half();
                }
            }

            await IsProblem(answer, 503, $"the {what} that are being answered have more than 1,000 bytes, the most at once; try again in a moment.");
            Assert.Equal("1", answer.Headers.RetryAfter?.ToString());
        }
        finally
        {
            half.Dispose();
        }

        while ((answer = await Ask()).StatusCode == HttpStatusCode.ServiceUnavailable)
        {
        }

        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
    }

    /// <summary>100 numbers are 800 bytes, and 800 more as float64: more than a place has, and no more than half.</summary>
    [Theory]
    [InlineData(3200, 202)]
    [InlineData(3199, 422)]
    public async Task ArraysMayTakeHalfOfWhatAllMayAndNoMore(long bytes, int status)
    {
        const string network = """
            name: array
            dt: 0.1
            duration: 1
            populations: { E: { size: 100, model: lif, params: { tau: {file: tau.npy} } } }
            """;
        await using TestCluster cluster = await TestCluster.Start(limits: new ServiceLimits { MostArrayBytes = bytes });
        await cluster.Put(network);
        byte[] header = Encoding.ASCII.GetBytes("{'descr': '<f8', 'fortran_order': False, 'shape': (100,), }\n");
        byte[] array = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. Enumerable.Repeat(10.0, 100).SelectMany(BitConverter.GetBytes)];
        string hash = Convert.ToHexStringLower(SHA256.HashData(array));
        (await cluster.Http.PutAsync($"api/v1/blobs/{hash}", new ByteArrayContent(array), Cancellation)).EnsureSuccessStatusCode();
        SubmitRequest request = TestCluster.Request(network);
        HttpResponseMessage answer = await cluster.Submit(request with { Files = new Dictionary<string, string>(request.Files) { ["tau.npy"] = hash } });
        Assert.True((int)answer.StatusCode == status, await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.True(status == 202 || (await TestCluster.Problem(answer)).Detail.Contains("tau.npy: its 100 numbers, with those of the arrays before it, need more memory", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AKeyThatIsAskedForAgainIsReadOnce()
    {
        await using TestCluster cluster = await TestCluster.Start(limits: new ServiceLimits { MostSweeps = 1 });
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => cluster.SubmitSweep(AllToAll, 0, $"populations.E.size=[{string.Join(", ", Enumerable.Range(1, 200))}]")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode));
        using HttpResponseMessage known = await cluster.Submit(TestCluster.Request("this was never put", "s"));
        Assert.Equal(new SubmitAnswer(1, Submitted: false), await known.Content.ReadFromJsonAsync(ApiJson.Default.SubmitAnswer, Cancellation));
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
        RawClient Half() => new(cluster, $"PUT /api/v1/blobs/{TestCluster.HashOf("ab")} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\na");
        RawClient half = Half();
        HttpResponseMessage busy;
        while ((busy = await cluster.Http.GetAsync("api/v1/runs", Cancellation)).StatusCode == HttpStatusCode.OK)
        {
            if (half.IsAnswered)
            {
                half.Dispose(); // Refused, since it came while another held the place.
                half = Half();
            }
        }

        await IsProblem(busy, 503, "1 requests are being answered, the most at once; try again in a moment.");
        Assert.Equal(HttpStatusCode.OK, (await cluster.Http.GetAsync("healthz", Cancellation)).StatusCode);
        half.Dispose();
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
        using RawClient second = new(cluster, events), third = new(cluster, "");
        Assert.Equal("", await third.ReadToEnd());
        Assert.Equal(HttpStatusCode.OK, (await cluster.Http.GetAsync("healthz", Cancellation)).StatusCode);
    }

    private static async Task IsProblem(HttpResponseMessage answer, int status, string detail) =>
        Assert.Equal((status, detail), ((int)answer.StatusCode, (await TestCluster.Problem(answer)).Detail));
}

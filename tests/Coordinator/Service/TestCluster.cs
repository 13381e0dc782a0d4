using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Disk;
using BrainSim.Coordinator.Access;
using BrainSim.Coordinator.Remote;
using BrainSim.Coordinator.Service;
using BrainSim.Node.Hosting;
using BrainSim.Tests.Engine.Documents;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>A coordinator, and nodes where asked for, in this process, over real sockets.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<NodeHost> nodes = [];
    private readonly string data;
    private readonly CoordinatorSecurity? security;
    private readonly ServiceLimits? limits;
    private ClusterHost host;

    private TestCluster(ClusterHost host, TemporaryFolder folder, string data, CoordinatorSecurity? security, ServiceLimits? limits, LogLines log)
    {
        (this.host, this.folder, this.data, this.security, this.limits, Log) = (host, folder, data, security, limits, log);
        Http = new HttpClient { BaseAddress = host.Address };
    }

    /// <summary>What the coordinator has told its log.</summary>
    public LogLines Log { get; }

    public HttpClient Http { get; }

    public string Address => host.Address.GetLeftPart(UriPartial.Authority);

    /// <param name="data">Where the coordinator keeps what it keeps; null for a folder of the test.</param>
    public static async Task<TestCluster> Start(
        int nodes = 0, CoordinatorSecurity? security = null, ServiceLimits? limits = null, string? data = null, DiskPolicy? disk = null, TimeProvider? clock = null, Action<ILoggingBuilder>? logging = null)
    {
        TemporaryFolder folder = new();
        LogLines log = new();
        data ??= folder.At("data");
        string scheme = security?.Identity is null ? "http" : "https";
        ClusterHost host = await ClusterHost.Start($"{scheme}://127.0.0.1:0", data, clock ?? TimeProvider.System, logging ?? log.Use, security, limits, disk);
        TestCluster cluster = new(host, folder, data, security, limits, log);
        for (int n = 0; n < nodes; n++)
        {
            await cluster.StartNode(options => options);
        }

        return cluster;
    }

    public async Task<NodeHost> StartNode(Func<NodeOptions, NodeOptions> change)
    {
        nodes.Add(await NodeHost.Start(change(new NodeOptions(host.Address, null, 1, new IPEndPoint(IPAddress.Loopback, 0), BrainSim.Coordinator.CommandLine.Results.Version)), Log.Use));
        return nodes[^1];
    }

    /// <summary>The same folder and the same port, another coordinator.</summary>
    public async Task Restart()
    {
        string address = Address;
        await host.DisposeAsync();
        host = await ClusterHost.Start(address, data, TimeProvider.System, Log.Use, security, limits);
    }

    public IReadOnlyList<Endpoint> Endpoints => host.Endpoints;

    public Task LookAfterDisk() => host.LookAfterDisk();

    public string At(string name) => folder.At(name);

    public CoordinatorClient Client() => new(Address, null);

    public async Task<HttpResponseMessage> Put(string text) =>
        await Http.PutAsync($"api/v1/blobs/{HashOf(text)}", new ByteArrayContent(Encoding.UTF8.GetBytes(text)));

    public Task<HttpResponseMessage> Submit(string network, string key = "k", int shards = 0) => Submit(Request(network, key) with { Shards = shards });

    public async Task<HttpResponseMessage> Submit(SubmitRequest request) => await Http.PostAsJsonAsync("api/v1/runs", request, ApiJson.Default.SubmitRequest);

    public static SubmitRequest Request(string network, string key = "k") => new(key, "", "net.yaml", new Dictionary<string, string> { ["net.yaml"] = HashOf(network) }, [], 0, 0);

    /// <summary>Puts and submits, and expects that it is taken.</summary>
    public async Task<long> Run(string network, string key = "k", int shards = 0)
    {
        (await Put(network)).EnsureSuccessStatusCode();
        HttpResponseMessage answer = (await Submit(network, key, shards)).EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(ApiJson.Default.SubmitAnswer))!.Run;
    }

    /// <param name="threads">Of each point; 0 for the default.</param>
    public async Task<HttpResponseMessage> SubmitSweep(string network, int threads, params string[] varied)
    {
        (await Put(network)).EnsureSuccessStatusCode();
        return await Http.PostAsJsonAsync(
            "api/v1/runs", new SubmitRequest("s", "", "net.yaml", new Dictionary<string, string> { ["net.yaml"] = HashOf(network) }, [], threads, 0, new SweepRequest(varied)), ApiJson.Default.SubmitRequest);
    }

    /// <summary>Puts and submits, and expects that it is taken.</summary>
    public async Task<long> Sweep(string network, int threads = 0)
    {
        HttpResponseMessage answer = (await SubmitSweep(network, threads)).EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(ApiJson.Default.SubmitAnswer))!.Run;
    }

    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>What the answer says; its title and status are among those that there are.</summary>
    public static async Task<ApiProblem> Problem(HttpResponseMessage response)
    {
        ApiProblem problem = (await response.Content.ReadFromJsonAsync(ApiJson.Default.ApiProblem))!;
        ProblemKind kind = Assert.Single(ProblemKind.All, kind => kind.Title == problem.Title);
        Assert.True(kind.Statuses.Count == 0 || kind.Statuses.Contains(problem.Status), $"{problem.Title}: {problem.Status}");
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NodeHost node in nodes)
        {
            await node.DisposeAsync();
        }

        Http.Dispose();
        await host.DisposeAsync();
        folder.Dispose();
    }
}

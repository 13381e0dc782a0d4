using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using BrainSim.Contracts.Api;
using BrainSim.Tests.Coordinator.Service;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace BrainSim.Tests.Coordinator.Operations;

/// <summary>What an operator says to a coordinator when starting it, observed from outside.</summary>
public sealed class CoordinatorProcessTests : IDisposable
{
    private readonly Brainsim brainsim = new();
    private readonly string address = $"http://127.0.0.1:{FreePort()}";
    private Brainsim.Started? coordinator;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        coordinator?.KillAfter(TimeSpan.Zero);
        brainsim.Dispose();
    }

    [Theory]
    [InlineData("is no number of days", "--keep", "0")]
    [InlineData("is no number of days", "--keep", "a week")]
    [InlineData("is no size in GB", "--quota", "0")]
    [InlineData("is no size in GB", "--quota", "much")]
    public void AMistakeIsOneSentence(string sentence, string option, string value)
    {
        Brainsim.Ended ended = brainsim.Run("coordinator", "--data", "d", option, value);
        Assert.Equal((2, ""), (ended.Code, ended.Output));
        Assert.Contains(sentence, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task QuotaAndDaysAreThoseOfTheCommandLine()
    {
        using HttpClient http = await Start("--quota", "0.01", "--keep", "30");
        await Submit(http);
        HttpResponseMessage large = await http.PutAsync($"api/v1/blobs/{new string('a', 64)}", new ByteArrayContent(new byte[10_000_000]), Token);
        Assert.Equal(HttpStatusCode.InsufficientStorage, large.StatusCode);
        await using MemoryStream bundle = new(await http.GetByteArrayAsync("api/v1/runs/1/bundle", Token));
        using ZipArchive zip = new(bundle);
        using StreamReader settings = new(zip.GetEntry("settings.json")!.Open());
        string text = await settings.ReadToEndAsync(Token);
        Assert.Contains("\"quota_bytes\": 10000000", text, StringComparison.Ordinal);
        Assert.Contains("\"keep_days\": 30", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MetricsAndTracesGoWhereTheStandardVariableSays()
    {
        ConcurrentDictionary<string, string> received = [];
        await using WebApplication collector = Collector(received);
        await collector.StartAsync(Token);
        brainsim.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.First();
        brainsim.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        using HttpClient http = await Start();
        await Submit(http);
        (await http.PostAsync("api/v1/runs/1/cancel", null, Token)).EnsureSuccessStatusCode();
        coordinator!.Signal("TERM");
        Assert.Equal(0, coordinator.End().Code);
        coordinator = null;
        Assert.Contains("brainsim.queue", received["metrics"], StringComparison.Ordinal);
        Assert.Contains("BrainSim.Coordinator", received["metrics"], StringComparison.Ordinal);
        Assert.Contains("brainsim.why", received["traces"], StringComparison.Ordinal);
        Assert.Contains("cancelled", received["traces"], StringComparison.Ordinal);
    }

    private static WebApplication Collector(ConcurrentDictionary<string, string> received)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication collector = builder.Build();
        collector.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using StreamReader body = new(request.Body, Encoding.Latin1);
            string text = await body.ReadToEndAsync();
            received.AddOrUpdate(signal, text, (_, before) => before + text);
        });
        return collector;
    }

    /// <summary>Returns when it is ready.</summary>
    private async Task<HttpClient> Start(params string[] options)
    {
        coordinator = brainsim.Start(["coordinator", "--listen", address, "--data", "data", .. options]);
        HttpClient http = new() { BaseAddress = new Uri(address) };
        using CancellationTokenSource late = new(Brainsim.Patience);
        while (true)
        {
            try
            {
                (await http.GetAsync("readyz", late.Token)).EnsureSuccessStatusCode();
                return http;
            }
            catch (HttpRequestException)
            {
                await Task.Yield();
            }
        }
    }

    private static async Task Submit(HttpClient http)
    {
        string hash = TestCluster.HashOf(Networks.Small);
        (await http.PutAsync($"api/v1/blobs/{hash}", new ByteArrayContent(Encoding.UTF8.GetBytes(Networks.Small)), Token)).EnsureSuccessStatusCode();
        SubmitRequest request = new("k", "", "net.yaml", new Dictionary<string, string> { ["net.yaml"] = hash }, [], 0, 0);
        (await http.PostAsJsonAsync("api/v1/runs", request, ApiJson.Default.SubmitRequest, Token)).EnsureSuccessStatusCode();
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

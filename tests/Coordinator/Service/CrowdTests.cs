using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Disk;
using BrainSim.Coordinator.Remote;
using BrainSim.Coordinator.Service;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>Many at once, and a disk that is full: everybody is answered, and what was promised is kept.</summary>
public sealed class CrowdTests
{
    private const string Tiny = "name: tiny\ndt: 0.1\nduration: 1\npopulations: { A: { size: 1, model: lif } }\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AThousandSubmissionsAtOnceAreAllAnsweredAndNoneIsLost()
    {
        await using TestCluster cluster = await TestCluster.Start();
        await cluster.Put(Tiny);
        ConcurrentDictionary<string, long> taken = [];
        int refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(async n =>
        {
            using HttpResponseMessage answer = await cluster.Submit(Tiny, $"key {n}");
            if (answer.StatusCode == HttpStatusCode.Accepted)
            {
                taken[$"key {n}"] = (await answer.Content.ReadFromJsonAsync(ApiJson.Default.SubmitAnswer, Cancellation))!.Run;
                return;
            }

            Interlocked.Increment(ref refused);
            Assert.Equal((503, "busy"), ((int)answer.StatusCode, (await TestCluster.Problem(answer)).Title));
            Assert.NotNull(answer.Headers.RetryAfter);
        }));
        Assert.Equal(1000, taken.Count + refused);
        Assert.InRange(taken.Count, 256, 1000);
        Assert.Equal(taken.Count, taken.Values.Distinct().Count());

        await cluster.Restart();
        RunView[] kept = (await cluster.Http.GetFromJsonAsync("api/v1/runs", ApiJson.Default.RunViewArray, Cancellation))!;
        Assert.Equal(taken.Values.Order(), kept.Select(run => run.Run));
        (string key, long run) = taken.First();
        Assert.Equal(run, await cluster.Run(Tiny, key));
        await cluster.StartNode(options => options with { Slots = 4 });
        using CoordinatorClient client = cluster.Client();
        Assert.Equal(RunState.Done, (await client.Follow(taken.Values.Min(), _ => { })).State);
    }

    [Fact]
    public async Task ClientsThatStopReadingHoldNobodyUp()
    {
        await using TestCluster cluster = await TestCluster.Start(nodes: 2, limits: new ServiceLimits { PatienceForBody = TimeSpan.FromSeconds(1.1), LeastAnswerBytesPerSecond = 1e6 });
        byte[] large = new byte[32 << 20];
        string hash = Convert.ToHexStringLower(SHA256.HashData(large));
        (await cluster.Http.PutAsync($"api/v1/blobs/{hash}", new ByteArrayContent(large), Cancellation)).EnsureSuccessStatusCode();
        List<RawClient> deaf = [.. Enumerable.Range(0, 200).Select(_ => new RawClient(cluster, $"GET /api/v1/blobs/{hash} HTTP/1.1\r\nHost: localhost\r\n\r\n"))];
        using CoordinatorClient client = cluster.Client();
        RunView end = await client.Follow(await cluster.Run(Networks.Small, "beside"), _ => { });
        Assert.Equal((RunState.Done, HashOf(Networks.Small)), (end.State, end.StateHash));
        await cluster.Log.Until(line => line.Contains("the response data rate", StringComparison.OrdinalIgnoreCase) || line.Contains("because the response was not read", StringComparison.OrdinalIgnoreCase));
        deaf.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task AFullDiskIsSaidAndNothingIsLost()
    {
        using SmallDisk disk = new(megabytes: 600);
        Assert.SkipUnless(disk.Refusal is null, $"a disk in memory cannot be mounted here: {disk.Refusal}");
        await using TestCluster cluster = await TestCluster.Start(nodes: 1, data: disk.At("data"), disk: new DiskPolicy(1 << 30, null));
        long before = await cluster.Run(Networks.Small.Replace("duration: 20", "duration: 2000", StringComparison.Ordinal), "before");
        disk.Fill();
        byte[] large = new byte[32 << 20];
        await IsFull(await cluster.Http.PutAsync($"api/v1/blobs/{new string('a', 64)}", new ByteArrayContent(large), Cancellation));
        string other = Tiny.Replace("tiny", "other", StringComparison.Ordinal);
        await IsFull(await cluster.Put(other + new string('#', 100_000)));
        List<long> taken = [before];
        HttpResponseMessage answer;
        int n = 0;
        while ((answer = await cluster.Submit(Networks.Small.Replace("duration: 20", "duration: 2000", StringComparison.Ordinal), $"{n++}")).IsSuccessStatusCode)
        {
            disk.Fill();
            taken.Add((await answer.Content.ReadFromJsonAsync(ApiJson.Default.SubmitAnswer, Cancellation))!.Run);
        }

        await IsFull(answer);
        disk.Clear();
        using CoordinatorClient client = cluster.Client();
        Assert.Equal(HashOf(Networks.Small.Replace("duration: 20", "duration: 2000", StringComparison.Ordinal)), (await client.Follow(before, _ => { })).StateHash);
        await cluster.Restart();
        RunView[] kept = (await cluster.Http.GetFromJsonAsync("api/v1/runs", ApiJson.Default.RunViewArray, Cancellation))!;
        Assert.Equal(taken, kept.Select(run => run.Run));
    }

    private static async Task IsFull(HttpResponseMessage answer)
    {
        ApiProblem problem = await TestCluster.Problem(answer);
        Assert.Contains((problem.Status, problem.Title), (IEnumerable<(int, string)>)[(503, "cannot be kept now"), (507, "no room")]);
    }

    private static string HashOf(string network)
    {
        using SerialRun here = new SerialRun(CompiledNetwork.Of(NetworkReader.ReadText("small", network, ".", []))).Run();
        return here.StateHash;
    }
}

using System.Net;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>Where nodes put parts: what nobody would ever forget is not taken.</summary>
public sealed class PartEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PartsOfRunsThatAreNotThereAreFencedOrHaveEndedLeaveNothing()
    {
        await using TestCluster cluster = await TestCluster.Start();
        long run = await cluster.Run(Networks.Small);
        Assert.Equal("nothing is kept of epoch 1 of run 7: there is no such run.", await Refusal(cluster, "7/1/5/0"));
        Assert.Equal($"nothing is kept of epoch 9 of run {run}: it is at epoch 0.", await Refusal(cluster, $"{run}/9/5/0"));
        Assert.Equal(HttpStatusCode.NoContent, (await Put(cluster, $"{run}/1/5/0")).StatusCode);
        Assert.Single(Directory.GetFiles(cluster.At($"data/runs/{run}")));

        await cluster.Http.PostAsync($"api/v1/runs/{run}/cancel", null, Token);
        Assert.Equal($"nothing is kept of epoch 1 of run {run}: it is cancelled.", await Refusal(cluster, $"{run}/1/6/0?recorded_after=5"));
        Assert.Empty(Directory.GetFiles(cluster.At("data/runs"), "*", SearchOption.AllDirectories));
    }

    /// <summary>A part may come to the disk while its run ends.</summary>
    [Fact]
    public async Task WhatWasLeftOfAnEndedRunIsForgottenAtTheNextStart()
    {
        await using TestCluster cluster = await TestCluster.Start();
        long run = await cluster.Run(Networks.Small);
        await cluster.Http.PostAsync($"api/v1/runs/{run}/cancel", null, Token);
        string folder = Directory.CreateDirectory(cluster.At($"data/runs/{run}")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "1-5-0"), "late", Token);
        await File.WriteAllTextAsync(Path.Combine(folder, "a stray-note-1"), "not ours", Token);
        await cluster.Restart();
        await cluster.Run(Networks.Small, "other");
        Assert.False(File.Exists(Path.Combine(folder, "1-5-0")));
    }

    private static Task<HttpResponseMessage> Put(TestCluster cluster, string address) => cluster.Http.PutAsync($"cluster/v1/parts/{address}", new ByteArrayContent([1, 2, 3]), Token);

    private static async Task<string> Refusal(TestCluster cluster, string address)
    {
        HttpResponseMessage answer = await Put(cluster, address);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        return (await TestCluster.Problem(answer)).Detail;
    }
}

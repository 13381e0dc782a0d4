using System.Net;
using BrainSim.Contracts;
using Microsoft.Extensions.Logging;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>Where nodes put parts: what nobody would ever forget is not taken, nor what is another node's.</summary>
public sealed class PartEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PartsOfRunsThatAreNotThereAreFencedOrHaveEndedLeaveNothing()
    {
        await using TestCluster cluster = await TestCluster.Start();
        await using LineOfNode node = new(cluster);
        long run = await cluster.Run(Networks.Small);
        Assert.Equal("nothing is kept of epoch 1 of run 7: there is no such run.", await Refusal(node, "7/1/5/0"));
        Assert.Equal($"nothing is kept of epoch 9 of run {run}: it is at epoch 0.", await Refusal(node, $"{run}/9/5/0"));
        Assert.Equal($"nothing is kept of epoch 1 of run {run}: no node has it.", await Refusal(node, $"{run}/1/5/0"));
        node.Report();
        await node.Told(message => message.Build?.Epoch.Run == run);
        Assert.Equal(HttpStatusCode.NoContent, (await node.Put($"{run}/1/5/0", 1)).StatusCode);
        Assert.Single(Directory.GetFiles(cluster.At($"data/runs/{run}")));

        await cluster.Http.PostAsync($"api/v1/runs/{run}/cancel", null, Token);
        Assert.Equal($"nothing is kept of epoch 1 of run {run}: it is cancelled.", await Refusal(node, $"{run}/1/6/0?recorded_after=5"));
        Assert.Empty(Directory.GetFiles(cluster.At("data/runs"), "*", SearchOption.AllDirectories));
    }

    /// <summary>A node's own parts are its own until they are committed; then they are nobody's to change.</summary>
    [Fact]
    public async Task NobodyPutsOrReadsThePartsOfAnotherNodeAndWhatIsCommittedStays()
    {
        await using TestCluster cluster = await TestCluster.Start();
        await using LineOfNode node = new(cluster), other = new(cluster);
        node.Report();
        long run = await cluster.Run(Networks.Small, shards: 1);
        await node.Told(message => message.Build?.Epoch.Run == run);
        HostedStatus open = new() { Epoch = new RunEpoch { Run = run, Epoch = 1 }, Phase = HostedPhase.Open, WaitsFor = -1 };
        node.Report(open);
        long limit = (await node.Told(message => message.Advance is not null)).Advance.Limits[0];

        foreach ((LineOfNode who, string address) in ((LineOfNode, string)[])[(other, $"{run}/1/{limit}/0"), (node, $"{run}/1/{limit}/1")])
        {
            HttpResponseMessage refused = await who.Put(address, 6);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Equal($"node {who.Name} does not have shard {address[^1]} of run {run} in epoch 1, and puts a part of it.", (await TestCluster.Problem(refused)).Detail);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await node.Put($"{run}/1/{limit}/0?recorded_after=0", 1)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await node.Put($"{run}/1/{limit}/0", 1)).StatusCode);
        node.Report(open);
        await node.Told(message => message.Advance?.Committed == limit);
        Assert.Equal(HttpStatusCode.NoContent, (await node.Put($"{run}/1/{limit}/0", 6)).StatusCode);
        Assert.Equal([1, 1, 1], await (await node.Get($"{run}/1/{limit}/0")).Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(HttpStatusCode.Forbidden, (await other.Get($"{run}/1/{limit}/0")).StatusCode);
        Assert.Contains(cluster.Log.From(LogLevel.Warning), line => line.Contains($"is refused: node {other.Name} has no shards of run {run}, and reads its checkpoint.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ANodeThatSpeaksForAnotherIsNotHeardAndTheOtherIs()
    {
        await using TestCluster cluster = await TestCluster.Start();
        await using LineOfNode node = new(cluster), liar = new(cluster);
        node.Report();
        liar.Speak(node.Name, "liar:1");
        await cluster.Log.Until(line => line == $"what node {liar.Name} says is refused: it speaks for node {node.Name}.");
        long run = await cluster.Run(Networks.Small);
        await node.Told(message => message.Build?.Epoch.Run == run);
        Assert.DoesNotContain("liar:1", await cluster.Http.GetStringAsync("api/v1/nodes", Token), StringComparison.Ordinal);

        await node.FallSilent();
        await using LineOfNode again = new(cluster, node.Proof);
        again.Report(new HostedStatus { Epoch = new RunEpoch { Run = run, Epoch = 1 }, Phase = HostedPhase.Open, WaitsFor = -1 });
        await again.Told(message => message.Advance is not null);
    }

    [Fact]
    public async Task WhoProvesNoNameIsNoNode()
    {
        await using TestCluster cluster = await TestCluster.Start();
        HttpResponseMessage refused = await cluster.Http.GetAsync("cluster/v1/parts/1/1/1/0", Token);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("a node must prove its name here", (await TestCluster.Problem(refused)).Detail, StringComparison.Ordinal);
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

    private static async Task<string> Refusal(LineOfNode node, string address)
    {
        HttpResponseMessage answer = await node.Put(address, 1);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        return (await TestCluster.Problem(answer)).Detail;
    }
}

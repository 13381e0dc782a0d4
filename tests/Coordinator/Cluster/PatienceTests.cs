using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using BrainSim.Node.Cluster;
using Xunit;

namespace BrainSim.Tests.Coordinator.Cluster;

/// <summary>What takes long, and what stands still through no fault of its own, is not given up.</summary>
public sealed class PatienceTests
{
    private readonly ScriptedCluster cluster = new();

    /// <summary>A node drops a run that is not mentioned for <see cref="NodeLogic.OrphanAfter"/>.</summary>
    [Theory]
    [InlineData(HostedPhase.Building)]
    [InlineData(HostedPhase.Built)]
    public void A_node_that_builds_or_waits_for_others_that_build_hears_of_its_run_all_the_time(HostedPhase phase)
    {
        ScriptedNode slow = cluster.Add("slow", slots: 1), other = cluster.Add("other", slots: 1);
        long run = cluster.Submit("one", shards: 2);
        RunEpoch epoch = new() { Run = run, Epoch = 1 };
        slow.Has.Add(new HostedStatus { Epoch = epoch, Phase = HostedPhase.Building, WaitsFor = -1 });
        other.Has.Add(new HostedStatus { Epoch = epoch, Phase = phase, WaitsFor = -1 });
        if (phase == HostedPhase.Built)
        {
            ShardsBuilt built = new() { Epoch = epoch, Shards = { new ShardAsks { Shard = ShardOf("other", run), ShortestFrom = { -1, -1 }, Reads = { false, false } } } };
            cluster.Say("other", m => m.Built = built);
        }

        Dictionary<string, long> mentioned = new() { ["slow"] = cluster.Now, ["other"] = cluster.Now };
        cluster.Pass(NodeLogic.OrphanAfter / 2, (node, message) =>
        {
            Assert.Equal(epoch, message.Build?.Epoch);
            mentioned[node] = cluster.Now;
        });
        Assert.All(mentioned.Values, at => Assert.InRange(cluster.Now - at, 0, 2000));
        Assert.Equal((RunState.Building, 1), (cluster.View(run).State, cluster.View(run).Epoch));
    }

    [Fact]
    public void A_failure_that_was_lost_on_its_way_is_asked_for_again()
    {
        ScriptedNode node = cluster.Add("a");
        long run = cluster.Submit("one", shards: 1);
        RunEpoch epoch = new() { Run = run, Epoch = 1 };
        cluster.Say("a", m => m.Built = new ShardsBuilt { Epoch = epoch, Shards = { new ShardAsks { ShortestFrom = { -1 }, Reads = { false } } } });
        node.Has.Add(new HostedStatus { Epoch = epoch, Phase = HostedPhase.Failed, WaitsFor = -1 });
        bool asked = false;
        cluster.Pass(5000, (_, message) => asked |= message.Build is not null);
        Assert.True(asked, "the node was not asked what went wrong");
    }

    [Fact]
    public void A_coordinator_that_stood_still_blames_no_node()
    {
        cluster.Add("a").Has.Add(new HostedStatus { Epoch = new RunEpoch { Run = 1, Epoch = 1 }, Phase = HostedPhase.Building, WaitsFor = -1 });
        long run = cluster.Submit("one");
        cluster.Pass(2000);
        cluster.StandStill(60_000);
        cluster.Pass(3000);
        Assert.Equal((RunState.Building, 1), (cluster.View(run).State, cluster.View(run).Epoch));

        cluster.Silence();
        cluster.StandStill(60_000);
        cluster.Pass(6000);
        Assert.Equal("begins again from step 0: node a was lost", cluster.View(run).Reason);
    }

    private int ShardOf(string node, long run) =>
        cluster.Store.Records.Select(r => r.Begun).Last(b => b?.Epoch.Run == run).Peers.Single(p => p.Node == node).FirstShard;
}

using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using Xunit;

namespace BrainSim.Tests.Coordinator.Cluster;

/// <summary>Which run goes next, and what the others are told.</summary>
public sealed class SchedulingTests
{
    private readonly ScriptedCluster cluster = new();

    [Fact]
    public void A_run_that_no_memory_here_can_ever_hold_says_so_and_lets_others_pass()
    {
        cluster.Add("a", bytes: 1000);
        long large = cluster.Submit("large", need: Need(bytes: 5000)), small = cluster.Submit("small");
        Assert.Contains("waits for memory: it needs some", cluster.View(large).Reason, StringComparison.Ordinal);
        Assert.EndsWith("even when nothing else runs: start more nodes, or ask for fewer shards", cluster.View(large).Reason, StringComparison.Ordinal);
        Assert.Equal(RunState.Building, cluster.View(small).State);
    }

    [Fact]
    public void A_run_that_waits_for_memory_which_others_will_give_back_is_not_overtaken()
    {
        cluster.Add("a", bytes: 1000);
        long first = cluster.Submit("first", shards: 1, need: Need(bytes: 600)), second = cluster.Submit("second", shards: 1, need: Need(bytes: 600));
        long third = cluster.Submit("third", shards: 1, need: Need(bytes: 100));
        Assert.Equal(RunState.Building, cluster.View(first).State);
        Assert.Equal("waits for memory: it needs some 0 GB in 1 equal shard, the nodes have 0 GB free", cluster.View(second).Reason);
        Assert.Equal($"waits behind run {second}", cluster.View(third).Reason);
    }

    [Fact]
    public void A_run_of_little_work_is_split_where_no_node_alone_has_the_memory()
    {
        cluster.Add("a", bytes: 1000);
        cluster.Add("b", bytes: 1000);
        long run = cluster.Submit("wide", need: Need(bytes: 1600));
        Assert.Equal(["a", "b"], cluster.View(run).Nodes.Select(n => n.Node).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_run_that_is_tried_again_soon_keeps_its_turn()
    {
        cluster.Add("a", slots: 1);
        long first = cluster.Submit("first", shards: 1, priority: 1), second = cluster.Submit("second", shards: 1);
        cluster.Fail("a", first, FailureCause.Infrastructure, "no room");
        cluster.Logic.Tick(cluster.Now);
        Assert.Equal("begins again from step 0: node a: no room", cluster.View(first).Reason);
        Assert.Equal($"waits behind run {first}", cluster.View(second).Reason);
        cluster.Pass(1000);
        Assert.Equal((RunState.Building, RunState.Queued), (cluster.View(first).State, cluster.View(second).State));
    }

    [Fact]
    public void Nodes_of_another_version_get_no_shards()
    {
        cluster.Add("old", version: "1");
        long run = cluster.Submit("one");
        Assert.Equal("waits for a node: none is there; 1 of the nodes there get no shards, being of another version than 2", cluster.View(run).Reason);
        cluster.Add("new");
        Assert.Equal(["new"], cluster.View(run).Nodes.Select(n => n.Node));
    }

    [Fact]
    public void A_mistake_that_a_node_finds_names_the_users_file()
    {
        string hash = new('a', 64);
        cluster.Add("a");
        long run = cluster.Submit("one", network: new NetworkReference { Main = "nets/mine.yaml", Files = { new NamedBlob { Path = "nets/mine.yaml", Sha256 = hash } } });
        cluster.Fail("a", run, FailureCause.UserMistake, $"/somewhere/brainsim-node-x1/{hash}:3:7: populations.E: 'V' of '/somewhere/brainsim-node-x1/{hash}' does not fit.");
        Assert.Equal("nets/mine.yaml:3:7: populations.E: 'V' of 'nets/mine.yaml' does not fit.", cluster.View(run).End!.Message);
    }

    [Fact]
    public void What_is_committed_stays_done_while_a_later_epoch_builds()
    {
        ScriptedNode node = cluster.Add("a", slots: 1);
        long run = cluster.Submit("one", shards: 1, need: new RunNeed { Steps = 1_000_000, OperationsPerStep = 1_000_000 });
        RunEpoch epoch = new() { Run = run, Epoch = 1 };
        cluster.Say("a", m => m.Built = new ShardsBuilt { Epoch = epoch, Shards = { new ShardAsks { ShortestFrom = { -1 }, Reads = { false } } } });
        node.Has.Add(new HostedStatus { Epoch = epoch, Phase = HostedPhase.Open, WaitsFor = -1 });
        cluster.Pass(1000);
        long limit = cluster.Store.Records.Select(r => r.Begun).Last(b => b is not null).Limits[0];
        cluster.Logic.Hear(new PartKept { Key = new PartKey { Epoch = epoch, Step = limit, IsRecorded = true } }, cluster.Now);
        cluster.Logic.Hear(new PartKept { Key = new PartKey { Epoch = epoch, Step = limit } }, cluster.Now);
        Assert.Equal(limit, cluster.View(run).Committed);
        cluster.Fail("a", run, FailureCause.Infrastructure, "no room");
        node.Has.Clear();
        cluster.Pass(2000);
        Assert.Equal((RunState.Building, 2, limit), (cluster.View(run).State, cluster.View(run).Epoch, cluster.View(run).Step));
    }

    [Fact]
    public void A_run_that_is_too_large_for_the_nodes_is_looked_at_again_when_there_are_others()
    {
        cluster.Add("a", slots: 2);
        long wide = cluster.Submit("wide", shards: 4), first = cluster.Submit("first", shards: 2), second = cluster.Submit("second", shards: 1, priority: 1);
        const string tooFew = "waits for 4 free slots; 2 are free, even when nothing else runs: start more nodes, or ask for fewer shards";
        Assert.Equal($"waits behind run {second}", cluster.View(wide).Reason);
        Assert.True(cluster.Logic.Cancel(second));
        cluster.Pass(1000);
        Assert.Equal(tooFew, cluster.View(wide).Reason);
        Assert.True(cluster.Logic.Cancel(first));
        cluster.Add("b", slots: 2);
        Assert.Equal(["a", "b"], cluster.View(wide).Nodes.Select(n => n.Node));
    }

    /// <summary>What is allocated counts the work: twice the runs are twice of it, and none is worked out anew while the nodes stay as they are.</summary>
    [Fact]
    public void Runs_that_no_node_can_ever_hold_cost_little_and_no_more_each_the_more_there_are()
    {
        OneTick(10);
        long some = OneTick(500), twice = OneTick(1000);
        Assert.InRange(twice, 1, 3 * some);
        Assert.InRange(twice / 1000, 0, 500);
    }

    private static long OneTick(int runs)
    {
        ScriptedCluster many = new();
        Array.ForEach(["a", "b", "c"], name => many.Add(name, slots: 4));
        for (int run = 0; run < runs; run++)
        {
            many.Submit($"{run}", shards: 64);
        }

        many.Logic.Tick(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        many.Logic.Tick(0);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static RunNeed Need(long bytes) => new() { Steps = 100, OperationsPerStep = 10, MemoryBytes = bytes };
}

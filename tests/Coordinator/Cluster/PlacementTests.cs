using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using Xunit;

namespace BrainSim.Tests.Coordinator.Cluster;

public sealed class PlacementTests
{
    private static readonly HashSet<(string, string)> None = [];

    private static Offer Node(string name, int slots, long bytes = 1000, double speed = 0) => new(name, $"{name}:1", slots, bytes, speed);

    [Fact]
    public void Shards_go_to_as_few_nodes_as_will_do_in_rows()
    {
        (IReadOnlyList<Peer> peers, string? reason) = Placement.Of([Node("a", 1), Node("b", 3), Node("c", 2)], wanted: 4, worth: 1, bytes: 0, None);
        Assert.Null(reason);
        Assert.Equal([("b", 0, 3), ("c", 3, 1)], peers.Select(p => (p.Node, p.FirstShard, p.Shards)));
    }

    [Fact]
    public void Faster_nodes_come_first() =>
        Assert.Equal(["fast"], Placement.Of([Node("big", 8, speed: 1), Node("fast", 2, speed: 2)], 2, 1, 0, None).Peers.Select(p => p.Node));

    [Fact]
    public void A_run_takes_the_shards_that_it_is_worth_and_no_more_than_there_are()
    {
        Assert.Equal(2, Placement.Of([Node("a", 4)], 0, worth: 2, 0, None).Peers.Sum(p => p.Shards));
        Assert.Equal(4, Placement.Of([Node("a", 4)], 0, worth: 9, 0, None).Peers.Sum(p => p.Shards));
    }

    [Fact]
    public void A_node_takes_no_more_than_fits_its_memory()
    {
        (IReadOnlyList<Peer> peers, _) = Placement.Of([Node("a", 4, bytes: 50), Node("b", 4, bytes: 50)], 4, 1, bytes: 100, None);
        Assert.Equal([2, 2], peers.Select(p => p.Shards));
        Assert.Contains("waits for memory", Placement.Of([Node("a", 4, bytes: 50), Node("b", 4, bytes: 49)], 4, 1, bytes: 100, None).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_gets_more_shards_than_it_is_worth_where_memory_asks_for_it_unless_the_user_names_their_number()
    {
        Offer[] two = [Node("a", 4, bytes: 50), Node("b", 4, bytes: 50)];
        Assert.Equal(2, Placement.Of(two, 0, worth: 1, bytes: 75, None).Peers.Sum(p => p.Shards));
        Assert.Contains("it needs some", Placement.Of(two, 1, worth: 1, bytes: 75, None).Reason, StringComparison.Ordinal);
    }

    /// <summary>Four quarters do not fit, three thirds do.</summary>
    [Fact]
    public void A_run_gets_fewer_shards_than_it_is_worth_where_slots_lie_without_memory() =>
        Assert.Equal([("b", 2), ("a", 1)], Placement.Of([Node("a", 1, bytes: 100), Node("b", 3, bytes: 100)], 0, worth: 5, bytes: 150, None).Peers.Select(p => (p.Node, p.Shards)));

    [Fact]
    public void Nodes_that_cannot_talk_to_each_other_are_kept_apart_where_that_is_possible()
    {
        HashSet<(string, string)> broken = [("b", "a")];
        Assert.Equal(["a", "c"], Placement.Of([Node("a", 1), Node("b", 1), Node("c", 1)], 2, 1, 0, broken).Peers.Select(p => p.Node));
        Assert.Equal(["a", "b"], Placement.Of([Node("a", 1), Node("b", 1)], 2, 1, 0, broken).Peers.Select(p => p.Node));
        Assert.Equal(["a"], Placement.Of([Node("a", 1), Node("b", 1)], 0, 2, 0, broken).Peers.Select(p => p.Node));
    }

    /// <summary>The numbers are nodes' own: as large as they may say, and larger.</summary>
    [Theory]
    [InlineData(Messages.MostSlots)]
    [InlineData(int.MaxValue)]
    public void Slots_beyond_count_and_no_memory_are_a_reason_to_wait(int slots)
    {
        Offer[] many = [.. Enumerable.Range(0, 200).Select(n => Node($"{n}", slots, bytes: n == 0 ? 1000 : 0))];
        Assert.Contains("waits for memory", Placement.Of(many, 0, worth: 1, bytes: 1001, None).Reason, StringComparison.Ordinal);
        Assert.Equal(200, Placement.Of(many, 200, worth: 1, bytes: 1000, None).Peers.Sum(p => p.Shards));
    }

    [Fact]
    public void Many_shards_for_want_of_memory_are_found_in_few_tries() =>
        Assert.InRange(Placement.Of([Node("a", 1, bytes: 2), Node("b", 100_000, bytes: 2000)], 0, worth: 1, bytes: 2001, None).Peers.Sum(p => p.Shards), 1001, 1020);

    [Fact]
    public void Too_few_slots_are_a_reason_to_wait()
    {
        Assert.Contains("none is there", Placement.Of([], 1, 1, 0, None).Reason, StringComparison.Ordinal);
        Assert.Contains("waits for 3 free slots; 2 are free", Placement.Of([Node("a", 2)], 3, 1, 0, None).Reason, StringComparison.Ordinal);
        Assert.Contains("waits for 1 free slot; 0 are free", Placement.Of([Node("a", 0)], 0, 4, 0, None).Reason, StringComparison.Ordinal);
    }
}

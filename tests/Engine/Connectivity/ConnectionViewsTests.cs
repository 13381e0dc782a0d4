using BrainSim.Engine.Connectivity;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Connectivity;

public class ConnectionViewsTests
{
    /// <summary>All structures of one small list of pairs, as BrainPy 1.0.2 gives them (case m003_connect_deterministic, structures).</summary>
    [Fact]
    public void ViewsAsAnotherSimulatorHasThem()
    {
        ConnectionViews views = new([2, 0, 1, 0, 3, 2, 0], [1, 2, 0, 0, 1, 2, 1], 4, 3);
        Assert.Equal(new[,] { { true, true, true }, { true, false, false }, { false, true, true }, { false, true, false } }, views.Matrix());
        Assert.Equal([[2, 0, 1], [0], [1, 2], [1]], views.PreToPost());
        Assert.Equal([[1, 0], [2, 3, 0], [0, 2]], views.PostToPre());
        Assert.Equal([[1, 3, 6], [2], [0, 5], [4]], views.PreToSynapses());
        Assert.Equal([[2, 3], [0, 4, 6], [1, 5]], views.PostToSynapses());
        (ConnectionViews byPre, (int, int)[] preSlices) = views.PreSlices();
        Assert.Equal([(0, 3), (3, 4), (4, 6), (6, 7)], preSlices);
        Assert.Equal([(0, 2), (0, 0), (0, 1), (1, 0), (2, 1), (2, 2), (3, 1)], Pairs(byPre));
        (ConnectionViews byPost, (int, int)[] postSlices) = views.PostSlices();
        Assert.Equal([(0, 2), (2, 5), (5, 7)], postSlices);
        Assert.Equal([(1, 0), (0, 0), (2, 1), (3, 1), (0, 1), (0, 2), (2, 2)], Pairs(byPost));
    }

    [Fact]
    public void NeuronsWithoutSynapsesHaveEmptyListsAndSlices()
    {
        ConnectionViews views = new([0, 1, 2], [0, 0, 0], 5, 3);
        Assert.Equal([[0], [0], [0], [], []], views.PreToPost());
        Assert.Equal([(0, 3), (3, 3), (3, 3)], views.PostSlices().Slices);
    }

    /// <summary>From each structure back to the pairs, for what some rules make: as sets, and in the order that the structure keeps.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void EveryStructureLeadsBack(ulong seed)
    {
        using SourceLists lists = SourceLists.Of(new FixedProbability(0.2), 30, 20, false, new Partition(0, 20), seed, "a");
        ConnectionViews views = ConnectionViews.Of(lists, 30, 20);
        Assert.Equal(lists.Count, views.Count);
        (ConnectionViews byPre, (int Start, int End)[] slices) = views.PreSlices();
        Assert.Equal(Pairs(byPre), Pairs(ConnectionViews.OfMatrix(views.Matrix())));
        Assert.Equal(Pairs(byPre), Pairs(ConnectionViews.OfPreToPost(views.PreToPost(), 20)));
        Assert.Equal(Pairs(views), Pairs(ConnectionViews.OfPostToPre(views.PostToPre(), 30)));
        Assert.Equal(Pairs(views), Pairs(byPre.PostSlices().Sorted));
        Assert.Equal(views.PreToPost(), slices.Select(slice => byPre.PostIds[slice.Start..slice.End].ToArray()));
        Assert.Equal(views.PostToPre(), views.PostToSynapses().Select(synapses => Array.ConvertAll(synapses, s => views.PreIds[s])));
        Assert.Equal((30, 20), (byPre.PreSize, byPre.PostSize));
    }

    [Fact]
    public void SlicesOfTargetsKeepTheirPairs()
    {
        using SourceLists lists = SourceLists.Of(new OneToOne(), 9, 9, false, new Partition(4, 7), 1, "a");
        Assert.Equal([(4, 4), (5, 5), (6, 6)], Pairs(ConnectionViews.Of(lists, 9, 9)));
    }

    [Fact]
    public void WhatAreNoPairsIsRefused()
    {
        Assert.Contains("2 sources and 1 targets are no pairs", Assert.Throws<ArgumentException>(() => new ConnectionViews([0, 1], [0], 2, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("item 1 is 2; ids are 0 to 1", Assert.Throws<ArgumentException>(() => new ConnectionViews([0, 0], [0, 2], 2, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("item 0 is -1", Assert.Throws<ArgumentException>(() => new ConnectionViews([-1], [0], 2, 2)).Message, StringComparison.Ordinal);
    }

    private static (int Pre, int Post)[] Pairs(ConnectionViews views) => [.. views.PreIds.ToArray().Zip(views.PostIds.ToArray())];
}

using BrainSim.Engine.Connectivity;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Connectivity;

public class SynapseTableTests
{
    [Theory]
    [InlineData(50, false)]
    [InlineData(50, true)]
    [InlineData(65536, true)]
    [InlineData(65537, true)]
    public void IsTheTransposeOfTheLists(int targets, bool delays)
    {
        using SourceLists lists = SourceLists.Of(new FixedProbability(0.05), 20, 100 + targets, false, new Partition(100, 100 + targets), 1, "a");
        AssertTranspose(lists, 20, delays ? Delays(lists.Count) : null);
    }

    [Fact]
    public void SynapsesOfOnePairKeepTheListsOrder()
    {
        Pairs pairs = new([2, 0, 2, 2, 2], [1, 1, 1, 0, 1], null, null);
        using SourceLists lists = SourceLists.Of(pairs, 3, 2, false, new Partition(0, 2), 1, "a");
        AssertTranspose(lists, 3, [4, 9, 4, 3, 3]);
    }

    [Fact]
    public void NarrowTargetsAreUsedWhereTheyFit()
    {
        foreach ((int targets, bool narrow) in new[] { (65536, true), (65537, false) })
        {
            using SourceLists lists = SourceLists.Of(new AllToAll(), 1, targets, false, new Partition(0, targets), 1, "a");
            using SynapseTable table = SynapseTable.Of(lists, 1, 0, null);
            Assert.Equal((narrow, !narrow), (table.Targets16 is not null, table.Targets32 is not null));
            Assert.Equal(targets - 1, table.Target(targets - 1));
        }
    }

    [Fact]
    public void KnowsItsShortestAndLongestDelay()
    {
        using SourceLists lists = SourceLists.Of(new AllToAll(), 2, 2, false, new Partition(0, 2), 1, "a");
        using SynapseTable table = SynapseTable.Of(lists, 2, 0, [7, 3, 65535, 5]);
        Assert.Equal((3, 65535), (table.ShortestDelay, table.LongestDelay));
        using SynapseTable same = SynapseTable.Of(lists, 2, 6, null);
        Assert.Equal((6, 6), (same.ShortestDelay, same.LongestDelay));
        Assert.Null(same.Delays);
    }

    private static ushort[] Delays(long count) => [.. Enumerable.Range(0, (int)count).Select(s => (ushort)(s * 7919 % 5))];

    /// <summary>What the table must hold, by definition: the lists' synapses, sorted by source, delay, target and place in the list.</summary>
    private static void AssertTranspose(SourceLists lists, int preSize, ushort[]? delays)
    {
        using SynapseTable table = SynapseTable.Of(lists, preSize, 2, delays);
        (int Source, int Delay, int Target, long Place)[] expected = [.. Enumerable.Range(0, lists.Targets.Count)
            .SelectMany(j => Range(lists.Starts[j], lists.Starts[j + 1]).Select(s => (lists.Sources[s], delays is null ? 2 : (int)delays[s], j, s))).Order()];
        (int, int, int, long)[] actual = [.. Enumerable.Range(0, preSize)
            .SelectMany(row => Range(table.RowStart[row], table.RowStart[row + 1]).Select(s => (row, (int?)table.Delays?[s] ?? 2, table.Target(s), table.Origin![s])))];
        Assert.Equal(expected, actual);
        Assert.Equal(lists.Count, table.Count);
    }

    private static IEnumerable<long> Range(long from, long to)
    {
        for (long s = from; s < to; s++)
        {
            yield return s;
        }
    }
}

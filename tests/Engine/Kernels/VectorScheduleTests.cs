using BrainSim.Engine.Kernels.Cpu;
using Xunit;

namespace BrainSim.Tests.Engine.Kernels;

public class VectorScheduleTests
{
    private const int Copies = 2;

    /// <summary>Operands come first, each value comes once, and a value's place is free exactly after its last use; what is stored keeps its place.</summary>
    [Theory]
    [InlineData(1, 300)]
    [InlineData(2, 300)]
    [InlineData(3, 2000)]
    public void EveryValueComesOnceAndAfterItsOperands(int seed, int size)
    {
        VectorGraph graph = Random(seed, size);
        int[] uses = graph.CountUses();
        IReadOnlyList<ScheduledValue> order = VectorSchedule.Of(graph, Copies);
        Assert.Equal(Copies * graph.Nodes.Where((node, i) => uses[i] > 0 && VectorSchedule.IsValue(node.Op)).Count(), order.Count);
        HashSet<(int, int)> atHand = [];
        foreach (ScheduledValue next in order)
        {
            VectorNode node = graph[next.Value];
            Assert.All(new[] { node.A, node.B, node.C }.Where(o => o >= 0 && VectorSchedule.IsValue(graph[o].Op)), o => Assert.Contains((next.Copy, o), atHand));
            Assert.All(next.Ended, ended => Assert.True(atHand.Remove((next.Copy, ended))));
            Assert.True(atHand.Add((next.Copy, next.Value)));
        }

        Assert.Equal(
            Enumerable.Range(0, Copies).SelectMany(copy => graph.Stores.Select(s => (copy, s.Value)).Append((copy, graph.Spikes))).Distinct().Order(),
            atHand.Order());
    }

    /// <summary>Two chains that do not need each other are written side by side, not one after the other.</summary>
    [Fact]
    public void IndependentChainsAlternate()
    {
        VectorGraph graph = new();
        for (int chain = 0; chain < 2; chain++)
        {
            int value = graph.Add(new VectorNode(VectorOp.Load, Slot: chain));
            for (int link = 0; link < 20; link++)
            {
                value = graph.Add(new VectorNode(VectorOp.Multiply, value, value));
            }

            graph.Stores.Add((chain, value));
        }

        int[] places = [.. VectorSchedule.Of(graph, copies: 1).Select((next, place) => (next.Value, place)).Where(p => p.Value <= 20).Select(p => p.place)];
        Assert.All(places.Zip(places.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, 3));
        Assert.InRange(places[^1], 38, 41);
    }

    private static VectorGraph Random(int seed, int size)
    {
        Random random = new(seed);
        VectorGraph graph = new();
        List<int> values = [.. Enumerable.Range(0, 4).Select(c => graph.Add(new VectorNode(VectorOp.Load, Slot: c))), graph.Add(new VectorNode(VectorOp.Uniform, Slot: 0))];
        VectorOp[] ops = [VectorOp.Add, VectorOp.Multiply, VectorOp.Divide, VectorOp.MultiplyAdd, VectorOp.Less];
        while (values.Count < size)
        {
            VectorOp op = ops[random.Next(ops.Length)];
            values.Add(graph.Add(new VectorNode(op, Recent(), Recent(), op == VectorOp.MultiplyAdd ? Recent() : -1)));
        }

        graph.Stores.AddRange([(0, values[^1]), (1, values[^2]), (2, 0)]);
        graph.Spikes = values[^3];
        return graph;

        int Recent() => values[Math.Max(0, values.Count - 1 - random.Next(30))];
    }
}

using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary>
/// Undirected <c>small_world</c>: first the nearest edges of all neurons, then the next ones, each may lose its far end to a neuron drawn uniformly from those that
/// are not joined yet. Source: Watts and Strogatz 1998, Nature 393:440, methods of figure 1.
/// </summary>
/// <remarks>What is free depends on all edges before, so every shard makes the whole graph: size·neighbours/2 edges, some 40 bytes each while the shard is built.</remarks>
public sealed class SmallWorldGraph
{
    private readonly SmallWorld ring;
    private readonly int size;
    private readonly KeyedRandom key;
    private readonly HashSet<long> joined = [];
    private readonly int[] degrees;

    private SmallWorldGraph(SmallWorld ring, int size, KeyedRandom key)
    {
        (this.ring, this.size, this.key) = (ring, size, key);
        degrees = new int[size];
        for (int step = 1; step <= ring.EachSide; step++)
        {
            for (int from = 0; from < size; from++)
            {
                Join(from, (from + step) % size);
            }
        }
    }

    /// <summary>Each edge once.</summary>
    public static IEnumerable<(int Source, int Target)> Edges(SmallWorld ring, int size, KeyedRandom key)
    {
        SmallWorldGraph graph = new(ring, size, key);
        for (int step = 1; step <= ring.EachSide; step++)
        {
            for (int from = 0; from < size; from++)
            {
                yield return (from, graph.FarEnd(from, step));
            }
        }
    }

    /// <summary>The far end of an edge of the ring, after it was perhaps put elsewhere.</summary>
    private int FarEnd(int from, int step)
    {
        int old = (from + step) % size;
        KeyedStream stream = key.Stream((uint)from, step);
        int free = size - degrees[from] - (ring.IncludeSelf ? 0 : 1);
        if (stream.NextUnit() >= ring.Rewired || free <= 0)
        {
            return old;
        }

        int drawn;
        do
        {
            drawn = (int)(stream.NextUnit() * size);
        }
        while (joined.Contains(Edge(from, drawn)) || (drawn == from && !ring.IncludeSelf));
        joined.Remove(Edge(from, old));
        degrees[from]--;
        degrees[old]--;
        Join(from, drawn);
        return drawn;
    }

    private void Join(int from, int to)
    {
        joined.Add(Edge(from, to));
        degrees[from]++;
        degrees[to] += from == to ? 0 : 1;
    }

    private long Edge(int from, int to) => ((long)Math.Min(from, to) * size) + Math.Max(from, to);
}

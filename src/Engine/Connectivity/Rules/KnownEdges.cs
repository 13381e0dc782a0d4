using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary>A rule that is known edge by edge, not target by target: goes through all edges once and keeps those onto its own targets, in the order in which they come.</summary>
/// <remarks>Every shard goes through all edges of the projection, so that this part of the build does not get shorter with more shards; what is kept does.</remarks>
public sealed class KnownEdges : SourceRule
{
    private readonly Partition targets;
    private readonly long[] starts;
    private readonly int[] sources;

    /// <param name="bothWays">An edge is also one from its target to its source; one from a neuron to itself is so once.</param>
    public KnownEdges(IEnumerable<(int Source, int Target)> edges, bool bothWays, Partition targets)
    {
        this.targets = targets;
        starts = new long[targets.Count + 1];
        using NativeArray<int> from = new(0);
        using NativeArray<int> to = new(0);
        foreach ((int source, int target) in edges)
        {
            Keep(source, target, from, to);
            if (bothWays && source != target)
            {
                Keep(target, source, from, to);
            }
        }

        sources = Sorted(from, to);
    }

    public override void AddSources(int target, int excluded, NativeArray<int> sources)
    {
        int j = target - targets.From;
        for (long s = starts[j]; s < starts[j + 1]; s++)
        {
            if (this.sources[s] != excluded)
            {
                sources.Add(this.sources[s]);
            }
        }
    }

    private void Keep(int source, int target, NativeArray<int> from, NativeArray<int> to)
    {
        if (targets.Holds(target))
        {
            from.Add(source);
            to.Add(target - targets.From);
            starts[target - targets.From + 1]++;
        }
    }

    /// <summary>A counting sort by target.</summary>
    private int[] Sorted(NativeArray<int> from, NativeArray<int> to)
    {
        for (int j = 0; j < targets.Count; j++)
        {
            starts[j + 1] += starts[j];
        }

        int[] sorted = new int[from.Length];
        long[] next = starts[..^1];
        for (long k = 0; k < sorted.Length; k++)
        {
            sorted[next[to[k]]++] = from[k];
        }

        return sorted;
    }
}

using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary><c>pairs</c>: what a list says, in the list's order. Keeps the pairs of its targets.</summary>
public sealed class ListedSources : SourceRule
{
    private readonly Pairs pairs;
    private readonly Partition targets;
    private readonly long[] starts;
    private readonly int[] indices;

    /// <summary>A counting sort of the list by target keeps the list's order within each target.</summary>
    public ListedSources(Pairs pairs, Partition targets)
    {
        (this.pairs, this.targets) = (pairs, targets);
        starts = new long[targets.Count + 1];
        foreach (int target in pairs.Post.Where(targets.Holds))
        {
            starts[target - targets.From + 1]++;
        }

        for (int j = 0; j < targets.Count; j++)
        {
            starts[j + 1] += starts[j];
        }

        indices = new int[starts[^1]];
        long[] next = starts[..^1];
        for (int k = 0; k < pairs.Post.Length; k++)
        {
            if (targets.Holds(pairs.Post[k]))
            {
                indices[next[pairs.Post[k] - targets.From]++] = k;
            }
        }
    }

    public override void AddSources(int target, int excluded, NativeArray<int> sources)
    {
        foreach (int index in IndicesOf(target, excluded))
        {
            sources.Add(pairs.Pre[index]);
        }
    }

    /// <summary>The place in the list of each of the target's synapses.</summary>
    public IEnumerable<int> IndicesOf(int target, int excluded)
    {
        int j = target - targets.From;
        return new ArraySegment<int>(indices, (int)starts[j], (int)(starts[j + 1] - starts[j])).Where(index => pairs.Pre[index] != excluded);
    }
}

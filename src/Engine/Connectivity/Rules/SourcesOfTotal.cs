using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary>
/// <c>fixed_total_num</c>: exactly so many synapses, each with a source and a target drawn uniformly and independently. Sources stay in the order drawn.
/// </summary>
/// <remarks>
/// The in-degrees are multinomial. A binary tree over all target ids halves the count from the root down, each node by a binomial draw keyed by the
/// node's ids, so whoever needs some targets follows only the branches that lead to them and finds what everyone else finds.
/// </remarks>
public sealed class SourcesOfTotal : SourceRule
{
    private readonly int preSize;
    private readonly Partition targets;
    private readonly KeyedRandom key;
    private readonly PhiloxKeys keys;
    private readonly long[] inDegrees;

    public SourcesOfTotal(long total, int preSize, int postSize, Partition targets, KeyedRandom key)
    {
        (this.preSize, this.targets, this.key) = (preSize, targets, key);
        keys = new PhiloxKeys(key);
        inDegrees = new long[targets.Count];
        Share(total, new Partition(0, postSize));
    }

    public override void AddSources(int target, int excluded, NativeArray<int> sources)
    {
        new UniformSource(preSize, excluded).Draw(keys, target, inDegrees[target - targets.From], sources);
    }

    /// <summary>Deals synapses out to the targets of one branch; at most 27 levels deep, which halve 10^8 targets to one.</summary>
    private void Share(long count, Partition branch)
    {
        if (count == 0 || branch.To <= targets.From || branch.From >= targets.To)
        {
            return;
        }

        if (branch.Count == 1)
        {
            inDegrees[branch.From - targets.From] = count;
            return;
        }

        // A negative step: never that of a target, whose id is the step of its sources' streams.
        KeyedStream stream = key.Stream((uint)branch.From, -branch.Count);
        int middle = branch.From + (branch.Count / 2);
        long left = Distributions.Binomial(ref stream, count, (middle - branch.From) / (double)branch.Count);
        Share(left, new Partition(branch.From, middle));
        Share(count - left, new Partition(middle, branch.To));
    }
}

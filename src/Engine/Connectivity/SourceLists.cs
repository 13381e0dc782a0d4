using BrainSim.Engine.Connectivity.Rules;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity;

/// <summary>The synapses onto some targets: for each target its sources in the rule's order. A pure function of rule, seed and ids.</summary>
public sealed class SourceLists : IDisposable
{
    private SourceLists(Partition targets)
    {
        Targets = targets;
        Starts = new long[targets.Count + 1];
    }

    public Partition Targets { get; }

    /// <summary>Sources of the j-th target are items Starts[j] to Starts[j + 1].</summary>
    public long[] Starts { get; }

    public NativeArray<int> Sources { get; } = new(0);

    /// <summary>For listed pairs: the index of each synapse in the list, which keys its draws and finds its weight. Empty for other rules.</summary>
    public NativeArray<int> ListIndex { get; } = new(0);

    public long Count => Sources.Length;

    /// <param name="postSize">Neurons of the target population, of all shards.</param>
    /// <param name="purpose">Names the projection's draws.</param>
    public static SourceLists Of(ConnectRule rule, int preSize, int postSize, bool samePopulation, Partition targets, ulong seed, string purpose)
    {
        SourceLists lists = new(targets);
        bool withoutSelf = samePopulation && !rule.IncludeSelf;
        SourceRule sources = SourceRule.Of(rule, preSize, postSize, withoutSelf, targets, new KeyedRandom(rule.Seed ?? seed, KeyedRandom.Purpose(purpose)));
        for (int j = 0; j < targets.Count; j++)
        {
            int target = targets.From + j;
            int excluded = withoutSelf ? target : SourceRule.None;
            sources.AddSources(target, excluded, lists.Sources);
            lists.Starts[j + 1] = lists.Sources.Length;
            foreach (int index in (sources as ListedSources)?.IndicesOf(target, excluded) ?? [])
            {
                lists.ListIndex.Add(index);
            }
        }

        return lists;
    }

    public void Dispose()
    {
        Sources.Dispose();
        ListIndex.Dispose();
    }
}

using BrainSim.Engine.Connectivity.Rules;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity;

/// <summary>The synapses onto some targets: for each target its sources in the rule's order. A pure function of rule, seed and ids.</summary>
public sealed class SourceLists : IDisposable
{
    private readonly SourceRule rule;
    private readonly bool withoutSelf;
    private readonly Partition slice;

    /// <summary>Empty, before the first target.</summary>
    /// <param name="postSize">Neurons of the target population, of all shards.</param>
    /// <param name="slice">The targets that can be asked for.</param>
    /// <param name="purpose">Names the projection's draws.</param>
    public SourceLists(ConnectRule rule, int preSize, int postSize, bool samePopulation, Partition slice, ulong seed, string purpose)
    {
        withoutSelf = samePopulation && !rule.IncludeSelf;
        this.rule = SourceRule.Of(rule, preSize, postSize, withoutSelf, slice, new KeyedRandom(rule.Seed ?? seed, KeyedRandom.Purpose(purpose)));
        this.slice = slice;
        Starts = new long[slice.Count + 1];
        Rewind();
    }

    /// <summary>The targets whose sources are here.</summary>
    public Partition Targets { get; private set; }

    /// <summary>Sources of the j-th target are items Starts[j] to Starts[j + 1].</summary>
    public long[] Starts { get; }

    public NativeArray<int> Sources { get; } = new(0);

    /// <summary>For listed pairs: the index of each synapse in the list, which keys its draws and finds its weight. Empty for other rules.</summary>
    public NativeArray<int> ListIndex { get; } = new(0);

    public long Count => Sources.Length;

    /// <summary>Those of a projection, empty, before the first target.</summary>
    /// <param name="slice">The targets that can be asked for.</param>
    public static SourceLists Of(NetworkSpec network, ProjectionSpec projection, Partition slice) => new(
        projection.Connect, network.Populations[projection.Pre].Size, network.Populations[projection.Post].Size, projection.Pre == projection.Post,
        slice, network.Seed, $"projections.{projection.Name}.connect");

    /// <summary>The sources of all targets of the slice.</summary>
    public static SourceLists Of(ConnectRule rule, int preSize, int postSize, bool samePopulation, Partition slice, ulong seed, string purpose)
    {
        SourceLists lists = new(rule, preSize, postSize, samePopulation, slice, seed, purpose);
        lists.FillNext(long.MaxValue);
        return lists;
    }

    /// <summary>Back to before the first target.</summary>
    public void Rewind() => Targets = new Partition(slice.From, slice.From);

    /// <summary>Replaces what is here by the sources of the next targets.</summary>
    /// <param name="enough">Synapses at which to stop; at least one target is taken.</param>
    /// <returns>False where there are no more targets.</returns>
    public bool FillNext(long enough)
    {
        int from = Targets.To;
        int to = from;
        Sources.Clear();
        ListIndex.Clear();
        while (to < slice.To && (to == from || Count < enough))
        {
            int excluded = withoutSelf ? to : SourceRule.None;
            rule.AddSources(to, excluded, Sources);
            AddListIndices(to, excluded);
            to++;
            Starts[to - from] = Count;
        }

        Targets = new Partition(from, to);
        return to > from;
    }

    public void Dispose()
    {
        Sources.Dispose();
        ListIndex.Dispose();
    }

    private void AddListIndices(int target, int excluded)
    {
        if (rule is ListedSources listed)
        {
            foreach (int index in listed.IndicesOf(target, excluded))
            {
                ListIndex.Add(index);
            }
        }
    }
}

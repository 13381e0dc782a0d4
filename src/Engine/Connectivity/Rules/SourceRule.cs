using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary>A rule of connection: gives the sources of one target, a pure function of the rule, its key and the ids.</summary>
/// <remarks>It is asked target by target, so a shard builds exactly its own part, the same for every way of splitting.</remarks>
public abstract class SourceRule
{
    /// <summary>Stands for no neuron.</summary>
    public const int None = -1;

    /// <param name="preSize">Neurons of the source population.</param>
    /// <param name="postSize">Neurons of the target population, of all shards.</param>
    /// <param name="withoutSelf">No neuron is its own source; <see cref="AddSources"/> will be told so too.</param>
    /// <param name="targets">Those that the rule will be asked for.</param>
    public static SourceRule Of(ConnectRule rule, int preSize, int postSize, bool withoutSelf, Partition targets, KeyedRandom key) => rule switch
    {
        Pairs pairs => new ListedSources(pairs, targets),
        FixedProbability fixedProbability => new IndependentSources(fixedProbability.Probability, preSize, key),
        FixedTotalNumber total => new SourcesOfTotal(total.Count, preSize, postSize, targets, key),
        FixedPreNumber { Multapses: true } number => new RepeatedSources(number.Count, preSize, key),
        FixedPreNumber number => new DistinctSources(number.Count, preSize, key),
        FixedPostNumber number => new KnownEdges(OutgoingEdges.Of(new DistinctSources(number.Count, postSize, key), preSize, withoutSelf), false, targets),
        SmallWorld { Directed: true } ring => new KnownEdges(OutgoingEdges.Of(new RewiredNeighbours(ring, preSize, key), preSize, withoutSelf), false, targets),
        SmallWorld ring => new KnownEdges(SmallWorldGraph.Edges(ring, preSize, key), true, targets),
        GrownGraph graph => new KnownEdges(GraphGrowth.Edges(graph, preSize, key), !graph.Directed, targets),
        GridNeighbours neighbours => new NeighbouringSources(neighbours),
        GaussianProbability gaussian => new GaussianSources(gaussian, key),
        GaussianWeights bells => new WeightedSources(bells),
        OneToOne => new SameSource(),
        _ => new EverySource(preSize),
    };

    /// <summary>Appends the target's sources in canonical order.</summary>
    /// <param name="excluded">A source that must not be among them, or <see cref="None"/>.</param>
    public abstract void AddSources(int target, int excluded, NativeArray<int> sources);
}

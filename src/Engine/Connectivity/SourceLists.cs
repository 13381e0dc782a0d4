using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity;

/// <summary>The synapses onto some targets: for each target its sources in canonical order. A pure function of rule, seed and ids.</summary>
/// <remarks>A rule is asked target by target, so a shard builds exactly its own part, the same for every way of splitting.</remarks>
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

    /// <param name="purpose">Names the projection's draws.</param>
    public static SourceLists Of(ConnectRule rule, int preSize, bool samePopulation, Partition targets, ulong seed, string purpose)
    {
        SourceLists lists = new(targets);
        KeyedRandom key = new(rule.Seed ?? seed, KeyedRandom.Purpose(purpose));
        switch (rule)
        {
            case Pairs pairs:
                lists.AddPairs(pairs);
                break;
            case FixedProbability fixedProbability:
                lists.ForEachTarget(target => lists.AddWithProbability(fixedProbability.Probability, preSize, key.Stream((uint)target, 0)));
                break;
            case OneToOne:
                lists.ForEachTarget(lists.Sources.Add);
                break;
            default:
                lists.ForEachTarget(_ => lists.AddAll(preSize));
                break;
        }

        return samePopulation && !rule.IncludeSelf ? lists.WithoutSelf() : lists;
    }

    public void Dispose()
    {
        Sources.Dispose();
        ListIndex.Dispose();
    }

    private void ForEachTarget(Action<int> add)
    {
        for (int j = 0; j < Targets.Count; j++)
        {
            add(Targets.From + j);
            Starts[j + 1] = Sources.Length;
        }
    }

    private void AddAll(int preSize)
    {
        for (int source = 0; source < preSize; source++)
        {
            Sources.Add(source);
        }
    }

    /// <summary>Gaps between connected sources are geometric: floor(ln u / ln(1 - p)). Fan, Muller and Rezucha 1962.</summary>
    private void AddWithProbability(double probability, int preSize, KeyedStream stream)
    {
        if (probability <= 0)
        {
            return;
        }

        if (probability >= 1)
        {
            AddAll(preSize);
            return;
        }

        double scale = 1 / Elementary.Log1p(-probability);
        for (double source = Gap(ref stream, scale); source < preSize; source += 1 + Gap(ref stream, scale))
        {
            Sources.Add((int)source);
        }
    }

    private static double Gap(ref KeyedStream stream, double scale) => Math.Floor(Elementary.Log(stream.NextOpen()) * scale);

    /// <summary>A counting sort of the list by target keeps the list's order within each target.</summary>
    private void AddPairs(Pairs pairs)
    {
        for (int k = 0; k < pairs.Post.Length; k++)
        {
            if (Targets.Holds(pairs.Post[k]))
            {
                Starts[pairs.Post[k] - Targets.From + 1]++;
            }
        }

        for (int j = 0; j < Targets.Count; j++)
        {
            Starts[j + 1] += Starts[j];
        }

        int[] sources = new int[Starts[^1]];
        int[] indices = new int[Starts[^1]];
        long[] next = Starts[..^1];
        for (int k = 0; k < pairs.Post.Length; k++)
        {
            if (Targets.Holds(pairs.Post[k]))
            {
                long place = next[pairs.Post[k] - Targets.From]++;
                sources[place] = pairs.Pre[k];
                indices[place] = k;
            }
        }

        Array.ForEach(sources, Sources.Add);
        Array.ForEach(indices, ListIndex.Add);
    }

    private SourceLists WithoutSelf()
    {
        SourceLists rest = new(Targets);
        for (int j = 0; j < Targets.Count; j++)
        {
            for (long s = Starts[j]; s < Starts[j + 1]; s++)
            {
                if (Sources[s] != Targets.From + j)
                {
                    rest.Sources.Add(Sources[s]);
                    if (ListIndex.Length > 0)
                    {
                        rest.ListIndex.Add(ListIndex[s]);
                    }
                }
            }

            rest.Starts[j + 1] = rest.Sources.Length;
        }

        Dispose();
        return rest;
    }
}

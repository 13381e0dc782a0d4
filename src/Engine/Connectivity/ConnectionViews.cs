namespace BrainSim.Engine.Connectivity;

/// <summary>
/// Synapses between two populations as pairs of ids, and the same seen as a matrix, as lists by neuron, or as slices: the structures conn_mat, pre_ids, post_ids,
/// pre2post, post2pre, pre2syn, post2syn, pre_slice and post_slice of BrainPy's manual, chapters 5, 6 and 16. Synapses are numbered in the order of the pairs. Immutable.
/// </summary>
/// <remarks>For looking at connections from a program: a simulation uses a <see cref="SynapseTable"/>.</remarks>
public sealed class ConnectionViews
{
    private readonly int[] preIds;
    private readonly int[] postIds;

    /// <exception cref="ArgumentException">The lists differ in length, or an id is none of its population.</exception>
    public ConnectionViews(ReadOnlySpan<int> preIds, ReadOnlySpan<int> postIds, int preSize, int postSize)
    {
        if (preIds.Length != postIds.Length)
        {
            throw new ArgumentException($"{preIds.Length} sources and {postIds.Length} targets are no pairs", nameof(postIds));
        }

        (this.preIds, this.postIds, PreSize, PostSize) = (preIds.ToArray(), postIds.ToArray(), preSize, postSize);
        Check(this.preIds, preSize, nameof(preIds));
        Check(this.postIds, postSize, nameof(postIds));
    }

    public int PreSize { get; }

    public int PostSize { get; }

    public int Count => preIds.Length;

    /// <summary>pre_ids: the source of each synapse.</summary>
    public ReadOnlySpan<int> PreIds => preIds;

    /// <summary>post_ids: the target of each synapse.</summary>
    public ReadOnlySpan<int> PostIds => postIds;

    /// <summary>mat2ij: the pairs of a matrix [source, target], row by row.</summary>
    public static ConnectionViews OfMatrix(bool[,] matrix)
    {
        List<int> pre = [];
        List<int> post = [];
        for (int i = 0; i < matrix.GetLength(0); i++)
        {
            for (int j = 0; j < matrix.GetLength(1); j++)
            {
                if (matrix[i, j])
                {
                    pre.Add(i);
                    post.Add(j);
                }
            }
        }

        return new ConnectionViews([.. pre], [.. post], matrix.GetLength(0), matrix.GetLength(1));
    }

    /// <summary>The pairs of lists of targets, one for each source; in the order of the sources.</summary>
    public static ConnectionViews OfPreToPost(IReadOnlyList<int[]> targets, int postSize) => new(Owners(targets), [.. targets.SelectMany(t => t)], targets.Count, postSize);

    /// <summary>The pairs of lists of sources, one for each target; in the order of the targets.</summary>
    public static ConnectionViews OfPostToPre(IReadOnlyList<int[]> sources, int preSize) => new([.. sources.SelectMany(s => s)], Owners(sources), preSize, sources.Count);

    /// <summary>The synapses of some targets as a rule made them; targets keep their ids.</summary>
    public static ConnectionViews Of(SourceLists lists, int preSize, int postSize)
    {
        int[] targets = new int[lists.Count];
        for (int j = 0; j < lists.Targets.Count; j++)
        {
            targets.AsSpan((int)lists.Starts[j]..(int)lists.Starts[j + 1]).Fill(lists.Targets.From + j);
        }

        return new ConnectionViews(lists.Sources.Span, targets, preSize, postSize);
    }

    /// <summary>conn_mat (ij2mat): [source, target]. Synapses that join the same neurons become one.</summary>
    public bool[,] Matrix()
    {
        bool[,] matrix = new bool[PreSize, PostSize];
        for (int s = 0; s < Count; s++)
        {
            matrix[preIds[s], postIds[s]] = true;
        }

        return matrix;
    }

    /// <summary>pre2post: the targets of each source.</summary>
    public int[][] PreToPost() => ByNeuron(preIds, PreSize, s => postIds[s]);

    /// <summary>post2pre: the sources of each target.</summary>
    public int[][] PostToPre() => ByNeuron(postIds, PostSize, s => preIds[s]);

    /// <summary>pre2syn: the synapses of each source.</summary>
    public int[][] PreToSynapses() => ByNeuron(preIds, PreSize, s => s);

    /// <summary>post2syn: the synapses of each target.</summary>
    public int[][] PostToSynapses() => ByNeuron(postIds, PostSize, s => s);

    /// <summary>pre_slice: those of source i are synapses Start to End of the result's order, which sorts them by source and else leaves them.</summary>
    public (ConnectionViews Sorted, (int Start, int End)[] Slices) PreSlices() => Sliced(PreToSynapses());

    /// <summary>post_slice: as <see cref="PreSlices"/>, by target.</summary>
    public (ConnectionViews Sorted, (int Start, int End)[] Slices) PostSlices() => Sliced(PostToSynapses());

    private static void Check(int[] ids, int size, string name)
    {
        int bad = Array.FindIndex(ids, id => id < 0 || id >= size);
        if (bad >= 0)
        {
            throw new ArgumentException($"item {bad} is {ids[bad]}; ids are 0 to {size - 1}", name);
        }
    }

    private static int[] Owners(IReadOnlyList<int[]> lists) => [.. lists.SelectMany((list, owner) => Enumerable.Repeat(owner, list.Length))];

    private (ConnectionViews Sorted, (int Start, int End)[] Slices) Sliced(int[][] synapses)
    {
        int[] order = [.. synapses.SelectMany(s => s)];
        (int, int)[] slices = new (int, int)[synapses.Length];
        int start = 0;
        for (int neuron = 0; neuron < slices.Length; neuron++)
        {
            slices[neuron] = (start, start + synapses[neuron].Length);
            start += synapses[neuron].Length;
        }

        return (new ConnectionViews(Array.ConvertAll(order, s => preIds[s]), Array.ConvertAll(order, s => postIds[s]), PreSize, PostSize), slices);
    }

    /// <summary>One list for each neuron, in the order of the synapses.</summary>
    private static int[][] ByNeuron(int[] owners, int size, Func<int, int> item)
    {
        int[][] lists = new int[size][];
        int[] filled = new int[size];
        foreach ((int owner, int count) in owners.CountBy(owner => owner))
        {
            lists[owner] = new int[count];
        }

        for (int s = 0; s < owners.Length; s++)
        {
            lists[owners[s]][filled[owners[s]]++] = item(s);
        }

        return Array.ConvertAll(lists, list => list ?? []);
    }
}

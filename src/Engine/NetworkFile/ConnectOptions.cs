using BrainSim.Engine.Documents;

namespace BrainSim.Engine.NetworkFile;

/// <summary>A rule of <c>connect:</c> by its name.</summary>
/// <param name="Needs">What messages show where its value is missing; null where it has none.</param>
/// <param name="Options">The keys that may stand beside it.</param>
public sealed record ConnectForm(string Name, string? Needs, params string[] Options)
{
    private static readonly string[] Counted = ["include_self", "seed"];

    private static readonly string[] Around = ["include_self", "periodic"];

    private static readonly string[] Spatial = ["include_self", "normalize", "periodic"];

    private static readonly string[] Grown = ["directed", "seed"];

    public static IReadOnlyList<ConnectForm> All { get; } =
    [
        new("all_to_all", null, "include_self"),
        new("one_to_one", null),
        new("fixed_prob", "its probability: {fixed_prob: 0.02}", Counted),
        new("fixed_total_num", "the number of synapses: {fixed_total_num: 10000}", Counted),
        new("fixed_pre_num", "the number of sources of each target: {fixed_pre_num: 100}", [.. Counted, "multapses"]),
        new("fixed_post_num", "the number of targets of each source: {fixed_post_num: 100}", Counted),
        new("grid_four", null, Around),
        new("grid_eight", null, Around),
        new("grid_n", "the number of neighbours to each side: {grid_n: 2}", Around),
        new("gaussian_prob", "its width: {gaussian_prob: {sigma: 0.2}}", [.. Spatial, "seed"]),
        new("gaussian_weight", "its width and height: {gaussian_weight: {sigma: 0.1, w_max: 1}}", Spatial),
        new("dog", "two widths and heights: {dog: {sigmas: [0.08, 0.15], ws_max: [1, 0.7]}}", Spatial),
        new("small_world", "its neighbours and probability: {small_world: {num_neighbor: 6, prob: 0.2}}", [.. Grown, "include_self"]),
        new("scale_free_ba", "the links of a new neuron: {scale_free_ba: 5}", Grown),
        new("scale_free_ba_dual", "two numbers of links and the share of the first: {scale_free_ba_dual: {m1: 3, m2: 5, p: 0.5}}", Grown),
        new("power_law", "the links of a new neuron and the probability of triangles: {power_law: {m: 3, p: 0.5}}", Grown),
        new("pairs", null),
        new("matrix", "one row for each source: {matrix: {file: connections.npy}}", "include_self", "weights"),
    ];

    public static IEnumerable<string> Names => All.Select(form => form.Name);

    /// <summary>Its number may be a list, with one item for each target population.</summary>
    public bool IsPerTarget => Name.StartsWith("fixed_", StringComparison.Ordinal);

    /// <summary>What <c>include_self</c> is where the file says nothing: neighbours are others.</summary>
    public bool IncludesSelf => !(Name.StartsWith("grid_", StringComparison.Ordinal) || Name == "small_world");
}

/// <summary>What stands beside a rule of <c>connect:</c>, or would where it is left out.</summary>
public sealed record ConnectOptions(bool IncludeSelf, bool Multapses, bool Normalize, bool Periodic, bool Directed, bool Weights, long? Seed)
{
    /// <param name="fields">Null where only the rule's name is written.</param>
    public static ConnectOptions Read(ConnectForm form, Fields? fields)
    {
        bool Flag(string key, bool missingMeans) => form.Options.Contains(key) ? fields?.Flag(key, missingMeans) ?? missingMeans : missingMeans;
        return new ConnectOptions(
            Flag("include_self", form.IncludesSelf), Flag("multapses", false), Flag("normalize", true), Flag("periodic", false), Flag("directed", false), Flag("weights", false),
            form.Options.Contains("seed") ? fields?.Whole("seed", 0, long.MaxValue) : null);
    }
}

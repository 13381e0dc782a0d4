using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>connect:</c>, a rule's name or a mapping of it to its value and options.</summary>
public sealed class ConnectReader(ValueReader values)
{
    private static readonly string[] Rules = ["all_to_all", "one_to_one", "fixed_prob", "fixed_total_num", "fixed_pre_num", "pairs"];

    private static readonly string[] Drawn = ["fixed_prob", "fixed_total_num", "fixed_pre_num"];

    /// <summary>What messages show of a rule that needs a number.</summary>
    private static readonly Dictionary<string, string> Examples = new()
    {
        ["fixed_prob"] = "its probability: {fixed_prob: 0.02}",
        ["fixed_total_num"] = "the number of synapses: {fixed_total_num: 10000}",
        ["fixed_pre_num"] = "the number of sources of each target: {fixed_pre_num: 100}",
    };

    /// <summary>Whole numbers up to it are exact in float64.</summary>
    private const long MostSynapses = 1L << 53;

    private readonly Mistakes mistakes = values.Mistakes;

    /// <param name="ends">The populations that are joined.</param>
    public ConnectRule? Read(Node node, Ends ends)
    {
        if (node is Scalar word)
        {
            return Rule(word.Text, null, node.Place, ends, new Options(true, false));
        }

        Fields fields = values.Fields(node);
        if (node is not Mapping)
        {
            return null;
        }

        string[] named = [.. Rules.Where(fields.Has)];
        if (named.Length != 1)
        {
            mistakes.Add(node.Place, named.Length > 1 ? $"names {string.Join(" and ", named)}; one rule is needed" : UnknownRule(fields));
            return null;
        }

        bool isDrawn = Drawn.Contains(named[0]);
        bool includeSelf = !(isDrawn || named[0] == "all_to_all") || fields.Flag("include_self", missingMeans: true);
        bool multapses = named[0] == "fixed_pre_num" && fields.Flag("multapses", missingMeans: false);
        long? seed = isDrawn ? fields.Whole("seed", 0, long.MaxValue) : null;
        Node? argument = fields.Take(named[0]);
        bool isPerTarget = isDrawn && argument is Sequence;
        argument = isPerTarget ? OfTarget((Sequence)argument!, ends) : argument;
        ConnectRule? rule = isPerTarget && argument is null ? null : Rule(named[0], argument, node.Place, ends, new Options(includeSelf, multapses));
        fields.Done($"no such option of {named[0]}");
        return rule is null ? null : rule with { IncludeSelf = includeSelf, Seed = (ulong?)seed };
    }

    /// <summary>The populations that a rule joins, and the place of the target in the list <c>post</c>.</summary>
    public sealed record Ends(PopulationSpec Pre, PopulationSpec Post, int Target, int Targets);

    private sealed record Options(bool IncludeSelf, bool Multapses);

    /// <summary>A list has one item for each population under <c>post</c>; null after a mistake.</summary>
    private Node? OfTarget(Sequence list, Ends ends)
    {
        if (list.Items.Count == ends.Targets)
        {
            return list.Items[ends.Target];
        }

        mistakes.Add(list.Place, $"has {list.Items.Count} items; it must be one number, or {ends.Targets}, one for each population under post");
        return null;
    }

    private static string UnknownRule(Fields fields)
    {
        string? first = fields.Keys.FirstOrDefault(key => key is not ("include_self" or "seed" or "multapses"));
        return first is null ? $"names no rule; the rules are {string.Join(", ", Rules)}" : $"there is no rule '{first}'.{Suggestion.For(first, Rules)}";
    }

    private ConnectRule? Rule(string name, Node? argument, Place place, Ends ends, Options options)
    {
        (PopulationSpec pre, PopulationSpec post) = (ends.Pre, ends.Post);
        if (argument is null && Examples.TryGetValue(name, out string? example))
        {
            mistakes.Add(place, $"{name} needs {example}");
            return null;
        }

        switch (name)
        {
            case "all_to_all":
                return Flag(argument) ? new AllToAll() : null;
            case "one_to_one" when pre.Size != post.Size:
                mistakes.Add(place, $"one_to_one needs populations of one size, and {pre.Name} has {pre.Size}, {post.Name} has {post.Size}");
                return null;
            case "one_to_one":
                return Flag(argument) ? new OneToOne() : null;
            case "fixed_prob":
                return FixedProbability(argument!);
            case "fixed_total_num":
                return TotalNumber(argument!, Choices(ends, options));
            case "fixed_pre_num":
                return PreNumber(argument!, ends, options);
            case "pairs":
                return ReadPairs(argument, place, pre, post);
            default:
                mistakes.Add(place, $"there is no rule '{name}'.{Suggestion.For(name, Rules)}");
                return null;
        }
    }

    private bool Flag(Node? argument)
    {
        if (argument is null || Scalars.IsNothing(argument))
        {
            return true;
        }

        bool read = Scalars.TryFlag(argument, mistakes, out bool value);
        if (read && !value)
        {
            mistakes.Add(argument.Place, "must be true, or left out");
        }

        return read && value;
    }

    /// <summary>Neurons that can be the source of a target.</summary>
    private static int Choices(Ends ends, Options options) => ends.Pre.Size - (!options.IncludeSelf && ends.Pre.Index == ends.Post.Index ? 1 : 0);

    private FixedTotalNumber? TotalNumber(Node argument, int choices)
    {
        if (values.Folded(argument) is not { } number || !Scalars.TryWhole(number, mistakes, 0, MostSynapses, out long count))
        {
            return null;
        }

        if (count > 0 && choices == 0)
        {
            mistakes.Add(argument.Place, "there is no other neuron to draw a source from; allow include_self, or write 0");
            return null;
        }

        return new FixedTotalNumber(count);
    }

    private FixedPreNumber? PreNumber(Node argument, Ends ends, Options options)
    {
        if (values.Folded(argument) is not { } number || !Scalars.TryWhole(number, mistakes, 0, int.MaxValue, out long count))
        {
            return null;
        }

        int choices = Choices(ends, options);
        if (count > choices && (!options.Multapses || choices == 0))
        {
            mistakes.Add(argument.Place, $"each neuron of {ends.Post.Name} would need {count} different sources, and {ends.Pre.Name} has {choices} to choose from{(choices == 0 ? "" : "; write fewer, or multapses: true beside it")}");
            return null;
        }

        return new FixedPreNumber((int)count, options.Multapses);
    }

    private FixedProbability? FixedProbability(Node argument)
    {
        if (values.Folded(argument) is not { } number || !Scalars.TryNumber(number, mistakes, out double probability))
        {
            return null;
        }

        if (probability is < 0 or > 1)
        {
            mistakes.Add(argument.Place, $"a probability lies between 0 and 1, and this is {probability}");
            return null;
        }

        return new FixedProbability(probability);
    }

    private Pairs? ReadPairs(Node? argument, Place place, PopulationSpec pre, PopulationSpec post)
    {
        if (argument is null)
        {
            mistakes.Add(place, "pairs needs {file: edges.npz} with the arrays pre, post and, if wanted, weight and delay; or the lists themselves");
            return null;
        }

        if (values.ReadColumns(argument, ["pre", "post"], ["weight", "delay"], "edges.npz") is not { } columns)
        {
            return null;
        }

        (double[] from, double[] to) = (columns["pre"], columns["post"]);
        double[]? weight = columns.GetValueOrDefault("weight");
        double[]? delay = columns.GetValueOrDefault("delay");
        bool fits = values.IdsFit("pre", from, pre.Size, pre.Name, argument.Place) & values.IdsFit("post", to, post.Size, post.Name, argument.Place)
            & (weight is null || values.AllFinite(weight, argument.Place)) & (delay is null || values.DelaysFit(delay, argument.Place));
        return fits ? new Pairs(Array.ConvertAll(from, x => (int)x), Array.ConvertAll(to, x => (int)x), weight, delay) : null;
    }
}

using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>connect:</c>, a rule's name or a mapping of it to its value and options.</summary>
public sealed class ConnectReader(ValueReader values)
{
    /// <summary>Whole numbers up to it are exact in float64.</summary>
    private const long MostSynapses = 1L << 53;

    private readonly Mistakes mistakes = values.Mistakes;
    private readonly SpatialRuleReader spatial = new(values);
    private readonly GraphRuleReader graphs = new(values);
    private readonly MatrixReader matrix = new(values);

    /// <param name="ends">The populations that are joined.</param>
    public ConnectRule? Read(Node node, Ends ends)
    {
        if (node is Scalar word)
        {
            return Known([word.Text], node.Place) is { } named ? Rule(named, null, node.Place, ends, ConnectOptions.Read(named, null)) : null;
        }

        Fields fields = values.Fields(node);
        if (node is not Mapping || Known([.. fields.Keys], node.Place) is not { } form)
        {
            return null;
        }

        ConnectOptions options = ConnectOptions.Read(form, fields);
        Node? argument = fields.Take(form.Name);
        bool isPerTarget = form.IsPerTarget && argument is Sequence;
        argument = isPerTarget ? OfTarget((Sequence)argument!, ends) : argument;
        ConnectRule? rule = isPerTarget && argument is null ? null : Rule(form, argument, node.Place, ends, options);
        fields.Done($"no such option of {form.Name}");
        return rule;
    }

    /// <summary>The one rule that the words name; null after a mistake.</summary>
    private ConnectForm? Known(string[] words, Place place)
    {
        ConnectForm[] named = [.. ConnectForm.All.Where(form => words.Contains(form.Name))];
        if (named.Length == 1)
        {
            return named[0];
        }

        string rules = $"the rules are {string.Join(", ", ConnectForm.Names)}";
        string? unknown = words.Except(ConnectForm.All.SelectMany(form => form.Options)).FirstOrDefault();
        mistakes.Add(place, named.Length > 1 ? $"names {string.Join(" and ", named.Select(form => form.Name))}; one rule is needed"
            : unknown is null ? $"names no rule; {rules}"
            : Scalars.Guess(unknown, ConnectForm.Names) is [.., '?'] guess ? $"there is no rule '{unknown}'.{guess}"
            : $"there is no rule '{unknown}'; {rules}");
        return null;
    }

    /// <summary>The populations that a rule joins, and the place of the target in the list <c>post</c>.</summary>
    public sealed record Ends(PopulationSpec Pre, PopulationSpec Post, int Target, int Targets);

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

    private ConnectRule? Rule(ConnectForm form, Node? argument, Place place, Ends ends, ConnectOptions options)
    {
        if (form.Needs is not null && (argument is null || Scalars.IsNothing(argument)))
        {
            mistakes.Add(place, $"{form.Name} needs {form.Needs}");
            return null;
        }

        if (form.Needs is null && form.Name != "pairs" && !Flag(argument))
        {
            return null;
        }

        ConnectRule? rule = form.Needs is null ? WithoutValue(form, argument, place, ends, options) : WithValue(form, argument!, place, ends, options);
        return rule is null ? null : rule with { IncludeSelf = options.IncludeSelf, Seed = (ulong?)options.Seed };
    }

    private ConnectRule? WithoutValue(ConnectForm form, Node? argument, Place place, Ends ends, ConnectOptions options)
    {
        (PopulationSpec pre, PopulationSpec post) = (ends.Pre, ends.Post);
        switch (form.Name)
        {
            case "pairs":
                return ReadPairs(argument, place, pre, post);
            case "all_to_all":
                return new AllToAll();
            case "one_to_one" when pre.Size != post.Size:
                mistakes.Add(place, $"one_to_one needs populations of one size, and {pre.Name} has {pre.Size}, {post.Name} has {post.Size}");
                return null;
            case "one_to_one":
                return new OneToOne();
            default:
                return spatial.Neighbours(form.Name, null, place, pre, post, options);
        }
    }

    private ConnectRule? WithValue(ConnectForm form, Node argument, Place place, Ends ends, ConnectOptions options)
    {
        (PopulationSpec pre, PopulationSpec post) = (ends.Pre, ends.Post);
        return form.Name switch
        {
            "fixed_prob" => FixedProbability(argument),
            "fixed_total_num" => TotalNumber(argument, Choices(ends.Pre.Size, ends, options)),
            "fixed_pre_num" => PreNumber(argument, ends, options),
            "fixed_post_num" => PostNumber(argument, ends, options),
            "grid_n" => spatial.Neighbours(form.Name, argument, place, pre, post, options),
            "gaussian_prob" => spatial.Probability(argument, place, pre, post, options),
            "gaussian_weight" => spatial.Weight(argument, place, pre, post, options),
            "dog" => spatial.DifferenceOfGaussians(argument, place, pre, post, options),
            "small_world" => graphs.SmallWorld(argument, place, pre, post, options),
            "scale_free_ba" => graphs.ScaleFree(argument, place, pre, post, options),
            "scale_free_ba_dual" => graphs.ScaleFreeDual(argument, place, pre, post, options),
            "power_law" => graphs.PowerLaw(argument, place, pre, post, options),
            "matrix" => matrix.Read(argument, pre, post, options),
            _ => throw new InvalidOperationException($"no reader for {form.Name}"),
        };
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

    /// <summary>Neurons of one population that can be joined to one of the other.</summary>
    private static int Choices(int size, Ends ends, ConnectOptions options) => size - (!options.IncludeSelf && ends.Pre.Index == ends.Post.Index ? 1 : 0);

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

    private FixedPreNumber? PreNumber(Node argument, Ends ends, ConnectOptions options)
    {
        if (values.Folded(argument) is not { } number || !Scalars.TryWhole(number, mistakes, 0, int.MaxValue, out long count))
        {
            return null;
        }

        int choices = Choices(ends.Pre.Size, ends, options);
        if (count > choices && (!options.Multapses || choices == 0))
        {
            mistakes.Add(argument.Place, $"each neuron of {ends.Post.Name} would need {count} different sources, and {ends.Pre.Name} has {choices} to choose from{(choices == 0 ? "" : "; write fewer, or multapses: true beside it")}");
            return null;
        }

        return new FixedPreNumber((int)count, options.Multapses);
    }

    private FixedPostNumber? PostNumber(Node argument, Ends ends, ConnectOptions options)
    {
        if (values.Folded(argument) is not { } number || !Scalars.TryWhole(number, mistakes, 0, int.MaxValue, out long count))
        {
            return null;
        }

        int choices = Choices(ends.Post.Size, ends, options);
        if (count > choices)
        {
            mistakes.Add(argument.Place, $"each neuron of {ends.Pre.Name} would need {count} different targets, and {ends.Post.Name} has {choices} to choose from");
            return null;
        }

        return new FixedPostNumber((int)count);
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

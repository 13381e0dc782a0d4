using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>connect:</c>, a rule's name or a mapping of it to its value and options.</summary>
public sealed class ConnectReader(ValueReader values)
{
    private static readonly string[] Rules = ["all_to_all", "one_to_one", "fixed_prob", "pairs"];

    private readonly Mistakes mistakes = values.Mistakes;

    public ConnectRule? Read(Node node, PopulationSpec pre, PopulationSpec post)
    {
        if (node is Scalar word)
        {
            return Rule(word.Text, null, node.Place, pre, post);
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

        bool includeSelf = named[0] is not ("all_to_all" or "fixed_prob") || fields.Flag("include_self", missingMeans: true);
        long? seed = named[0] == "fixed_prob" ? fields.Whole("seed", 0, long.MaxValue) : null;
        ConnectRule? rule = Rule(named[0], fields.Take(named[0]), node.Place, pre, post);
        fields.Done($"no such option of {named[0]}");
        return rule is null ? null : rule with { IncludeSelf = includeSelf, Seed = (ulong?)seed };
    }

    private static string UnknownRule(Fields fields)
    {
        string? first = fields.Keys.FirstOrDefault(key => key is not ("include_self" or "seed"));
        return first is null ? $"names no rule; the rules are {string.Join(", ", Rules)}" : $"there is no rule '{first}'.{Suggestion.For(first, Rules)}";
    }

    private ConnectRule? Rule(string name, Node? argument, Place place, PopulationSpec pre, PopulationSpec post)
    {
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
                return FixedProbability(argument, place);
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

    private FixedProbability? FixedProbability(Node? argument, Place place)
    {
        if (argument is null)
        {
            mistakes.Add(place, "fixed_prob needs its probability: {fixed_prob: 0.02}");
            return null;
        }

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

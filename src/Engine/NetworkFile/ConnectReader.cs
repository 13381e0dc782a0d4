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

        Fields fields = new(node, mistakes);
        string[] named = [.. Rules.Where(fields.Has)];
        bool includeSelf = fields.Flag("include_self", missingMeans: true);
        long? seed = fields.Whole("seed", 0, long.MaxValue);
        if (named.Length != 1)
        {
            mistakes.Add(node.Place, named.Length > 1 ? $"names {string.Join(" and ", named)}; one rule is needed" : UnknownRule(fields));
            return null;
        }

        ConnectRule? rule = Rule(named[0], fields.Take(named[0]), node.Place, pre, post);
        fields.Done();
        return rule is null ? null : rule with { IncludeSelf = includeSelf, Seed = seed is null ? null : (ulong)seed };
    }

    private static string UnknownRule(Fields fields)
    {
        string first = fields.Keys.FirstOrDefault() ?? "";
        return $"names no rule.{Suggestion.For(first, Rules)} Rules are {string.Join(", ", Rules)}.";
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

        if (!Scalars.TryNumber(argument, mistakes, out double probability))
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
            mistakes.Add(place, "pairs needs {file: edges.npz} with the arrays pre, post and, if wanted, weight and delay; or the lists pre and post");
            return null;
        }

        Fields fields = new(argument, mistakes);
        string? file = fields.Text("file");
        double[]? Column(string name, bool required)
        {
            if (file is null)
            {
                return fields.Numbers(name);
            }

            return required || values.Holds(file, name, argument.Place) ? values.Load(file, name, argument.Place)?.AsDoubles() : null;
        }

        double[]? preIds = Column("pre", required: true);
        double[]? postIds = Column("post", required: true);
        double[]? weight = Column("weight", required: false);
        double[]? delay = Column("delay", required: false);
        fields.Done();
        if (preIds is null || postIds is null)
        {
            if (file is null)
            {
                mistakes.Add(argument.Place, "needs {file: edges.npz}, or the lists pre and post");
            }

            return null;
        }

        return Fits(argument.Place, preIds, postIds, weight, delay, pre, post)
            ? new Pairs(Array.ConvertAll(preIds, x => (int)x), Array.ConvertAll(postIds, x => (int)x), weight, delay)
            : null;
    }

    private bool Fits(Place place, double[] pre, double[] post, double[]? weight, double[]? delay, PopulationSpec from, PopulationSpec to)
    {
        if (pre.Length != post.Length || (weight ?? pre).Length != pre.Length || (delay ?? pre).Length != pre.Length)
        {
            mistakes.Add(place, $"pre, post{(weight is null ? "" : ", weight")}{(delay is null ? "" : ", delay")} must be of one length, and have {string.Join(", ", new[] { pre, post, weight, delay }.OfType<double[]>().Select(a => a.Length))} items");
            return false;
        }

        bool idsFit = IdsFit("pre", pre, from, place) & IdsFit("post", post, to, place);
        bool delaysFit = delay is null || Array.TrueForAll(delay, d => d >= 0);
        if (!delaysFit)
        {
            mistakes.Add(place, "a delay is negative");
        }

        return idsFit && delaysFit && (weight is null || values.AllFinite(weight, place)) && (delay is null || values.AllFinite(delay, place));
    }

    private bool IdsFit(string name, double[] ids, PopulationSpec population, Place place)
    {
        int bad = Array.FindIndex(ids, id => !(id >= 0 && id < population.Size && id == Math.Floor(id)));
        if (bad >= 0)
        {
            mistakes.Add(place, $"{name}[{bad}] is {ids[bad]}; ids of {population.Name} are whole numbers from 0 to {population.Size - 1}");
        }

        return bad < 0;
    }
}

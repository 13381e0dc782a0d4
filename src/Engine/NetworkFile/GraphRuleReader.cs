using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads the rules that make one graph of all neurons: those of both populations that have the same id are one.</summary>
public sealed class GraphRuleReader(ValueReader values)
{
    private readonly Mistakes mistakes = values.Mistakes;

    public SmallWorld? SmallWorld(Node argument, Place place, PopulationSpec pre, PopulationSpec post, ConnectOptions options)
    {
        Fields fields = values.Fields(argument);
        long? neighbours = Whole(fields, "num_neighbor", 2, pre.Size - 1, pre.Name);
        double? rewired = Probability(fields, "prob");
        fields.Done("no such key of small_world");
        return !SameSize("small_world", place, pre, post) || neighbours is null || rewired is null
            ? null
            : new SmallWorld((int)neighbours / 2, rewired.Value, options.Directed);
    }

    public GrownGraph? ScaleFree(Node argument, Place place, PopulationSpec pre, PopulationSpec post, ConnectOptions options)
    {
        if (!SameSize("scale_free_ba", place, pre, post) || values.Folded(argument) is not { } number || !Scalars.TryWhole(number, mistakes, 1, int.MaxValue, out long links))
        {
            return null;
        }

        if (links >= pre.Size)
        {
            mistakes.Add(argument.Place, Fewer(links, pre.Size, pre.Name));
            return null;
        }

        return Fitting(new GrownGraph((int)links, (int)links, 1, 0, options.Directed), place, pre);
    }

    public GrownGraph? ScaleFreeDual(Node argument, Place place, PopulationSpec pre, PopulationSpec post, ConnectOptions options)
    {
        Fields fields = values.Fields(argument);
        long? first = Whole(fields, "m1", 1, pre.Size - 1, pre.Name);
        long? second = Whole(fields, "m2", 1, pre.Size - 1, pre.Name);
        double? share = Probability(fields, "p");
        fields.Done("no such key of scale_free_ba_dual");
        return !SameSize("scale_free_ba_dual", place, pre, post) || first is null || second is null || share is null
            ? null
            : Fitting(new GrownGraph((int)first, (int)second, share.Value, 0, options.Directed), place, pre);
    }

    public GrownGraph? PowerLaw(Node argument, Place place, PopulationSpec pre, PopulationSpec post, ConnectOptions options)
    {
        Fields fields = values.Fields(argument);
        long? links = Whole(fields, "m", 1, pre.Size - 1, pre.Name);
        double? triangles = Probability(fields, "p");
        fields.Done("no such key of power_law");
        return !SameSize("power_law", place, pre, post) || links is null || triangles is null
            ? null
            : Fitting(new GrownGraph((int)links, (int)links, 1, triangles.Value, options.Directed), place, pre);
    }

    private static string Fewer(long number, int size, string name) => $"must be fewer than the {size} neurons of {name}, and this is {number}";

    private bool SameSize(string rule, Place place, PopulationSpec pre, PopulationSpec post)
    {
        if (pre.Size != post.Size)
        {
            mistakes.Add(place, $"{rule} needs populations of one size, and {pre.Name} has {pre.Size}, {post.Name} has {post.Size}");
        }

        return pre.Size == post.Size;
    }

    /// <summary>Both ends of all links must fit into one list while the graph grows.</summary>
    private GrownGraph? Fitting(GrownGraph graph, Place place, PopulationSpec pre)
    {
        if (2 * graph.MostLinks(pre.Size) <= Array.MaxLength)
        {
            return graph;
        }

        mistakes.Add(place, $"the graph would have up to {graph.MostLinks(pre.Size)} links; at most {Array.MaxLength / 2} fit, so write fewer for each neuron");
        return null;
    }

    /// <summary>Null after a mistake.</summary>
    private static long? Whole(Fields fields, string key, long min, int max, string population)
    {
        if (fields.RequiredNode(key) is null || fields.Whole(key, min, int.MaxValue) is not { } number)
        {
            return null;
        }

        if (number > max)
        {
            fields.Refuse(key, Fewer(number, max + 1, population));
        }

        return number <= max ? number : null;
    }

    /// <summary>Null after a mistake.</summary>
    private static double? Probability(Fields fields, string key)
    {
        double number = fields.RequiredNumber(key);
        if (number is < 0 or > 1)
        {
            fields.Refuse(key, $"a probability lies between 0 and 1, and this is {number}");
        }

        return number is >= 0 and <= 1 ? number : null;
    }
}

using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads the rules that look at where neurons lie on their grids.</summary>
public sealed class SpatialRuleReader(ValueReader values)
{
    /// <summary>The part of the largest weight below which no synapse is made, where the file says nothing.</summary>
    private const double UsualPart = 0.01;

    private readonly Mistakes mistakes = values.Mistakes;

    /// <summary><c>grid_four</c>, <c>grid_eight</c> (no argument) and <c>grid_n</c>.</summary>
    public GridNeighbours? Neighbours(string name, Node? argument, Place place, PopulationSpec pre, PopulationSpec post, ConnectOptions options)
    {
        if (!pre.Shape.SequenceEqual(post.Shape))
        {
            mistakes.Add(place, $"{name} needs populations of one shape, and {Shapes(pre, post)}");
            return null;
        }

        long reach = 1;
        if (argument is not null && (values.Folded(argument) is not { } number || !Scalars.TryWhole(number, mistakes, 1, Limits.PopulationSize, out reach)))
        {
            return null;
        }

        if (argument is null && pre.Shape.Length > 2)
        {
            mistakes.Add(place, $"{name} is for one or two axes, and {Shapes(pre, post)}; write {{grid_n: 1}}");
            return null;
        }

        return new GridNeighbours(new GridGeometry(pre.Shape, post.Shape, false, options.Periodic), (int)reach, Straight: name == "grid_four");
    }

    public GaussianProbability? Probability(Node argument, Place place, PopulationSpec pre, PopulationSpec post, ConnectOptions options)
    {
        GridGeometry? grid = Grid(place, pre, post, options);
        Fields fields = values.Fields(argument);
        double? sigma = Positive(fields, "sigma", fields.RequiredNumber("sigma"));
        double least = fields.Number("p_min", 0);
        if (least is < 0 or > 1)
        {
            fields.Refuse("p_min", $"a probability lies between 0 and 1, and this is {least}");
        }

        fields.Done("no such key of gaussian_prob");
        return grid is null || sigma is null ? null : new GaussianProbability(grid, sigma.Value, least);
    }

    /// <summary>The width, height and least weight of a single bell.</summary>
    public GaussianWeights? Weight(Node argument, Place place, PopulationSpec pre, PopulationSpec post, ConnectOptions options)
    {
        GridGeometry? grid = Grid(place, pre, post, options);
        Fields fields = values.Fields(argument);
        double? sigma = Positive(fields, "sigma", fields.RequiredNumber("sigma"));
        double height = fields.RequiredNumber("w_max");
        double? least = Least(fields, UsualPart * Math.Abs(height));
        RefuseFlat(fields, "w_max", height);
        fields.Done("no such key of gaussian_weight");
        return grid is null || sigma is null || least is null ? null : new GaussianWeights(grid, [new Bell(sigma.Value, height)], least.Value);
    }

    /// <summary>The second bell is taken from the first.</summary>
    public GaussianWeights? DifferenceOfGaussians(Node argument, Place place, PopulationSpec pre, PopulationSpec post, ConnectOptions options)
    {
        GridGeometry? grid = Grid(place, pre, post, options);
        Fields fields = values.Fields(argument);
        double[]? sigmas = Two(fields, "sigmas");
        double[]? heights = Two(fields, "ws_max");
        double? least = Least(fields, heights is null ? 0 : UsualPart * Math.Abs(heights[0] - heights[1]));
        fields.Done("no such key of dog");
        if (grid is null || sigmas is null || heights is null || least is null || Array.Exists(sigmas, sigma => Positive(fields, "sigmas", sigma) is null))
        {
            return null;
        }

        RefuseFlat(fields, "ws_max", Math.Abs(heights[0]) + Math.Abs(heights[1]));
        return new GaussianWeights(grid, [new Bell(sigmas[0], heights[0]), new Bell(sigmas[1], -heights[1])], least.Value);
    }

    private GridGeometry? Grid(Place place, PopulationSpec pre, PopulationSpec post, ConnectOptions options)
    {
        if (pre.Shape.Length != post.Shape.Length)
        {
            mistakes.Add(place, $"needs populations with as many axes as each other, and {Shapes(pre, post)}");
            return null;
        }

        if (options is { Periodic: true, Normalize: false } && !pre.Shape.SequenceEqual(post.Shape))
        {
            mistakes.Add(place, $"periodic without normalize needs populations of one shape, and {Shapes(pre, post)}");
            return null;
        }

        return new GridGeometry(pre.Shape, post.Shape, options.Normalize, options.Periodic);
    }

    private static string Shapes(PopulationSpec pre, PopulationSpec post) => $"{pre.Name} has [{string.Join(", ", pre.Shape)}], {post.Name} has [{string.Join(", ", post.Shape)}]";

    /// <summary>Null after a mistake, and where the number is missing.</summary>
    private static double? Positive(Fields fields, string key, double number)
    {
        if (number <= 0)
        {
            fields.Refuse(key, $"a width must be above 0, and this is {number}");
        }

        return number > 0 ? number : null;
    }

    private static double? Least(Fields fields, double usual)
    {
        double least = fields.Number("w_min", usual);
        if (least < 0)
        {
            fields.Refuse("w_min", $"is compared with the size of a weight, so it must not be negative, and this is {least}");
        }

        return least >= 0 ? least : null;
    }

    private static void RefuseFlat(Fields fields, string key, double height)
    {
        if (height == 0)
        {
            fields.Refuse(key, "is 0, so that no pair would be connected");
        }
    }

    private static double[]? Two(Fields fields, string key)
    {
        if (fields.RequiredNode(key) is null || fields.Numbers(key) is not { } two)
        {
            return null;
        }

        if (two.Length != 2)
        {
            fields.Refuse(key, $"has {two.Length} numbers; it must be two, of the first bell and of the one that is taken from it");
        }

        return two.Length == 2 ? two : null;
    }
}

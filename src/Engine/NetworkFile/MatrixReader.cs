using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>matrix</c>, one row for each source and one column for each target, as the list of its pairs, row by row.</summary>
public sealed class MatrixReader(ValueReader values)
{
    private readonly Mistakes mistakes = values.Mistakes;

    public Pairs? Read(Node argument, PopulationSpec pre, PopulationSpec post, ConnectOptions options)
    {
        if (Entries(argument) is not { } matrix)
        {
            return null;
        }

        if (!matrix.Shape.SequenceEqual([pre.Size, post.Size]))
        {
            mistakes.Add(argument.Place, $"has the shape ({string.Join(", ", matrix.Shape)}); it must be ({pre.Size}, {post.Size}), one row for each neuron of {pre.Name} and one column for each of {post.Name}");
            return null;
        }

        int odd = options.Weights ? -1 : Array.FindIndex(matrix.Entries, entry => entry is not (0 or 1));
        if (odd >= 0)
        {
            mistakes.Add(argument.Place, $"row {odd / post.Size}, column {odd % post.Size} is {matrix.Entries[odd]}; entries are 0 or 1, or weights where weights: true stands beside matrix");
            return null;
        }

        return values.AllFinite(matrix.Entries, argument.Place) ? PairsOf(matrix.Entries, post.Size, options.Weights) : null;
    }

    private static Pairs PairsOf(double[] entries, int columns, bool weights)
    {
        int[] places = [.. Enumerable.Range(0, entries.Length).Where(k => entries[k] != 0)];
        return new Pairs(
            Array.ConvertAll(places, k => k / columns), Array.ConvertAll(places, k => k % columns),
            weights ? Array.ConvertAll(places, k => entries[k]) : null, null);
    }

    /// <summary>In C order; null after a mistake.</summary>
    private (IReadOnlyList<int> Shape, double[] Entries)? Entries(Node argument)
    {
        if (argument is not Sequence rows)
        {
            return values.ReadArray(argument) is { } array ? (array.Shape, array.AsDoubles()) : null;
        }

        List<double> entries = [];
        int? columns = null;
        foreach (Node row in rows.Items)
        {
            if (values.Folded(row) is not { } list || !Scalars.TryNumbers(list, mistakes, out double[] numbers))
            {
                return null;
            }

            if (numbers.Length != (columns ??= numbers.Length))
            {
                mistakes.Add(row.Place, $"has {numbers.Length} numbers, and the row before it {columns}");
                return null;
            }

            entries.AddRange(numbers);
        }

        return ([rows.Items.Count, columns ?? 0], [.. entries]);
    }
}

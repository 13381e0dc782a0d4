using System.Globalization;
using System.Text;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>Rows of texts whose columns line up; two spaces between columns. Numbers are written the same in every culture.</summary>
internal sealed class TextTable
{
    private readonly List<string[]> rows = [];

    public void Add(params ReadOnlySpan<string> cells) => rows.Add(cells.ToArray());

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"neuron" for one, "neurons" for any other number.</summary>
    public static string Noun(long number, string one) => number == 1 ? one : one + "s";

    /// <param name="rightAligned">Columns of numbers.</param>
    public IEnumerable<string> Lines(params int[] rightAligned)
    {
        int columns = rows.Select(row => row.Length).DefaultIfEmpty(0).Max();
        int[] widths = [.. Enumerable.Range(0, columns).Select(c => rows.Max(row => c < row.Length ? row[c].Length : 0))];
        foreach (string[] row in rows)
        {
            StringBuilder line = new();
            for (int c = 0; c < row.Length; c++)
            {
                line.Append("  ").Append(rightAligned.Contains(c) ? row[c].PadLeft(widths[c]) : row[c].PadRight(widths[c]));
            }

            yield return line.ToString().TrimEnd();
        }
    }

    public void Print(params int[] rightAligned)
    {
        foreach (string line in Lines(rightAligned))
        {
            Console.WriteLine(line);
        }
    }
}

using System.Globalization;
using BrainSim.Coordinator.Sweeps;
using BrainSim.Engine.Sweeps;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>Tells the user how a sweep went.</summary>
internal sealed class SweepReport(SweepPlan plan, PointTable table, Ranking ranking)
{
    /// <summary>Longer tables are for files.</summary>
    private const int MostRows = 30;

    public void Print(SweepExecution execution, TimeSpan taken, string? folder)
    {
        Console.WriteLine(plan.Network.Title.Length > 0 ? $"{plan.Network.Name}: {plan.Network.Title}" : plan.Network.Name);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {TextTable.Count(table.Rows.Count)} {TextTable.Noun(table.Rows.Count, "point")} in {taken.TotalSeconds:0.000} s, {execution.AtOnce} at once{(execution.WereKnown > 0 ? $"; {execution.WereKnown} known from before" : "")}{Failures()}{(execution.IsDone ? "" : "; interrupted")}"));
        PrintBest();
        bool isCut = ranking.Count is null && table.Rows.Count > MostRows;
        PrintRows(isCut ? [.. table.Rows.Take(MostRows)] : [.. ranking.Best(table)]);
        if (isCut)
        {
            Console.WriteLine($"  ... and {TextTable.Count(table.Rows.Count - MostRows)} more; give --top N --by MEASURE for the best of them");
        }

        Console.WriteLine(folder is null ? "  give --out DIR to keep the points, and to go on where a sweep was ended" : $"  results in {folder}: {PointTable.CsvFile}, {PointTable.NpzFile}");
    }

    private string Failures()
    {
        var failed = table.Rows.Where(row => !row.Outcome.Status.HasMeasures()).GroupBy(row => row.Outcome.Status).OrderBy(g => g.Key);
        string[] words = [.. failed.Select(g => $"{g.Count()} {g.Key.Word()}")];
        return words.Length == 0 ? "" : $"; failed: {string.Join(", ", words)}";
    }

    private void PrintBest()
    {
        if (plan.Spec.Optimize is { } optimize && (ranking with { Count = 1, By = optimize.Objective, LowestFirst = !optimize.Maximize }).Best(table).FirstOrDefault() is ({ } point, { } outcome))
        {
            string values = string.Join(", ", plan.Spec.Axes.Zip(point.Values, (axis, value) => $"{axis.Path} = {Short(value)}"));
            Console.WriteLine($"  best is point {point.Index}: {values}; the objective is {Text(table.Objective(outcome))}");
        }
    }

    private void PrintRows(IReadOnlyList<(SweepPoint Point, PointOutcome Outcome)> rows)
    {
        if (plan.Spec.Optimize is not null && ranking.Count is null)
        {
            return;
        }

        TextTable text = new();
        string[] measures = [.. table.Measures.Where(name => rows.Any(row => row.Outcome.Numbers.GetValueOrDefault(name) is not null))];
        bool hasRepeats = plan.Spec.Repeats > 1;
        text.Add(["point", .. hasRepeats ? (string[])["repeat"] : [], .. table.AxisNames, .. measures, ""]);
        foreach ((SweepPoint point, PointOutcome outcome) in rows)
        {
            IReadOnlyDictionary<string, double?> numbers = outcome.Numbers;
            text.Add(
            [
                $"{point.Index}", .. hasRepeats ? (string[])[$"{point.Repeat}"] : [], .. point.Values.Select(Short),
                .. measures.Select(name => numbers.GetValueOrDefault(name) is { } number ? Text(number) : outcome.Status.HasMeasures() ? "undefined" : ""),
                outcome.Status == PointStatus.Done ? "" : $"{outcome.Status.Word()}: {outcome.Reason}",
            ]);
        }

        text.Print([.. Enumerable.Range(0, 1 + (hasRepeats ? 1 : 0) + table.AxisNames.Count + measures.Length)]);
    }

    private static string Short(AxisValue value) => value is { Number: { } number, Ordinal: < 0 } ? Text(number) : value.Text;

    private static string Text(double number) => number.ToString("G5", CultureInfo.InvariantCulture);
}

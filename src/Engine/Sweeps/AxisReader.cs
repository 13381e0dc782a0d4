using System.Collections.Immutable;
using System.Globalization;
using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Sweeps;

/// <summary>Reads the values of one varied parameter: <c>[10, 20]</c>, <c>{linspace: [0, 1, 5]}</c>, <c>{uniform: [0, 1]}</c>.</summary>
internal sealed class AxisReader(Mistakes mistakes, Constants constants)
{
    public const int MostValues = 100_000;

    private static readonly string[] Rules = ["linspace", "logspace", "range", "uniform", "loguniform", "whole"];

    /// <returns>Null after a mistake.</returns>
    public Axis? Read(MappingEntry entry)
    {
        Place place = entry.Value.Place with { Path = entry.Key };
        string first = entry.Key.Split('.', '[')[0];
        if (NetworkDocument.SearchKeys.Contains(first) || first.Length == 0)
        {
            mistakes.Add(entry.KeyPlace, "is no parameter of the network that could be varied");
            return null;
        }

        switch (entry.Value)
        {
            case Sequence { Items.Count: > 0 and <= MostValues } list:
                return new ListedAxis(entry.Key, place, [.. list.Items.Select(AxisValue.Of)]);
            case Mapping:
                return ReadRule(entry, place);
            default:
                Scalars.Refuse(entry.Value, mistakes, $"must be a list of 1 to {MostValues} values, or one of {string.Join(", ", Rules)} such as {{linspace: [0, 1, 5]}}");
                return null;
        }
    }

    private Axis? ReadRule(MappingEntry entry, Place place)
    {
        Fields fields = new(entry.Value, mistakes, constants);
        string[] given = [.. Rules.Where(fields.Has)];
        fields.Done($"is none of {string.Join(", ", Rules)}");
        if (given.Length != 1)
        {
            if (given.Length > 1 || !fields.Keys.Any())
            {
                mistakes.Add(fields.Place, $"needs exactly one of {string.Join(", ", Rules)}");
            }

            return null;
        }

        string rule = given[0];
        int wanted = rule is "linspace" or "logspace" or "range" ? 3 : 2;
        if (fields.Numbers(rule) is not { } numbers)
        {
            return null;
        }

        if (numbers.Length != wanted)
        {
            fields.Refuse(rule, wanted == 2 ? "must be two numbers, the first and the last" : rule == "range" ? "must be three numbers: from, to, step" : "must be three numbers: from, to, how many");
            return null;
        }

        string? wrong = WhyNot(rule, numbers);
        if (wrong is not null)
        {
            fields.Refuse(rule, wrong);
            return null;
        }

        return wanted == 2
            ? new IntervalAxis(entry.Key, place, numbers[0], numbers[1], IsLog: rule == "loguniform", IsWhole: rule == "whole")
            : new ListedAxis(entry.Key, place, [.. Values(rule, numbers).Select((x, j) => AxisValue.Of(x, place, j))]);
    }

    private static string? WhyNot(string rule, double[] x) => rule switch
    {
        "linspace" or "logspace" when x[2] < 1 || x[2] > MostValues || Math.Floor(x[2]) != x[2] => $"the third number says how many values there are, 1 to {MostValues}",
        "logspace" or "loguniform" when x[0] <= 0 || x[1] <= 0 => "both ends must be above 0 (they are the ends themselves, not their logarithms)",
        "range" when x[2] == 0 || (x[1] - x[0]) / x[2] < 0 || (x[1] - x[0]) / x[2] > MostValues - 1 => $"from, to and step must make 1 to {MostValues} values",
        "whole" when Math.Floor(x[0]) != x[0] || Math.Floor(x[1]) != x[1] => "both ends must be whole numbers",
        "uniform" or "loguniform" or "whole" when x[0] >= x[1] => "the first number must be below the second",
        _ => null,
    };

    /// <summary>The end of a range is included where a whole number of steps leads there.</summary>
    private static IEnumerable<double> Values(string rule, double[] x)
    {
        int last = rule == "range" ? (int)Math.Floor(((x[1] - x[0]) / x[2]) + 1e-9) : (int)x[2] - 1;
        return Enumerable.Range(0, last + 1).Select(j => AsWritten(rule switch
        {
            "range" => x[0] + (j * x[2]),
            _ when j == last && last > 0 => x[1],
            "linspace" => x[0] + (j * (x[1] - x[0]) / Math.Max(1, last)),
            _ => Elementary.Exp(Elementary.Log(x[0]) + (j * (Elementary.Log(x[1]) - Elementary.Log(x[0])) / Math.Max(1, last))),
        }));
    }

    /// <summary>0.3 where the sum gives 0.30000000000000004: the number that somebody would write who runs the point alone.</summary>
    private static double AsWritten(double x) => double.Parse(x.ToString("G14", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}

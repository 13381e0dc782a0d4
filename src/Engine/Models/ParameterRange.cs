using System.Globalization;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Models;

/// <summary>The values of a parameter that make sense, in the parameter's unit. Never empty.</summary>
/// <param name="Low">Minus infinity where there is no lower end.</param>
/// <param name="HoldsLow">True where the lower end itself belongs to the range.</param>
/// <param name="High">Infinity where there is no upper end.</param>
/// <param name="HoldsHigh">True where the upper end itself belongs to the range.</param>
public sealed record ParameterRange(double Low, bool HoldsLow, double High, bool HoldsHigh)
{
    private const string Forms = "must be two numbers, such as [0, 1], or one or two comparisons, such as \"> 0\" or \">= 0 and < 1\"";

    /// <summary>Every finite number.</summary>
    public static ParameterRange All { get; } = new(double.NegativeInfinity, false, double.PositiveInfinity, false);

    /// <summary>False for NaN.</summary>
    public bool Holds(double value) => (HoldsLow ? value >= Low : value > Low) && (HoldsHigh ? value <= High : value < High);

    /// <summary>Completes "must be": <c>greater than 0 ms</c>, <c>from 0 to 1</c>.</summary>
    public string Words(string unit)
    {
        string behind = unit.Length == 0 ? "" : $" {unit}";
        string low = $"{(HoldsLow ? "at least" : "greater than")} {Text(Low)}{behind}";
        string high = $"{(HoldsHigh ? "at most" : "less than")} {Text(High)}{behind}";
        return (double.IsFinite(Low), double.IsFinite(High)) switch
        {
            (true, true) => HoldsLow && HoldsHigh ? $"from {Text(Low)} to {Text(High)}{behind}" : $"{low} and {high}",
            (true, false) => low,
            (false, true) => high,
            _ => "finite",
        };
    }

    /// <summary>Two numbers that both belong to the range, or a text of one or two comparisons; null after a mistake.</summary>
    public static ParameterRange? Read(Node node, Mistakes mistakes)
    {
        double[] ends = [];
        if (node is Sequence list && !Scalars.TryNumbers(list, mistakes, out ends))
        {
            return null;
        }

        ParameterRange? range = node is Scalar scalar ? Parse(scalar.Text) : ends.Length == 2 ? new(ends[0], true, ends[1], true) : null;
        bool isEmpty = range is not null && (range.Low > range.High || (range.Low == range.High && !(range.HoldsLow && range.HoldsHigh)));
        if (range is null || isEmpty)
        {
            mistakes.Add(node.Place, range is null ? Forms : $"no number is {range.Words("")}");
        }

        return isEmpty ? null : range;
    }

    private static ParameterRange? Parse(string text)
    {
        ParameterRange range = All;
        foreach (string comparison in text.Split(" and "))
        {
            string sign = string.Concat(comparison.Trim().TakeWhile(c => c is '<' or '>' or '='));
            if (!Scalars.IsNumber(comparison.Trim()[sign.Length..].Trim(), out double end) || !double.IsFinite(end))
            {
                return null;
            }

            bool low = sign is ">" or ">=";
            bool isTwice = double.IsFinite(low ? range.Low : range.High);
            if (isTwice || sign is not (">" or ">=" or "<" or "<="))
            {
                return null;
            }

            range = low ? range with { Low = end, HoldsLow = sign == ">=" } : range with { High = end, HoldsHigh = sign == "<=" };
        }

        return range;
    }

    private static string Text(double end) => end.ToString("R", CultureInfo.InvariantCulture);
}

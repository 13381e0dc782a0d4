using BrainSim.Engine.Documents;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Sweeps;

/// <summary>A number or condition computed from a point's measures, such as <c>(r_E - 5)^2 + sync</c> or <c>sync > 0.8</c>.</summary>
/// <param name="Text">As the file has it.</param>
public sealed record MeasureFormula(string Text, Expr Expr)
{
    /// <summary>NaN where it needs a measure that is undefined or missing.</summary>
    public double Of(IReadOnlyDictionary<string, double?> measures)
    {
        string[] names = [.. Rewriting.NamesIn(Expr)];
        return Array.Exists(names, name => measures.GetValueOrDefault(name) is null) ? double.NaN : Evaluation.Of(Expr, name => measures[name]!.Value);
    }

    public bool Holds(IReadOnlyDictionary<string, double?> measures) => Of(measures) is not (0 or double.NaN);

    /// <summary>A formula, or a measure's own name, which may be one that no formula can hold (<c>rate_E[0]</c>).</summary>
    /// <param name="isCondition">What the formula must be: a condition or a number.</param>
    /// <param name="objective">What the name <c>objective</c> stands for; null where it has no meaning.</param>
    /// <returns>Null after a mistake.</returns>
    public static MeasureFormula? Read(string text, Place place, bool isCondition, IReadOnlyList<MeasureSpec> measures, Constants constants, Mistakes mistakes, MeasureFormula? objective = null)
    {
        string[] numbers = [.. measures.Where(IsNumber).Select(m => m.Name)];
        if (!isCondition && measures.FirstOrDefault(m => m.Name == text) is { } named)
        {
            return IsNumber(named) ? new MeasureFormula(text, new Name(text)) : Refused($"the measure '{text}' is an array, where a number is needed");
        }

        if (ExpressionParser.TryParse(text) is not { } expr || constants.PutInto(WithObjective(expr, objective)) is not { } formula || formula.IsRandom())
        {
            return Refused($"'{text}' is no formula of measures, such as {(isCondition ? "sync > 0.8" : "(r - 10)^2")}");
        }

        string[] unknown = [.. Rewriting.NamesIn(formula).Except(numbers).Except(["pi", "e"])];
        if (unknown.Length > 0)
        {
            return Refused($"there is no measure '{unknown[0]}' that is a number.{(numbers.Length == 0 ? " The file has no such measures: add some under measures." : Suggestion.For(unknown[0], numbers))}");
        }

        return formula.IsCondition() == isCondition
            ? new MeasureFormula(text, formula)
            : Refused(isCondition ? $"'{text}' must be a condition, such as sync > 0.8" : $"'{text}' must be a number, and is a condition");

        MeasureFormula? Refused(string message)
        {
            mistakes.Add(place, message);
            return null;
        }
    }

    private static Expr WithObjective(Expr expr, MeasureFormula? objective) =>
        objective is null ? expr : Rewriting.Substitute(expr, new Dictionary<string, Expr> { ["objective"] = objective.Expr });

    private static bool IsNumber(MeasureSpec measure) => measure.Rule is not (SmoothedRateRule or PowerSpectrumRule);
}

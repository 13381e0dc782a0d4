using BrainSim.Coordinator.Sweeps;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>Which points are listed, best first.</summary>
/// <param name="Count">Null for all, in the order of the table.</param>
internal sealed record Ranking(int? Count, MeasureFormula? By, bool LowestFirst)
{
    /// <exception cref="UserMistakeException">The measure is none, or nothing says what is best.</exception>
    public static Ranking Read(SweepPlan plan, int? top, string? by, bool lowest)
    {
        Place place = new("--by", 0, 0, "");
        if (top is null && (by is not null || lowest))
        {
            throw new UserMistakeException(place, "says how to list points; give --top N too.");
        }

        if (by is null)
        {
            return top is not null && plan.Spec.Optimize is null
                ? throw new UserMistakeException(new Place("--top", 0, 0, ""), "needs --by MEASURE to know which points are best.")
                : new Ranking(top, plan.Spec.Optimize?.Objective, lowest || plan.Spec.Optimize is { Maximize: false });
        }

        Mistakes mistakes = new();
        MeasureFormula? formula = plan.FormulaOf(by, place, mistakes);
        mistakes.ThrowIfAny();
        return new Ranking(top, formula, lowest);
    }

    /// <summary>Points without the measure are left out; equal ones keep the order of the table.</summary>
    public IEnumerable<(SweepPoint Point, PointOutcome Outcome)> Best(PointTable table)
    {
        if (Count is null || By is null)
        {
            return table.Rows;
        }

        var ranked = table.Rows.Where(row => row.Outcome.Status.HasMeasures() && !double.IsNaN(By.Of(row.Outcome.Numbers)));
        return (LowestFirst ? ranked.OrderBy(row => By.Of(row.Outcome.Numbers)) : ranked.OrderByDescending(row => By.Of(row.Outcome.Numbers))).Take(Count.Value);
    }
}

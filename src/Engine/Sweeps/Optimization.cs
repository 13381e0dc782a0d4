using System.Collections.Immutable;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Sweeps;

/// <summary>Turns the candidates of a search into points, and outcomes into the values that it learns from.</summary>
internal sealed class Optimization : IPointSource
{
    /// <summary>Random candidates, or starts of a simplex, at the same time where the file says nothing.</summary>
    private const int DefaultBatch = 8;

    private readonly SweepPlan plan;
    private readonly OptimizeSpec optimize;
    private readonly ISearch search;
    private int asked;
    private int wanted;

    public Optimization(SweepPlan plan, OptimizeSpec optimize)
    {
        this.plan = plan;
        this.optimize = optimize;
        int dimensions = plan.Spec.Axes.Length;
        int batch = optimize.Batch ?? DefaultBatch;
        search = optimize.Method switch
        {
            OptimizeMethod.Random => new RandomSearch(dimensions, batch, plan.Random("optimize.random")),
            OptimizeMethod.NelderMead => new NelderMead(dimensions, batch, plan.Random("optimize.nelder_mead")),
            _ => new CmaEs(dimensions, optimize.Batch, plan.Random("optimize.cma_es")),
        };
    }

    /// <summary>The last batch is cut short where no more evaluations are left: nothing is learnt from it.</summary>
    public ImmutableArray<SweepPoint> Next(int first, ImmutableArray<PointOutcome> last)
    {
        if (asked >= optimize.Evaluations)
        {
            return [];
        }

        if (wanted > 0)
        {
            search.Tell([.. Enumerable.Range(0, wanted).Select(candidate => Value(last, candidate))]);
        }

        double[][] candidates = search.Ask();
        wanted = candidates.Length;
        int taken = Math.Min(wanted, optimize.Evaluations - asked);
        asked += taken;
        return [.. Enumerable.Range(0, taken * plan.Spec.Repeats).Select(j => Point(first + j, candidates[j / plan.Spec.Repeats], j % plan.Spec.Repeats))];
    }

    /// <summary>What cannot be read as a network has no network's hash, and fails when it is run.</summary>
    private SweepPoint Point(int index, double[] candidate, int repeat)
    {
        ImmutableArray<AxisValue> values = [.. plan.Spec.Axes.Zip(candidate, (axis, unit) => axis.At(unit))];
        string text = string.Join('|', values.Select(v => v.Text).Append($"{repeat}"));
        return plan.Point(index, values, repeat, new Mistakes()) ?? new SweepPoint(index, values, repeat, 0, "", $"unreadable|{text}");
    }

    /// <summary>Mean over the repeats, to be as small as possible; +infinity where a repeat failed or has no such number.</summary>
    private double Value(ImmutableArray<PointOutcome> outcomes, int candidate)
    {
        double sum = 0;
        for (int repeat = 0; repeat < plan.Spec.Repeats; repeat++)
        {
            PointOutcome outcome = outcomes[(candidate * plan.Spec.Repeats) + repeat];
            sum += outcome.Status.HasMeasures() ? optimize.Objective.Of(outcome.Numbers) : double.NaN;
        }

        double mean = (optimize.Maximize ? -sum : sum) / plan.Spec.Repeats;
        return double.IsNaN(mean) ? double.PositiveInfinity : mean;
    }
}

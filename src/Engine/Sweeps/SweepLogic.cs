using System.Collections.Immutable;

namespace BrainSim.Engine.Sweeps;

/// <summary>
/// Which point comes next, and what the outcomes say: a synchronous class without input and output, so that one process or a coordinator of many can move its messages.
/// What it says depends on the plan and the outcomes, never on the order in which these come in. Not thread-safe.
/// </summary>
public sealed class SweepLogic
{
    private readonly SweepPlan plan;
    private readonly IPointSource source;
    private readonly Func<SweepPoint, PointOutcome?> known;
    private readonly List<SweepPoint> points = [];
    private readonly List<PointOutcome?> outcomes = [];
    private readonly Dictionary<string, List<int>> running = [];
    private readonly HashSet<string> keys = [];

    /// <summary>Points that came with the batches before the present one.</summary>
    private int settled;

    private int next;

    /// <summary>Points before it are in order finished and do not end the sweep.</summary>
    private int judged;

    private bool ended;

    /// <param name="points">Of a sweep: <see cref="SweepPlan.Points"/>.</param>
    /// <param name="known">The outcome of a point that was run before, else null.</param>
    public SweepLogic(SweepPlan plan, ImmutableArray<SweepPoint> points, Func<SweepPoint, PointOutcome?> known)
    {
        this.plan = plan;
        this.known = known;
        source = plan.Spec.Optimize is { } optimize ? new Optimization(plan, optimize) : new GivenPoints(points);
        Total = plan.Spec.Optimize is { } search ? (long)search.Evaluations * plan.Spec.Repeats : points.Length;
        TakeBatch([]);
    }

    /// <summary>Points at most.</summary>
    public long Total { get; }

    public int Running => running.Count;

    public int Finished => outcomes.Count(outcome => outcome is not null);

    /// <summary>Of the finished points: those without measures.</summary>
    public int Failed => outcomes.Count(outcome => outcome is not null && !outcome.Status.HasMeasures());

    /// <summary>True when nothing is left to begin, and nothing runs.</summary>
    public bool IsDone => ended && running.Count == 0;

    /// <summary>True when the table is whole: what still runs is not in it.</summary>
    public bool IsOver => ended;

    /// <summary>The points of the table that have ended, in its order.</summary>
    public IEnumerable<(SweepPoint Point, PointOutcome Outcome)> Table =>
        points.Zip(outcomes).Take(ended ? judged : points.Count).Where(row => row.Second is not null).Select(row => (row.First, row.Second!));

    /// <summary>The next point to run; null where nothing can be begun before a point that runs has finished, or nothing is left. Points whose outcome is known are passed over.</summary>
    public SweepPoint? Next()
    {
        while (!ended && next < points.Count)
        {
            int index = next++;
            SweepPoint point = points[index];
            if (running.TryGetValue(point.Key, out List<int>? same))
            {
                same.Add(index);
            }
            else if (known(point) is { } outcome)
            {
                Keep(index, outcome);
            }
            else
            {
                running.Add(point.Key, [index]);
                return point;
            }
        }

        return null;
    }

    /// <summary>Takes in what came of a point that <see cref="Next"/> gave.</summary>
    public void Finish(SweepPoint point, PointOutcome outcome)
    {
        running.Remove(point.Key, out List<int>? indices);
        foreach (int index in indices!)
        {
            Keep(index, outcome);
        }
    }

    /// <summary>True where <see cref="Next"/> gave a point with this key, and nothing came of it yet.</summary>
    public bool IsRunning(string key) => running.ContainsKey(key);

    /// <summary>True for the key of any point that <see cref="Next"/> gave or may give before others have finished.</summary>
    public bool Has(string key) => keys.Contains(key);

    private void Keep(int index, PointOutcome outcome)
    {
        outcomes[index] = outcome;
        while (!ended && judged < points.Count && outcomes[judged] is { } oldest)
        {
            judged++;
            ended = plan.Spec.Until is { } until && oldest.Status.HasMeasures() && until.Holds(oldest.Numbers);
        }

        if (!ended && judged == points.Count)
        {
            TakeBatch(outcomes.Skip(settled).Select(o => o!).ToImmutableArray());
        }
    }

    private void TakeBatch(ImmutableArray<PointOutcome> last)
    {
        settled = points.Count;
        ImmutableArray<SweepPoint> batch = source.Next(points.Count, last);
        points.AddRange(batch);
        keys.UnionWith(batch.Select(point => point.Key));
        outcomes.AddRange(batch.Select(_ => (PointOutcome?)null));
        ended = batch.IsEmpty;
    }
}

/// <summary>Where points come from, batch by batch.</summary>
internal interface IPointSource
{
    /// <param name="first">Index of the first point of the batch.</param>
    /// <param name="last">What came of the batch before; none at the start.</param>
    /// <returns>None when there are no more.</returns>
    ImmutableArray<SweepPoint> Next(int first, ImmutableArray<PointOutcome> last);
}

/// <summary>All points at once.</summary>
internal sealed class GivenPoints(ImmutableArray<SweepPoint> points) : IPointSource
{
    public ImmutableArray<SweepPoint> Next(int first, ImmutableArray<PointOutcome> last) => first == 0 ? points : [];
}

using BrainSim.Engine.Sweeps;

namespace BrainSim.Coordinator.Cluster;

/// <summary>Points that nodes may be given: those that came back first, then those that come next.</summary>
internal sealed class PointQueue(SweepLogic logic)
{
    /// <summary>Points that may lie between those that nodes have from before.</summary>
    private const int MostPassedOver = 4096;

    private readonly Dictionary<string, SweepPoint> given = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, SweepPoint> returned = [];

    public bool IsOver => logic.IsOver;

    public int Finished => logic.Finished;

    /// <summary>Of the table, when it is whole: its rows, and those without measures.</summary>
    public (int Count, int Failed) Rows => (logic.Table.Count(), logic.Table.Count(row => !row.Outcome.Status.HasMeasures()));

    /// <summary>True where something could be taken now.</summary>
    public bool HasMore
    {
        get
        {
            SweepPoint? next = Take();
            PutBack(next is null ? [] : [next]);
            return next is not null;
        }
    }

    public int Failed => logic.Failed;

    public bool Has(string key) => logic.Has(key);

    /// <returns>Null where nothing can be begun now.</returns>
    public SweepPoint? Take()
    {
        if (returned.Count > 0)
        {
            SweepPoint first = returned.Values.First();
            returned.Remove(first.Index);
            return first;
        }

        if (logic.Next() is not { } next)
        {
            return null;
        }

        given.Add(next.Key, next);
        return next;
    }

    public void PutBack(IEnumerable<SweepPoint> points)
    {
        foreach (SweepPoint point in points.Where(p => given.ContainsKey(p.Key)))
        {
            returned[point.Index] = point;
        }
    }

    /// <returns>The point; null where it was not given to anybody yet: it will not be.</returns>
    public SweepPoint? Finish(string key, PointOutcome outcome)
    {
        if (!given.Remove(key, out SweepPoint? point))
        {
            return null;
        }

        returned.Remove(point.Index);
        logic.Finish(point, outcome);
        return point;
    }

    /// <summary>Gives nodes the points that they have from before, as far as these come next.</summary>
    /// <param name="claims">By place in the table: the node. Empty afterwards.</param>
    public void KeepWithTheirNodes(Dictionary<int, string> claims, IReadOnlyDictionary<string, SweepShare> shares)
    {
        List<SweepPoint> others = [];
        while (claims.Count > 0 && others.Count < MostPassedOver && Take() is { } point)
        {
            if (claims.Remove(point.Index, out string? node) && shares.TryGetValue(node, out SweepShare? share))
            {
                share.Add(point);
            }
            else
            {
                others.Add(point);
            }
        }

        claims.Clear();
        PutBack(others);
    }
}

using BrainSim.Contracts;
using BrainSim.Engine.Sweeps;

namespace BrainSim.Coordinator.Cluster;

/// <summary>What one node is to have of a sweep.</summary>
internal sealed class SweepShare(string node)
{
    private readonly HashSet<int> begun = [];
    private SweepStatus? status;

    public string Node => node;

    /// <summary>In the order in which the node takes them.</summary>
    public List<SweepPoint> Points { get; } = [];

    /// <summary>Points at the same time.</summary>
    public int AtOnce { get; private set; }

    /// <summary>Points that it needs slots for.</summary>
    public int Used => Math.Max(AtOnce, Begun.Count());

    /// <summary>True where the node has not been told how things are.</summary>
    public bool IsChanged { get; private set; } = true;

    /// <summary>Null where the node has heard nothing, nor has to: it never had a point.</summary>
    public long? ToldAt { get; private set; }

    /// <summary>True where the node says that it has what it is to have.</summary>
    public bool IsHeard => status is not null && status.AtOnce == AtOnce && Points.Select(p => p.Index).Order().SequenceEqual(status.Begun.Concat(status.Waiting).Order());

    public void Hear(SweepStatus now)
    {
        status = now;
        if (now.AtOnce == AtOnce)
        {
            begun.Clear(); // It has heard how many it may begin, so what waits there has not begun.
        }

        begun.UnionWith(now.Begun);
    }

    public void Add(SweepPoint point)
    {
        Points.Add(point);
        IsChanged = true;
    }

    public bool Remove(int index)
    {
        bool had = Points.RemoveAll(p => p.Index == index) > 0;
        IsChanged |= had;
        return had;
    }

    public void Allow(int atOnce)
    {
        begun.UnionWith(Begun.Select(p => p.Index).ToList());
        IsChanged |= AtOnce != atOnce;
        AtOnce = atOnce;
    }

    /// <summary>Takes the last points back that have not begun, until so many are left.</summary>
    public IReadOnlyList<SweepPoint> TakeBack(int left)
    {
        HashSet<int> kept = [.. Begun.Select(p => p.Index)];
        List<SweepPoint> back = [.. Points.Where(p => !kept.Contains(p.Index)).Skip(Math.Max(0, left - kept.Count))];
        back.ForEach(p => Remove(p.Index));
        return back;
    }

    public void Told(long now) => (IsChanged, ToldAt) = (false, now);

    /// <summary>The first are begun as soon as they are heard of.</summary>
    private IEnumerable<SweepPoint> Begun => Points.Where((p, place) => place < AtOnce || begun.Contains(p.Index));
}

using BrainSim.Contracts;

namespace BrainSim.Coordinator.Cluster;

/// <summary>A node as the coordinator knows it.</summary>
/// <param name="name">As the node calls itself.</param>
/// <param name="now">When it was first heard of, or expected.</param>
internal sealed class NodeEntry(string name, long now)
{
    public string Name => name;

    /// <summary>Null until the first report: a node that had shards when the coordinator stopped.</summary>
    public NodeDescription? Description { get; private set; }

    public bool IsDraining { get; private set; }

    public long HeardAt { get; private set; } = now;

    public long DrainsSince { get; private set; }

    /// <summary>As last reported.</summary>
    public long MemoryUsed { get; private set; }

    /// <summary>Operations that one of its shards does in a millisecond, as last measured; 0 where it is not known.</summary>
    public double Speed { get; set; }

    private long sequence;

    /// <summary>The coordinator itself stood still and could hear nobody: its silence does not count.</summary>
    public void Excuse(long gap, long now) => (HeardAt, DrainsSince) = (Math.Min(now, HeardAt + gap), Math.Min(now, DrainsSince + gap));

    /// <returns>False for a report that a later one has overtaken.</returns>
    public bool Hear(NodeReport report, long now)
    {
        HeardAt = now;
        if (report.Sequence <= sequence)
        {
            return false;
        }

        sequence = report.Sequence;
        DrainsSince = report.Draining && !IsDraining ? now : DrainsSince;
        (Description, IsDraining, MemoryUsed) = (report.Description, report.Draining, report.MemoryUsedBytes);
        return true;
    }
}

namespace BrainSim.Coordinator.Cluster;

/// <summary>How far what one shard recorded is on the disk without a gap. Parts of it arrive in any order, and again.</summary>
/// <param name="from">Where the epoch began.</param>
internal sealed class RecordedSteps(long from)
{
    private readonly Dictionary<long, long> later = [];

    /// <summary>All up to this step is there.</summary>
    public long To { get; private set; } = from;

    public void Add(long after, long to)
    {
        if (after >= To)
        {
            later[after] = to;
        }

        while (later.Remove(To, out long next))
        {
            To = next;
        }
    }
}

using BrainSim.Engine.Units;

namespace BrainSim.Engine.Exchange;

/// <summary>
/// The spikes of one shard in the steps [FromStep, ToStep), as it hands them to the others: counts by step, then population; ids in that
/// order, global and rising within each count; then, for couplings, what its neurons' partners read of them after the last step. Who hands it over says when it may be filled again.
/// </summary>
public sealed class SpikeBatch(int shard, int populations) : IDisposable
{
    public int Shard { get; } = shard;

    public int Populations { get; } = populations;

    public long FromStep { get; private set; }

    public long ToStep => FromStep + (Counts.Length / Populations);

    public NativeArray<int> Counts { get; } = new(0);

    public NativeArray<int> Ids { get; } = new(0);

    /// <summary>In the order and precision of <see cref="Shards.PartnerValues"/>.</summary>
    public NativeArray<byte> Values { get; } = new(0);

    /// <summary>Empties the batch for a window that begins at a step.</summary>
    public void Begin(long fromStep)
    {
        FromStep = fromStep;
        Counts.Clear();
        Ids.Clear();
        Values.Clear();
    }

    /// <summary>Appends the spikes of the next population of the step at hand.</summary>
    public void Add(ReadOnlySpan<int> localIds, int firstId)
    {
        Counts.Add(localIds.Length);
        foreach (int id in localIds)
        {
            Ids.Add(firstId + id);
        }
    }

    public void Dispose()
    {
        Counts.Dispose();
        Ids.Dispose();
        Values.Dispose();
    }
}

using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Exchange;

/// <summary>Why a batch was refused, or that it was not.</summary>
public enum Acceptance
{
    Accepted,

    /// <summary>A batch of this shard and window is already here.</summary>
    Repeated,

    /// <summary>The window is over.</summary>
    Late,

    /// <summary>The window has not begun, or the sender is no shard of this run.</summary>
    Foreign,

    /// <summary>Counts, ids and values contradict each other or the network.</summary>
    Malformed,
}

/// <summary>Collects the batches of a window and writes them to the histories in canonical order: step, population, shard. The order of arrival does not matter.</summary>
/// <param name="partners">Take the values that batches carry; null where they carry none.</param>
public sealed class Inbox(int shards, IReadOnlyList<int> populationSizes, PartnerValues? partners = null)
{
    private readonly SpikeBatch?[] waiting = new SpikeBatch?[shards];
    private int present;

    public bool IsComplete => present == waiting.Length;

    /// <param name="from">First step of the window at hand.</param>
    /// <param name="to">First step after it.</param>
    public Acceptance Accept(SpikeBatch batch, long from, long to)
    {
        if (batch.Shard < 0 || batch.Shard >= waiting.Length || batch.FromStep > from)
        {
            return Acceptance.Foreign;
        }

        if (batch.FromStep < from)
        {
            return Acceptance.Late;
        }

        if (waiting[batch.Shard] is not null)
        {
            return Acceptance.Repeated;
        }

        if (batch.ToStep != to || !IsWellFormed(batch))
        {
            return Acceptance.Malformed;
        }

        waiting[batch.Shard] = batch;
        present++;
        return Acceptance.Accepted;
    }

    /// <summary>Writes a complete window to the histories, one per population, and to the partners, and waits for the next.</summary>
    public unsafe void Merge(IReadOnlyList<SpikeHistory> histories)
    {
        Span<long> next = stackalloc long[waiting.Length];
        next.Clear();
        long from = waiting[0]!.FromStep;
        int steps = (int)(waiting[0]!.ToStep - from);
        for (int step = 0; step < steps; step++)
        {
            for (int population = 0; population < histories.Count; population++)
            {
                NativeArray<int> slot = histories[population].Begin(from + step);
                for (int shard = 0; shard < waiting.Length; shard++)
                {
                    SpikeBatch batch = waiting[shard]!;
                    int count = batch.Counts[(step * histories.Count) + population];
                    slot.AddRange(batch.Ids.Pointer + next[shard], count);
                    next[shard] += count;
                }
            }
        }

        foreach (SpikeBatch? batch in waiting)
        {
            partners?.Take(batch!.Values, batch.Shard, waiting.Length);
        }

        Array.Clear(waiting);
        present = 0;
    }

    private bool IsWellFormed(SpikeBatch batch)
    {
        if (batch.Populations != populationSizes.Count || batch.Values.Length != (partners?.BytesOf(batch.Shard, waiting.Length) ?? 0))
        {
            return false;
        }

        long next = 0;
        for (int c = 0; c < batch.Counts.Length; c++)
        {
            Partition sender = Partition.Of(populationSizes[c % batch.Populations], batch.Shard, waiting.Length);
            int count = batch.Counts[c];
            if (count < 0 || next + count > batch.Ids.Length)
            {
                return false;
            }

            for (int last = sender.From - 1; count > 0; count--)
            {
                int id = batch.Ids[next++];
                if (id <= last || id >= sender.To)
                {
                    return false;
                }

                last = id;
            }
        }

        return next == batch.Ids.Length;
    }
}

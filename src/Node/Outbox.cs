using BrainSim.Engine.Exchange;

namespace BrainSim.Node;

/// <summary>
/// The batches that one shard hands to the others of its process, in a ring: the sender fills the next while the receivers still read the last ones. One thread
/// writes; each receiver reads on one thread.
/// </summary>
internal sealed class Outbox : IDisposable
{
    /// <summary>Batches that a sender can be ahead of its slowest receiver.</summary>
    private const int Slots = 4;

    /// <summary>Numbers of one cache line, so that counters of different threads do not share one.</summary>
    private const int Apart = 16;

    private readonly SpikeBatch[] ring;
    private readonly long[] counters;

    /// <param name="receivers">Number of receiving shards.</param>
    public Outbox(int shard, int populations, int receivers)
    {
        ring = [.. Enumerable.Range(0, Slots).Select(_ => new SpikeBatch(shard, populations))];
        counters = new long[(receivers + 2) * Apart];
    }

    /// <summary>The batch to fill, or null while the slowest receiver has not read it.</summary>
    public SpikeBatch? Next()
    {
        long written = Written;
        for (int reader = 0; Place(reader) < counters.Length; reader++)
        {
            if (written - Volatile.Read(ref counters[Place(reader)]) >= Slots)
            {
                return null;
            }
        }

        return ring[written % Slots];
    }

    /// <summary>Hands out the batch that has been filled.</summary>
    public void Send() => Volatile.Write(ref counters[Apart], Written + 1);

    /// <summary>The oldest batch that a receiver has not taken; null where there is none.</summary>
    /// <param name="reader">Index of the receiver among the sender's.</param>
    public SpikeBatch? Unread(int reader)
    {
        long read = counters[Place(reader)];
        return read < Written ? ring[read % Slots] : null;
    }

    /// <summary>The receiver is done with its oldest batch.</summary>
    public void Take(int reader) => Volatile.Write(ref counters[Place(reader)], counters[Place(reader)] + 1);

    public void Dispose() => Array.ForEach(ring, batch => batch.Dispose());

    private long Written => Volatile.Read(ref counters[Apart]);

    private static int Place(int reader) => (reader + 2) * Apart;
}

using BrainSim.Contracts;
using BrainSim.Engine.Recording;

namespace BrainSim.Node.Cluster;

/// <summary>
/// What this node's shards have recorded and the coordinator's disk does not have yet. Of each shard it goes there in parts, each from the step where the one before ended; one
/// ends at every checkpoint. A node that cannot get rid of them waits.
/// </summary>
/// <param name="buffers">By shard of this node; the shards put their chunks here.</param>
/// <param name="step">Where the shards begin.</param>
internal sealed class RecordedParts(RunEpoch epoch, int firstShard, IReadOnlyList<ChunkBuffer> buffers, long step)
{
    /// <summary>Of a shard's chunks, which then make a part.</summary>
    private const int PartBytes = 4 << 20;

    /// <summary>Of all parts that wait; some more come with the step that reaches it.</summary>
    private const long MostBytes = 64 << 20;

    private readonly List<HeldPart> parts = [];
    private readonly long[] ends = [.. buffers.Select(_ => step)];

    /// <summary>Nothing more may be recorded for now.</summary>
    public bool IsFull => parts.Sum(p => (long)p.Bytes) >= MostBytes;

    /// <summary>Sends what makes a part.</summary>
    /// <param name="at">The step that all shards have reached.</param>
    /// <param name="all">However little it is: a checkpoint is taken.</param>
    public void Cut(long at, bool all, List<NodeEffect> effects)
    {
        for (int s = 0; s < buffers.Count; s++)
        {
            if (all ? at > ends[s] : buffers[s].Bytes >= PartBytes)
            {
                HeldPart part = new(new PartKey { Epoch = epoch, Step = at, Shard = firstShard + s, IsRecorded = true, RecordedAfter = ends[s] }, buffers[s].TakeAll());
                ends[s] = at;
                parts.Add(part);
                part.Send(effects);
            }
        }
    }

    /// <summary>Sends again what did not arrive.</summary>
    public void SendAgain(List<NodeEffect> effects) => parts.FindAll(p => !p.IsUnderWay).ForEach(p => p.Send(effects));

    /// <param name="kept">It is on the disk.</param>
    public void Uploaded(PartKey key, bool kept)
    {
        if (kept)
        {
            parts.RemoveAll(p => p.Key.Equals(key));
        }
        else
        {
            parts.FindAll(p => p.Key.Equals(key)).ForEach(p => p.IsUnderWay = false);
        }
    }
}

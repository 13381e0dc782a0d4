namespace BrainSim.Engine.Monitors;

/// <summary>What one monitor saw on one shard since its last chunk.</summary>
/// <param name="monitor">Position among the network's monitors.</param>
/// <param name="steps">Of a chunk, see <see cref="ChunkGrid"/>.</param>
public abstract class MonitorRecord(int monitor, long steps) : IDisposable
{
    /// <summary>The step at which the chunk is full.</summary>
    public long Until { get; private set; }

    /// <summary>Bytes of the buffer.</summary>
    public abstract long HeldBytes { get; }

    /// <summary>The first step of the chunk.</summary>
    protected long From { get; private set; }

    /// <summary>What was seen before the step To, which all steps before have been.</summary>
    protected abstract ReadOnlySpan<byte> BytesUpTo(long to);

    /// <summary>Empties the buffer for what is seen from a step on.</summary>
    protected abstract void Clear(long from);

    /// <summary>Hands over what was seen before a step; nothing where that has been done.</summary>
    public void HandOver(long step, int shard, int shards, IChunkSink sink)
    {
        if (step > From)
        {
            sink.Take(new ChunkKey(monitor, shard, shards, From, step), BytesUpTo(step));
            BeginAt(step);
        }
    }

    /// <summary>Forgets what was seen, and goes on from a step.</summary>
    public void BeginAt(long step)
    {
        From = step;
        Until = ((Math.Max(0, step) / steps) + 1) * steps;
        Clear(step);
    }

    public abstract void Dispose();
}

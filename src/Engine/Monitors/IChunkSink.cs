namespace BrainSim.Engine.Monitors;

/// <summary>
/// What one monitor saw on one shard after the step From (0 at the start; -1 where spikes before the first step count) up to the step To: all that <c>Step &lt; To</c> has, and nothing
/// that an earlier chunk had. The chunks of all shards of a run begin and end at the same steps, see <see cref="ChunkGrid"/>.
/// </summary>
/// <param name="Monitor">Position among the network's monitors.</param>
/// <param name="Shards">Of the run that recorded it.</param>
public readonly record struct ChunkKey(int Monitor, int Shard, int Shards, long From, long To);

/// <summary>
/// Takes what shards have recorded, a chunk at a time. The bytes of a chunk are a pure function of its key and the network, so one that comes twice, after a failure, is the same.
/// Called by the threads of the shards: from several at once, but for one shard in the order of time.
/// </summary>
public interface IChunkSink
{
    /// <summary>False where a monitor need not record anything.</summary>
    bool Wants(int monitor);

    /// <param name="bytes">Theirs are the formats of <see cref="SpikeRecord"/>, <see cref="RateRecord"/> and <see cref="VariableRecord"/>. Gone after the call.</param>
    void Take(ChunkKey key, ReadOnlySpan<byte> bytes);
}

using BrainSim.Contracts;
using BrainSim.Contracts.Frames;
using BrainSim.Engine.Exchange;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;

namespace BrainSim.Node.Cluster;

/// <summary>The shards of a peer as this node knows them: what their last frame said, one batch for each.</summary>
internal sealed class RemoteShards : IDisposable
{
    private readonly SpikeBatch[] batches;
    private readonly Partition[][] slices;
    private readonly long[] valueBytes;

    /// <param name="shards">Of the whole run.</param>
    /// <param name="partners">Of any shard here: what batches must bring for couplings.</param>
    public RemoteShards(Peer peer, NetworkSpec network, int shards, PartnerValues partners)
    {
        int[] theirs = [.. Enumerable.Range(peer.FirstShard, peer.Shards)];
        batches = [.. theirs.Select(s => new SpikeBatch(s, network.Populations.Length))];
        slices = [.. network.Populations.Select(p => theirs.Select(s => Partition.Of(p.Size, s, shards)).ToArray())];
        valueBytes = [.. theirs.Select(s => partners.BytesOf(s, shards))];
    }

    /// <returns>False where the frame cannot be what a shard of this network sends.</returns>
    public bool TryRead(ReadOnlySpan<byte> frame, FrameHeader header) => SpikeFrames.TryRead(frame[FrameHeader.Bytes..], header, batches, slices, valueBytes);

    public void GiveTo(ShardRun shard, ExchangePlan plan)
    {
        foreach (SpikeBatch batch in batches)
        {
            if (plan.SendersTo[shard.Shard].Contains(batch.Shard))
            {
                Give(shard, batch);
            }
        }
    }

    public static void Give(ShardRun shard, SpikeBatch batch)
    {
        Acceptance acceptance = shard.Accept(batch);
        if (acceptance != Acceptance.Accepted)
        {
            throw new InvalidOperationException($"shard {shard.Shard} refuses a batch of shard {batch.Shard} as {acceptance}.");
        }
    }

    public void Dispose() => Array.ForEach(batches, b => b.Dispose());
}

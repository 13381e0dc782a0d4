using System.Security.Cryptography;
using BrainSim.Contracts;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;

namespace BrainSim.Node.Cluster;

/// <summary>Where a node gets what it builds from. Called on the threads of jobs, several at once.</summary>
public interface INetworkSource
{
    /// <exception cref="UserMistakeException">The network cannot be run.</exception>
    /// <exception cref="SupplyException">The network's files cannot be had now.</exception>
    /// <param name="share">Of the network that this node gets.</param>
    CompiledNetwork Compile(NetworkReference network, double share);

    /// <summary>What a sweep makes of a network file.</summary>
    /// <inheritdoc cref="Compile"/>
    SweepPlan Plan(NetworkReference network, SweepReference sweep);

    /// <summary>The bytes of a part, whatever they are; null where it is gone.</summary>
    /// <exception cref="SupplyException">It cannot be had now.</exception>
    byte[]? Read(PartKept part);
}

/// <summary>What a node needs cannot be had now: the coordinator does not answer, or the disk is full. It may be tried again.</summary>
public sealed class SupplyException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A committed part is gone, is not what was committed, or cannot be read by this version.</summary>
public sealed class DamagedPartException(PartKept part, string why = "It is damaged or gone.") : Exception($"Shard {part.Key.Shard} of the checkpoint at step {part.Key.Step} cannot be used. {why}");

/// <summary>The long part of building: reads, compiles, builds the shards and reads the checkpoint. Touches nothing of the node until it is handed back.</summary>
public sealed class BuildJob(BuildShards order, INetworkSource source, Crew crew)
{
    private volatile bool isUnwanted;

    public BuildShards Order => order;

    internal bool IsUnwanted => isUnwanted;

    internal CompiledNetwork? Compiled { get; private set; }

    internal ShardRun[] Shards { get; private set; } = [];

    /// <summary>By shard: what it records.</summary>
    internal ChunkBuffer[] Recorded { get; private set; } = [];

    internal Checkpoint? From { get; private set; }

    /// <summary>On any thread. Whatever it throws belongs to <see cref="NodeLogic.Finished(BuildJob, Exception)"/>.</summary>
    public void Run()
    {
        Peer self = order.Peers[order.Self];
        int all = order.Peers.Sum(p => p.Shards);
        StopIfUnwanted();
        Compiled = source.Compile(order.Network, (double)self.Shards / all);
        From = order.From is null ? null : Checkpoint.Join([.. order.From.Parts.OrderBy(p => p.Key.Shard).Select(Read)]);
        StopIfUnwanted();
        Shards = new ShardRun[self.Shards];
        Recorded = [.. Shards.Select(_ => new ChunkBuffer())];
        crew(Shards.Length, s =>
        {
            StopIfUnwanted();
            Shards[s] = new ShardRun(Compiled, self.FirstShard + s, all, sink: Recorded[s]);
        });
        if (order.Peers.Count > 1)
        {
            SpikeFrames.Check(Shards.Sum(shard => shard.State.Partners.BytesOf(shard.Shard, all)), SpikeFrames.NeuronsOf(Compiled.Network, self, all), Compiled.Network.Populations.Length);
        }
    }

    /// <summary>Nobody wants the shards any more: the job stops when the one at hand is built. Any thread.</summary>
    internal void Cancel() => isUnwanted = true;

    internal void Discard() => Array.ForEach(Shards, s => s?.Dispose());

    private void StopIfUnwanted()
    {
        if (isUnwanted)
        {
            throw new OperationCanceledException("The shards are not wanted any more.");
        }
    }

    private Checkpoint Read(PartKept part)
    {
        byte[]? bytes = source.Read(part);
        if (bytes is null || Convert.ToHexStringLower(SHA256.HashData(bytes)) != part.Sha256)
        {
            throw new DamagedPartException(part);
        }

        try
        {
            return CheckpointFile.FromBytes(bytes);
        }
        catch (InvalidDataException other)
        {
            throw new DamagedPartException(part, other.Message);
        }
    }
}

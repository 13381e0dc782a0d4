using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;

namespace BrainSim.Engine.Simulation;

/// <summary>What a checkpoint says was recorded, without the network: synapses are not built.</summary>
public sealed class PastRecordings : IDisposable
{
    private readonly ShardRun shard;

    /// <param name="network">The checkpoint's.</param>
    public PastRecordings(NetworkSpec network, Checkpoint checkpoint)
    {
        NetworkSpec withoutSynapses = network with { Projections = [.. network.Projections.Select(p => p with { Connect = new Pairs([], [], null, null) })] };
        shard = new ShardRun(CompiledNetwork.Of(withoutSynapses, BackEnd.Reference), 0, 1);
        for (int m = 0; m < checkpoint.Records.Length; m++)
        {
            checkpoint.Records[m].ApplyTo(shard.Monitors.Records[m], first: true);
        }

        checkpoint.SpikeCounts.CopyTo(shard.Monitors.SpikeCounts, 0);
        Recordings = new Recordings(network, [shard.Monitors]);
    }

    public Recordings Recordings { get; }

    public void Dispose() => shard.Dispose();
}

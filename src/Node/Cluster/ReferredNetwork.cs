using BrainSim.Contracts;
using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;

namespace BrainSim.Node.Cluster;

/// <summary>Reads what a <see cref="NetworkReference"/> names, on any machine alike.</summary>
public static class ReferredNetwork
{
    /// <param name="path">Of the network file here.</param>
    /// <param name="files">Those that it may name.</param>
    /// <exception cref="UserMistakeException">The network has mistakes.</exception>
    public static NetworkSpec Read(NetworkReference network, string path, NamedFiles files)
    {
        if (network.Point is null)
        {
            return NetworkReader.Read(path, files, network.Settings);
        }

        SweepPlan plan = Plan(network, network.Sweep, path, files);
        return plan.NetworkOf(WirePoints.FromWire(plan, network.Point));
    }

    /// <summary>What a sweep makes of the network file.</summary>
    /// <inheritdoc cref="Read"/>
    public static SweepPlan Plan(NetworkReference network, SweepReference sweep, string path, NamedFiles files) =>
        SweepPlan.Read(NetworkDocument.Load(path, files, network.Settings, network.Main), sweep.Vary, sweep.Identity);
}

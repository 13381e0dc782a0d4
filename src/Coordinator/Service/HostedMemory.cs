using System.Collections.Immutable;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.Service;

/// <summary>A rough count of the memory that a run takes on the nodes that share it: the run itself, the snapshots that are on their way to the coordinator, and recordings that wait for its disk.</summary>
internal static class HostedMemory
{
    /// <summary>Nodes run two checkpoints ahead, and hold the parts of both until they count.</summary>
    private const int Snapshots = 2;

    /// <summary>Of recordings, before a node waits.</summary>
    private const double MostRecorded = 64 << 20;

    /// <summary>Of a recorded spike: step and neuron.</summary>
    private const double SpikeBytes = 8;

    /// <returns>Bytes.</returns>
    public static double Of(CompiledNetwork compiled) =>
        MemoryNeed.Of(compiled, ImmutableHashSet<int>.Empty) + (Snapshots * StateBytes(compiled)) + Math.Min(MostRecorded, RecordedBytes(compiled.Network, [.. Arrival.AllOf(compiled.Programs)]));

    private static double StateBytes(CompiledNetwork compiled)
    {
        double values = compiled.Programs.Sum(program => (double)program.Columns.Length * program.Population.Size)
            + Arrival.AllOf(compiled.Programs).Sum(arrival => arrival.Variables.Length * MemoryNeed.Synapses(compiled.Network, arrival.Projection));
        return values * compiled.Network.Precision.Bytes();
    }

    /// <summary>At most: of spikes, one of every neuron in every step.</summary>
    private static double RecordedBytes(NetworkSpec network, IReadOnlyList<Arrival> arrivals) => network.Monitors.Sum(monitor => monitor.Kind == MonitorKind.Spikes
        ? SpikeBytes * network.Steps * network.Populations[monitor.Population].Size
        : Math.Floor((double)network.Steps / monitor.EverySteps) * RowBytes(network, monitor, arrivals));

    private static double RowBytes(NetworkSpec network, MonitorSpec monitor, IReadOnlyList<Arrival> arrivals) => monitor.Kind == MonitorKind.Rate
        ? sizeof(long)
        : MemoryNeed.Recorded(network, monitor, arrivals) * monitor.Variables.Length * network.Precision.Bytes();
}

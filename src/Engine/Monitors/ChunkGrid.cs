using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Monitors;

/// <summary>
/// Where chunks end: at every multiple of some number of steps, a pure function of the monitor and its population, never of shards or threads. Besides, all end where a checkpoint is
/// taken and where the run stops.
/// </summary>
public static class ChunkGrid
{
    /// <summary>Of all shards, for variables and rates: large enough to be written at the disk's speed.</summary>
    public const int RowBytes = 1 << 20;

    /// <summary>Neurons times steps of a chunk of spikes. At 10 Hz and steps of 0.1 ms they hold 67,000 spikes; never more than one spike each, which fits into an array.</summary>
    public const int SpikeCells = 1 << 26;

    /// <summary>Steps from one chunk to the next; for rows a whole number of them.</summary>
    public static long StepsOf(MonitorSpec monitor, NetworkSpec network) => monitor.Kind switch
    {
        MonitorKind.Spikes => Math.Max(1, SpikeCells / Recorded(monitor, network)),
        MonitorKind.Rate => (long)monitor.EverySteps * (RowBytes / sizeof(long)),
        _ => monitor.EverySteps * Math.Max(1, RowBytes / BytesOfRow(monitor, network)),
    };

    /// <summary>Of all variables and shards.</summary>
    public static long BytesOfRow(MonitorSpec monitor, NetworkSpec network) =>
        (long)monitor.Variables.Length * Recorded(monitor, network) * network.Precision.Bytes();

    /// <summary>Neurons that a monitor looks at.</summary>
    public static int Recorded(MonitorSpec monitor, NetworkSpec network) => monitor.Ids?.Length ?? network.Populations[monitor.Population].Size;
}

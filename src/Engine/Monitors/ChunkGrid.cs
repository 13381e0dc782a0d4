using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Monitors;

/// <summary>
/// Where chunks end: at every multiple of some number of steps, a pure function of the monitor and its population, never of shards or threads. Besides, all end where a checkpoint is
/// taken and where the run stops.
/// </summary>
public static class ChunkGrid
{
    /// <summary>Of a chunk of all shards, for variables and rates: large enough to be written at the disk's speed.</summary>
    private const int RowBytes = 1 << 20;

    /// <summary>Neurons times steps of a chunk of spikes. At 10 Hz and steps of 0.1 ms they hold 67,000 spikes; never more than one spike each, 512 MB.</summary>
    private const int SpikeCells = 1 << 26;

    /// <summary>Steps from one chunk to the next; for rows a whole number of them.</summary>
    public static long StepsOf(MonitorSpec monitor, NetworkSpec network) => monitor.Kind switch
    {
        MonitorKind.Spikes => Math.Max(1, SpikeCells / Recorded(monitor, network)),
        MonitorKind.Rate => (long)monitor.EverySteps * (RowBytes / sizeof(long)),
        _ => monitor.EverySteps * Math.Max(1, RowBytes / BytesOfRow(monitor, network)),
    };

    /// <summary>What all shards together hand over of rows in so many steps; spikes come as they please, 8 bytes each.</summary>
    public static long BytesOfRows(MonitorSpec monitor, NetworkSpec network, long steps) =>
        steps / monitor.EverySteps * (monitor.Kind == MonitorKind.Rate ? sizeof(long) : BytesOfRow(monitor, network));

    private static long BytesOfRow(MonitorSpec monitor, NetworkSpec network) =>
        (long)monitor.Variables.Length * Recorded(monitor, network) * network.Precision.Bytes();

    /// <summary>Neurons that a monitor looks at.</summary>
    public static int Recorded(MonitorSpec monitor, NetworkSpec network) => monitor.Ids?.Length ?? network.Populations[monitor.Population].Size;
}

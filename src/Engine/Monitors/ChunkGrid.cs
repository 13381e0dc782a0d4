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

    /// <summary>Steps from one chunk of spikes to the next.</summary>
    /// <param name="neurons">That the monitor looks at.</param>
    public static long StepsOfSpikes(int neurons) => Math.Max(1, SpikeCells / neurons);

    /// <summary>Steps from one chunk of rows to the next: a whole number of rows.</summary>
    /// <param name="everySteps">From one row to the next.</param>
    /// <param name="bytesOfRow">Of all shards.</param>
    public static long StepsOfRows(int everySteps, long bytesOfRow) => everySteps * Math.Max(1, RowBytes / Math.Max(1, bytesOfRow));

    /// <param name="width">Neurons, sources or synapses that the monitor looks at.</param>
    public static long BytesOfRow(int variables, long width, Precision precision) => variables * width * precision.Bytes();
}

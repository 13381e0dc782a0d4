using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>
/// The columns that spikes with many delays add to, one behind the other in one piece of memory: a synapse names its target by a place in it, in 16 bits
/// where that is enough, whatever the population.
/// </summary>
public sealed class TargetSpace : IDisposable
{
    private readonly Dictionary<(int Population, string Column), Partition> places = [];
    private readonly NativeArray<byte> memory;
    private readonly int bytesOfOne;
    private readonly int length;

    /// <param name="arrivals">The projections whose spikes add to them.</param>
    /// <param name="slices">This shard's part of every population.</param>
    public TargetSpace(Precision precision, IEnumerable<Arrival> arrivals, IReadOnlyList<Partition> slices)
    {
        bytesOfOne = precision.Bytes();
        foreach (Arrival arrival in arrivals)
        {
            (int, string) key = (arrival.Projection.Post, arrival.Jumps[0].Column);
            if (places.TryAdd(key, new Partition(length, length + slices[arrival.Projection.Post].Count)))
            {
                length = (places[key].To + PopulationShard.Padding + 15) / 16 * 16;
            }
        }

        memory = new NativeArray<byte>((Spare + 1L) * bytesOfOne);
    }

    /// <summary>A place that is no neuron's.</summary>
    public int Spare => length;

    public unsafe void* Pointer => memory.Pointer;

    /// <summary>Place of a column's first neuron.</summary>
    public int PlaceOf(int population, string column) => places[(population, column)].From;

    /// <summary>The memory of a column; null where it is none of these.</summary>
    public NativeArray<byte>? Find(int population, string column) =>
        places.TryGetValue((population, column), out Partition place) ? new NativeArray<byte>(memory, (long)place.From * bytesOfOne, (long)place.Count * bytesOfOne) : null;

    public void Dispose() => memory.Dispose();
}

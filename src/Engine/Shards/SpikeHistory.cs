using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>The spikes of one population in the last steps, from all shards, in canonical order: by step, then global id.</summary>
/// <remarks>A ring over steps. Slots grow to the busiest step seen and are then reused.</remarks>
public sealed class SpikeHistory : IDisposable
{
    private readonly NativeArray<int>[] slots;

    /// <param name="depth">Steps that a spike is remembered, counting its own.</param>
    public SpikeHistory(int depth)
    {
        slots = new NativeArray<int>[depth];
        for (int i = 0; i < depth; i++)
        {
            slots[i] = new NativeArray<int>(0);
        }
    }

    /// <summary>Steps that are remembered.</summary>
    public int Depth => slots.Length;

    /// <summary>The spikes of a step; steps before the run's first are negative.</summary>
    public NativeArray<int> Of(long step) => slots[(int)((step + slots.Length) % slots.Length)];

    /// <summary>Makes room for a step that begins to be filled.</summary>
    public NativeArray<int> Begin(long step)
    {
        NativeArray<int> slot = Of(step);
        slot.Clear();
        return slot;
    }

    public void Dispose() => Array.ForEach(slots, slot => slot.Dispose());
}

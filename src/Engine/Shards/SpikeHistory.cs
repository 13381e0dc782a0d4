using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>The spikes of one population in the last steps, from all shards, in canonical order: by step, then global id.</summary>
/// <remarks>A ring over steps. Slots grow to the busiest step seen and are then reused.</remarks>
public sealed class SpikeHistory : IDisposable
{
    private NativeArray<int>[] slots = [];

    /// <summary>Makes room, before the first step.</summary>
    /// <param name="depth">Steps that are kept, those included whose spikes come before the shard gets there.</param>
    public void Open(int depth)
    {
        Dispose();
        slots = [.. Enumerable.Range(0, depth).Select(_ => new NativeArray<int>(0))];
    }

    /// <summary>Steps that are kept.</summary>
    public int Depth => slots.Length;

    /// <summary>The spikes of a step; steps before the run's first are negative.</summary>
    public NativeArray<int> Of(long step) => slots[(int)((step + slots.Length) % slots.Length)];

    /// <summary>Forgets everything.</summary>
    public void Clear() => Array.ForEach(slots, slot => slot.Clear());

    /// <summary>Makes room for a step whose spikes may come from now on.</summary>
    public void Begin(long step) => Of(step).Clear();

    /// <summary>Adds the spikes of one shard.</summary>
    /// <param name="ids">Global, rising; all below or all above those of every other shard.</param>
    public unsafe void Insert(long step, int* ids, int count)
    {
        NativeArray<int> slot = Of(step);
        int length = (int)slot.Length;
        slot.AddRange(ids, count);
        if (length == 0 || count == 0 || slot[length - 1] < slot[length])
        {
            return;
        }

        int place = ~slot.Span[..length].BinarySearch(ids[0]);
        slot.Span[place..length].CopyTo(slot.Span[(place + count)..]);
        new Span<int>(ids, count).CopyTo(slot.Span[place..]);
    }

    public void Dispose() => Array.ForEach(slots, slot => slot.Dispose());
}

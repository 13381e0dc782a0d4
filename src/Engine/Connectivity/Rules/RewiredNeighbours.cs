using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary>Directed <c>small_world</c>: the partners of a neuron are its neighbours on the ring, each replaced with some probability by one that is drawn uniformly from those that are no partner yet.</summary>
public sealed class RewiredNeighbours(SmallWorld ring, int size, KeyedRandom key) : SourceRule
{
    private readonly List<int> partners = [];

    public override void AddSources(int target, int excluded, NativeArray<int> sources)
    {
        partners.Clear();
        for (int step = 1; step <= ring.EachSide; step++)
        {
            partners.Add((target + step) % size);
            partners.Add((target - step + size) % size);
        }

        KeyedStream stream = key.Stream((uint)target, 0);
        int free = size - partners.Count - (ring.IncludeSelf ? 0 : 1);
        for (int k = 0; k < partners.Count; k++)
        {
            if (stream.NextUnit() < ring.Rewired && free > 0)
            {
                partners[k] = Free(target, ref stream);
            }

            sources.Add(partners[k]);
        }
    }

    private int Free(int target, ref KeyedStream stream)
    {
        while (true)
        {
            int drawn = (int)(stream.NextUnit() * size);
            if (!partners.Contains(drawn) && (ring.IncludeSelf || drawn != target))
            {
                return drawn;
            }
        }
    }
}

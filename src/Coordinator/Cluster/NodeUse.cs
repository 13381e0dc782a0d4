namespace BrainSim.Coordinator.Cluster;

/// <summary>What runs and sweeps have of the nodes: counted once, and kept as they are placed. One thread at a time.</summary>
internal sealed class NodeUse
{
    private readonly Dictionary<string, (int Slots, long Bytes)> used = new(StringComparer.Ordinal);

    public NodeUse(IEnumerable<ISubmitted> all)
    {
        foreach (ISubmitted submitted in all)
        {
            Add(submitted);
        }
    }

    public int SlotsOn(string node) => used.GetValueOrDefault(node).Slots;

    public long BytesOn(string node) => used.GetValueOrDefault(node).Bytes;

    public void Add(ISubmitted submitted) => Count(submitted, 1);

    /// <summary>Before what it has is changed.</summary>
    public void Remove(ISubmitted submitted) => Count(submitted, -1);

    private void Count(ISubmitted submitted, int sign)
    {
        foreach (Held held in submitted.Held)
        {
            (int slots, long bytes) = used.GetValueOrDefault(held.Node);
            used[held.Node] = (slots + (sign * held.Slots), bytes + (sign * held.Bytes));
        }
    }
}

/// <summary>What one submission has of a node.</summary>
internal readonly record struct Held(string Node, int Slots, long Bytes);

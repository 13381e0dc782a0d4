using BrainSim.Contracts;

namespace BrainSim.Node.Cluster;

/// <summary>Bytes that a node holds until they are surely on the coordinator's disk.</summary>
internal sealed class HeldPart(PartKey key, byte[] bytes)
{
    public PartKey Key => key;

    public int Bytes => bytes.Length;

    public bool IsUnderWay { get; set; }

    public void Send(List<NodeEffect> effects)
    {
        IsUnderWay = true;
        effects.Add(new Upload(key, bytes));
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using BrainSim.Engine.Documents;

namespace BrainSim.Engine.NetworkFile;

/// <summary>SHA-256 over what a node says: its kind, texts, keys and order, not its layout. A node that aliases repeat is read once.</summary>
public sealed class NodeDigest
{
    private readonly Dictionary<Node, byte[]> done = new(ReferenceEqualityComparer.Instance);

    public byte[] Of(Node node)
    {
        if (done.TryGetValue(node, out byte[]? known))
        {
            return known;
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        switch (node)
        {
            case Scalar scalar:
                hash.AppendData("s"u8);
                hash.AppendData(Encoding.UTF8.GetBytes(scalar.Text));
                break;
            case Sequence list:
                hash.AppendData("l"u8);
                foreach (Node item in list.Items)
                {
                    hash.AppendData(Of(item));
                }

                break;
            case Mapping map:
                hash.AppendData("m"u8);
                foreach (MappingEntry entry in map.Entries)
                {
                    AppendKey(hash, entry.Key);
                    hash.AppendData(Of(entry.Value));
                }

                break;
        }

        return done[node] = hash.GetHashAndReset();
    }

    private static void AppendKey(IncrementalHash hash, string key)
    {
        byte[] text = Encoding.UTF8.GetBytes(key);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        hash.AppendData(length);
        hash.AppendData(text);
    }
}

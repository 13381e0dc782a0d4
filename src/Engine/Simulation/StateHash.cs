using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Simulation;

/// <summary>
/// SHA-256 of a run's state: for every state variable of every population and its synapses, and the refractory steps left, in the order of the
/// network file, the digests of blocks of neurons in the order of their global ids. It does not depend on the split into shards.
/// </summary>
public static class StateHash
{
    /// <summary>Neurons per block.</summary>
    public const int Block = 4096;

    /// <param name="shards">All shards of a run, in order, at the same step.</param>
    public static string Of(IReadOnlyList<ShardState> shards, long step)
    {
        using IncrementalHash total = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int p = 0; p < shards[0].Populations.Count; p++)
        {
            PopulationShard[] parts = [.. shards.Select(shard => shard.Populations[p])];
            PopulationProgram program = parts[0].Program;
            for (int c = 0; c < program.Columns.Length; c++)
            {
                if (program.Columns[c].IsState)
                {
                    int column = c;
                    Append(total, $"{program.Population.Name}.{program.Columns[c].Name}", parts, part => part.ColumnBytes(column).ToArray(), parts[0].Precision.Bytes());
                }
            }

            Append(total, $"{program.Population.Name} refractory", parts, part => RefractoryBytes(part, step), sizeof(int));
        }

        return Convert.ToHexStringLower(total.GetHashAndReset());
    }

    private static byte[] RefractoryBytes(PopulationShard part, long step)
    {
        int[] left = [.. Enumerable.Range(0, part.Slice.Count).Select(local => part.RefractoryLeft(local, step))];
        return MemoryMarshal.AsBytes<int>(left).ToArray();
    }

    private static void Append(IncrementalHash total, string name, PopulationShard[] parts, Func<PopulationShard, byte[]> bytesOf, int itemBytes)
    {
        total.AppendData(Encoding.UTF8.GetBytes(name));
        byte[] all = [.. parts.SelectMany(bytesOf)];
        for (int from = 0; from < all.Length; from += Block * itemBytes)
        {
            total.AppendData(SHA256.HashData(all.AsSpan(from, Math.Min(Block * itemBytes, all.Length - from))));
        }
    }
}

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Simulation;

/// <summary>
/// SHA-256 of a run's state: for every state variable of every population and its synapses, and the refractory steps left, in the order of the
/// network file, the digests of blocks of neurons in the order of their global ids. Every shard digests its own; joined, they do not depend on the split.
/// </summary>
public static class StateHash
{
    /// <summary>Neurons per block.</summary>
    public const int Block = 4096;

    /// <param name="shards">All shards of a run, in order, at the same step.</param>
    public static string Of(IReadOnlyList<ShardState> shards, long step) => Join([.. shards.Select(shard => Part(shard, step))]);

    /// <summary>The digests of one shard, by variable.</summary>
    public static ImmutableArray<VariableDigest> Part(ShardState shard, long step)
    {
        ImmutableArray<VariableDigest>.Builder digests = ImmutableArray.CreateBuilder<VariableDigest>();
        foreach (PopulationShard population in shard.Populations)
        {
            PopulationProgram program = population.Program;
            for (int c = 0; c < program.Columns.Length; c++)
            {
                if (program.Columns[c].IsState)
                {
                    digests.Add(VariableDigest.Of($"{program.Population.Name}.{program.Columns[c].Name}", population.ColumnBytes(c), population.Slice.From, population.Precision.Bytes()));
                }
            }

            int[] left = [.. Enumerable.Range(0, population.Slice.Count).Select(local => population.RefractoryLeft(local, step))];
            digests.Add(VariableDigest.Of($"{program.Population.Name} refractory", MemoryMarshal.AsBytes<int>(left), population.Slice.From, sizeof(int)));
        }

        foreach (SynapseShard synapses in shard.Synapses)
        {
            Add(digests, synapses, shard.Populations[synapses.Program.Projection.Pre].Slice);
        }

        return digests.ToImmutable();
    }

    /// <summary>Variables of the sources that the shard owns, and of its synapses.</summary>
    private static void Add(ImmutableArray<VariableDigest>.Builder digests, SynapseShard synapses, Partition owned)
    {
        int bytes = synapses.Target.Precision.Bytes();
        string name = synapses.Program.Projection.Name;
        for (int v = 0; v < synapses.Program.SourceVariables.Length; v++)
        {
            digests.Add(VariableDigest.Of($"{name}.{synapses.Program.SourceVariables[v]} of sources", synapses.Sources!.ColumnBytes(v).Slice(owned.From * bytes, owned.Count * bytes), owned.From, bytes));
        }

        for (int v = 0; v < synapses.Program.Variables.Length; v++)
        {
            digests.Add(VariableDigest.Of($"{name}.{synapses.Program.Variables[v].Name} of synapses", synapses.Snapshot(v), synapses.Before, bytes));
        }
    }

    /// <param name="parts">The digests of all shards of a run, in order.</param>
    public static string Join(IReadOnlyList<ImmutableArray<VariableDigest>> parts)
    {
        using IncrementalHash total = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int v = 0; v < parts[0].Length; v++)
        {
            total.AppendData(Encoding.UTF8.GetBytes(parts[0][v].Name));
            List<byte> open = [];
            foreach (ImmutableArray<VariableDigest> part in parts)
            {
                part[v].AppendTo(total, open);
            }

            Close(total, open);
        }

        return Convert.ToHexStringLower(total.GetHashAndReset());
    }

    /// <summary>Digests the block that shards have filled together.</summary>
    internal static void Close(IncrementalHash total, List<byte> open)
    {
        if (open.Count > 0)
        {
            total.AppendData(SHA256.HashData(CollectionsMarshal.AsSpan(open)));
            open.Clear();
        }
    }
}

/// <summary>One variable on one shard: the digests of the blocks that it holds whole, and the bytes of those that it shares with its neighbours.</summary>
/// <param name="Head">Up to the first border between blocks, or to the end where none is within.</param>
/// <param name="Tail">From the last border on.</param>
public sealed record VariableDigest(string Name, byte[] Head, bool EndsBlock, ImmutableArray<byte[]> Blocks, byte[] Tail)
{
    /// <param name="from">Global id of the first neuron.</param>
    public static VariableDigest Of(string name, ReadOnlySpan<byte> bytes, long from, int itemBytes)
    {
        int block = StateHash.Block * itemBytes;
        int toBorder = (int)((StateHash.Block - (from % StateHash.Block)) % StateHash.Block) * itemBytes;
        if (toBorder > bytes.Length)
        {
            return new VariableDigest(name, bytes.ToArray(), EndsBlock: false, [], []);
        }

        ImmutableArray<byte[]>.Builder blocks = ImmutableArray.CreateBuilder<byte[]>();
        int next = toBorder;
        for (; next + block <= bytes.Length; next += block)
        {
            blocks.Add(SHA256.HashData(bytes.Slice(next, block)));
        }

        return new VariableDigest(name, bytes[..toBorder].ToArray(), EndsBlock: true, blocks.ToImmutable(), bytes[next..].ToArray());
    }

    /// <param name="open">Bytes of the block that is not full yet.</param>
    internal void AppendTo(IncrementalHash total, List<byte> open)
    {
        open.AddRange(Head);
        if (EndsBlock)
        {
            StateHash.Close(total, open);
        }

        foreach (byte[] digest in Blocks)
        {
            total.AppendData(digest);
        }

        open.AddRange(Tail);
    }
}

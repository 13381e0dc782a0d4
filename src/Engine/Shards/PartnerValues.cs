using BrainSim.Engine.Expressions;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>What synapses read of their sources: for whole populations, the value of every neuron at the end of the previous step, in the run's precision.</summary>
public sealed unsafe class PartnerValues : IDisposable
{
    private readonly Partner[] partners;
    private readonly int bytesOfOne;

    /// <param name="own">This shard's part of every population.</param>
    public PartnerValues(NetworkSpec network, IReadOnlyList<PopulationProgram> programs, IReadOnlyList<PopulationShard> own)
    {
        bytesOfOne = network.Precision.Bytes();
        IEnumerable<(int Pre, string Name)> read = programs.SelectMany(p => p.Couplings).SelectMany(c => c.Sources.Select(name => (c.Projection.Pre, name)))
            .Concat(programs.SelectMany(p => p.Synapses).SelectMany(s => s.Partners.Select(name => (s.Projection.Pre, name))));
        partners = [.. read.Distinct()
            .OrderBy(p => p.Pre).ThenBy(p => p.Name, StringComparer.Ordinal).Select(p => Filled(network, own[p.Pre], p.Name))];
    }

    /// <summary>The values of all neurons of a population.</summary>
    public void* Pointer(int population, string name) => partners.Single(p => p.Source.Program.Population.Index == population && p.Name == name).Values.Pointer;

    /// <summary>Takes in what this shard's own neurons have come to.</summary>
    public void TakeOwn()
    {
        foreach (Partner partner in partners)
        {
            if (partner.Column is { } column)
            {
                ReadOnlySpan<byte> own = partner.Source.ColumnBytes(column);
                own.CopyTo(partner.Values.Span.Slice(partner.Source.Slice.From * bytesOfOne, own.Length));
            }
        }
    }

    /// <summary>Appends what changes and is this shard's own.</summary>
    public void AppendOwn(NativeArray<byte> message)
    {
        foreach (Partner partner in partners)
        {
            if (partner.Column is { } column)
            {
                ReadOnlySpan<byte> own = partner.Source.ColumnBytes(column);
                fixed (byte* bytes = own)
                {
                    message.AddRange(bytes, own.Length);
                }
            }
        }
    }

    /// <summary>Length of what a shard appends.</summary>
    public long BytesOf(int shard, int shards)
    {
        long bytes = 0;
        foreach (Partner partner in partners)
        {
            bytes += partner.Column is null ? 0 : (long)Slice(partner, shard, shards).Count * bytesOfOne;
        }

        return bytes;
    }

    /// <summary>Takes in what a shard appended.</summary>
    public void Take(NativeArray<byte> message, int shard, int shards)
    {
        byte* next = message.Pointer;
        foreach (Partner partner in partners)
        {
            if (partner.Column is not null)
            {
                Partition slice = Slice(partner, shard, shards);
                long bytes = (long)slice.Count * bytesOfOne;
                Buffer.MemoryCopy(next, partner.Values.Pointer + ((long)slice.From * bytesOfOne), bytes, bytes);
                next += bytes;
            }
        }
    }

    /// <summary>Takes in a whole column of a population, where couplings read it.</summary>
    public void Restore(int population, int column, ReadOnlySpan<byte> all)
    {
        foreach (Partner partner in partners)
        {
            if (partner.Column == column && partner.Source.Program.Population.Index == population)
            {
                all.CopyTo(partner.Values.Span);
            }
        }
    }

    public void Dispose() => Array.ForEach(partners, p => p.Values.Dispose());

    private static Partition Slice(Partner partner, int shard, int shards) => Partition.Of(partner.Source.Program.Population.Size, shard, shards);

    /// <summary>The values before the first step: those that the shards of all neurons begin with.</summary>
    private static Partner Filled(NetworkSpec network, PopulationShard source, string name)
    {
        PopulationProgram program = source.Program;
        int size = program.Population.Size;
        if (program.Uniforms.TryGetValue(name, out double same))
        {
            return new Partner(source, name, null, InPrecision(network.Precision, size, same));
        }

        int column = program.ColumnOf(name);
        HashSet<string> needed = [name, .. program.Columns[column].Initial is InitialExpression initial ? Rewriting.NamesIn(initial.Expr) : []];
        PopulationProgram begins = program with { Columns = [.. program.Columns.Where(c => needed.Contains(c.Name))], Passes = [], Refractory = null };
        using PopulationShard all = new(network, begins, new Partition(0, size), (_, _, _) => throw new InvalidOperationException("There are no passes."));
        NativeArray<byte> values = new((long)size * network.Precision.Bytes());
        all.ColumnBytes(begins.ColumnOf(name)).CopyTo(values.Span);
        return new Partner(source, name, program.Columns[column].IsState ? column : null, values);
    }

    private static NativeArray<byte> InPrecision(Precision precision, int size, double same)
    {
        NativeArray<byte> values = new((long)size * precision.Bytes());
        if (precision == Precision.Float64)
        {
            new Span<double>(values.Pointer, size).Fill(same);
        }
        else
        {
            new Span<float>(values.Pointer, size).Fill((float)same);
        }

        return values;
    }

    /// <param name="Column">The source's column; null for what never changes.</param>
    private sealed record Partner(PopulationShard Source, string Name, int? Column, NativeArray<byte> Values);
}

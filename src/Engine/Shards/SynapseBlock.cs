using System.Collections.Immutable;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>A pass over synapses, with room for some of them at a time: kernels write whole vectors, so what they change is copied in and out.</summary>
/// <typeparam name="T">The run's precision.</typeparam>
internal sealed unsafe class SynapseBlock<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Synapses at a time; their numbers stay in the first-level cache. Whole vectors of any width, in any number of copies.</summary>
    public const int Length = 768;

    private readonly BoundPass pass;
    private readonly NativeArray<T>[] buffers;
    private readonly NativeArray<nint> columns;
    private readonly NativeArray<int> activeFrom;
    private readonly nint[] bases;

    /// <param name="baseOf">Where an operand's numbers lie; null for results.</param>
    /// <param name="length">Synapses at a time.</param>
    public SynapseBlock(NetworkSpec network, SynapsePass spec, KernelCompiler compile, Func<Operand, nint> baseOf, long length = Length)
    {
        Operands = spec.Operands;
        pass = new BoundPass(network, spec.Program, spec.Program.Passes[0], Kernel.AllOf(spec.Program, compile)[0]);
        buffers = [.. Operands.Select(_ => new NativeArray<T>(length, PopulationShard.Padding))];
        activeFrom = new NativeArray<int>(length, PopulationShard.Padding);
        bases = [.. Operands.Select(baseOf)];
        columns = new NativeArray<nint>(buffers.Length);
        for (int o = 0; o < buffers.Length; o++)
        {
            columns[o] = (nint)buffers[o].Pointer;
        }

        Room = (int)length;
    }

    public ImmutableArray<Operand> Operands { get; }

    /// <summary>Most synapses at a time.</summary>
    public int Room { get; }

    /// <summary>The numbers of an operand, for the synapses at hand.</summary>
    public T* Column(int operand) => buffers[operand].Pointer;

    /// <summary>Where an operand's numbers come from.</summary>
    public T* Base(int operand) => (T*)bases[operand];

    /// <summary>The numbers of a result.</summary>
    public T* Result(string name) => Column(Operands.IndexOf(Operands.Single(o => o.Name == name && o.Kind == OperandKind.Result)));

    /// <summary>Lets the pass work where an operand's numbers lie, from one of them on; only whole blocks but for the last.</summary>
    public void InPlace(int operand, long from) => columns[operand] = (nint)(Base(operand) + from);

    public void Run(int count, long step)
    {
        KernelArguments arguments = new() { Columns = (void**)columns.Pointer, ActiveFrom = activeFrom.Pointer, Count = count, Step = (int)step };
        pass.Run(&arguments, step);
    }

    public void Dispose()
    {
        pass.Dispose();
        Array.ForEach(buffers, buffer => buffer.Dispose());
        columns.Dispose();
        activeFrom.Dispose();
    }
}

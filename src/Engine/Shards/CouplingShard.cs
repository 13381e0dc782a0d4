using System.Numerics;
using System.Runtime.CompilerServices;
using BrainSim.Engine.Connectivity;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>
/// A coupling onto one shard. Its synapses, target by target and in the rule's order, go through the coupling's kernel in blocks: what they read is gathered, their
/// currents are computed side by side, then summed for each target one after the other, so that neither blocks nor vectors show in the sums.
/// </summary>
public sealed unsafe class CouplingShard : IDisposable
{
    /// <summary>Synapses at a time; their numbers stay in the first-level cache.</summary>
    private const int Block = 512;

    private readonly PopulationShard target;
    private readonly SourceLists lists;
    private readonly NativeArray<byte>? weights;
    private readonly BoundPass pass;
    private readonly nint[] sources;
    private readonly nint[] targets;
    private readonly nint sums;
    private readonly NativeArray<byte>[] gathered;
    private readonly NativeArray<nint> columns;
    private readonly NativeArray<int> activeFrom = new(Block, PopulationShard.Padding);

    /// <param name="wired">Must live longer.</param>
    internal CouplingShard(NetworkSpec network, Coupling coupling, PopulationShard target, WiredProjection wired, PartnerValues partners, KernelCompiler compile)
    {
        this.target = target;
        lists = wired.Lists!;
        weights = wired.Weights;
        (Projection, Source) = (coupling.Projection.Index, coupling.Projection.Pre);
        pass = new BoundPass(network, coupling.Program, coupling.Program.Passes[0], Kernel.AllOf(coupling.Program, compile)[0]);
        sources = [.. coupling.Sources.Select(name => (nint)partners.Pointer(coupling.Projection.Pre, name))];
        targets = [.. coupling.Targets.Select(name => (nint)target.ColumnPointer(name))];
        sums = (nint)target.ColumnPointer(coupling.Sums);
        int bytes = target.Precision.Bytes();
        gathered = [.. coupling.Program.Columns.Select(_ => new NativeArray<byte>(Block * bytes, PopulationShard.Padding * bytes))];
        columns = new NativeArray<nint>(gathered.Length);
        for (int c = 0; c < gathered.Length; c++)
        {
            columns[c] = (nint)gathered[c].Pointer;
        }
    }

    /// <summary>Index of the projection.</summary>
    public int Projection { get; }

    /// <summary>Index of the source population.</summary>
    public int Source { get; }

    /// <summary>On this shard.</summary>
    public long Synapses => lists.Count;

    /// <summary>What is read of a synapse in a step, on average: its source, and its weight where it is kept.</summary>
    public double BytesPerSynapse => (sizeof(int) + (weights is null ? 0 : target.Precision.Bytes())) / (double)pass.Pass.Every;

    /// <summary>True where synapses of this shard read what changes in some source neurons.</summary>
    public bool Reads(Partition neurons)
    {
        bool found = false;
        for (long s = 0; s < lists.Count && !found; s++)
        {
            found = neurons.Holds(lists.Sources[s]);
        }

        return found && sources.Length > 0;
    }

    /// <summary>Fills the target's column with the sums for a step, where it is one in which they are computed, from the state at the end of the step before.</summary>
    public void Compute(long step)
    {
        if (!pass.ActsIn(step))
        {
            return;
        }

        if (target.Precision == Precision.Float64)
        {
            Compute<double>(step);
        }
        else
        {
            Compute<float>(step);
        }
    }

    public void Dispose()
    {
        pass.Dispose();
        Array.ForEach(gathered, column => column.Dispose());
        columns.Dispose();
        activeFrom.Dispose();
    }

    private void Compute<T>(long step)
        where T : unmanaged, INumber<T>
    {
        new Span<T>((void*)sums, target.Slice.Count).Clear();
        int first = 0;
        for (long from = 0; from < lists.Count; from += Block)
        {
            int count = (int)Math.Min(Block, lists.Count - from);
            Gather<T>(from, count, first);
            KernelArguments arguments = new() { Columns = (void**)columns.Pointer, ActiveFrom = activeFrom.Pointer, Count = count, Step = (int)step };
            pass.Run(&arguments, step);
            first = AddToSums((T*)sums, (T*)columns[columns.Length - 1], lists.Starts, from, count, first);
        }
    }

    /// <param name="first">Target of the block's first synapse.</param>
    private void Gather<T>(long from, int count, int first)
        where T : unmanaged
    {
        int column = 0;
        foreach (nint source in sources)
        {
            OfSources((T*)columns[column++], (T*)source, lists.Sources.Pointer + from, count);
        }

        foreach (nint ofTarget in targets)
        {
            OfTargets((T*)columns[column++], (T*)ofTarget, lists.Starts, from, count, first);
        }

        if (weights is not null)
        {
            columns[column] = (nint)((T*)weights.Pointer + from);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OfSources<T>(T* block, T* values, int* ids, int count)
        where T : unmanaged
    {
        for (int s = 0; s < count; s++)
        {
            block[s] = values[ids[s]];
        }
    }

    /// <summary>Each target's value as often as it has synapses in the block.</summary>
    private static void OfTargets<T>(T* block, T* values, ReadOnlySpan<long> starts, long from, int count, int target)
        where T : unmanaged
    {
        for (int s = 0; s < count; target++)
        {
            int end = (int)Math.Min(starts[target + 1] - from, count);
            if (end > s)
            {
                new Span<T>(block + s, end - s).Fill(values[target]);
                s = end;
            }
        }
    }

    /// <returns>The target of the synapse after the block.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int AddToSums<T>(T* sums, T* currents, ReadOnlySpan<long> starts, long from, int count, int target)
        where T : unmanaged, INumber<T>
    {
        int s = 0;
        while (true)
        {
            int end = (int)Math.Min(starts[target + 1] - from, count);
            T sum = sums[target];
            for (; s < end; s++)
            {
                sum += currents[s];
            }

            sums[target] = sum;
            if (s == count)
            {
                return target;
            }

            target++;
        }
    }
}

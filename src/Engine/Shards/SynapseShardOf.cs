using System.Numerics;
using System.Runtime.CompilerServices;
using BrainSim.Engine.Connectivity;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>A <see cref="SynapseShard"/> in one precision.</summary>
internal sealed unsafe class SynapseShard<T> : SynapseShard
    where T : unmanaged, INumber<T>
{
    /// <summary>Below this small pages of memory serve as well.</summary>
    private const int FewBytes = 1 << 20;

    private readonly NativeArray<T>[] variables;
    private readonly NativeArray<T>? weights;
    private readonly NativeArray<T>? delays;

    /// <summary>By place in the lists: where the synapse lies in the table.</summary>
    private readonly NativeArray<int> places;
    private readonly SynapseBlock<T>? sourceEvent;
    private readonly SynapseBlock<T>? onPre;
    private readonly SynapseBlock<T>? onPost;
    private readonly SynapseBlock<T>? advance;
    private readonly SynapseBlock<T>? currents;
    private readonly BoundPass? sourceAdvance;
    private readonly BoundPass? sourceCurrents;
    private readonly (nint Column, nint Sizes, bool LostWhileRefractory)[] jumps;
    private readonly (nint Column, nint Parts)[] sums;
    private readonly (nint Column, nint Parts)[] sumsOfSources;
    private readonly SumOverAll<T>? sumOverAll;
    private readonly NativeArray<int> nothing = new(0);

    public SynapseShard(
        NetworkSpec network, SynapseProgram program, PopulationShard target, PopulationShard? sources, SynapseTable table, SourceLists lists, SynapseValues values, PartnerValues partners, KernelCompiler compile)
        : base(program, target, sources, table, lists)
    {
        weights = values.Weights is { } each ? InTableOrder(each) : null;
        delays = values.Delays is { } eachDelay ? InTableOrder(eachDelay) : null;
        variables = [.. program.Variables.Select(v => FirstValues(v.Initial, values))];
        places = new NativeArray<int>(lists.Count);
        for (long k = 0; k < lists.Count; k++)
        {
            places[table.Origin![k]] = (int)k;
        }

        table.ReleaseOrigin();
        nint Base(Operand operand) => BaseOf(operand, partners);
        SynapseBlock<T>? Block(SynapsePass? pass, long length = SynapseBlock<T>.Length) => pass is null ? null : new SynapseBlock<T>(network, pass, compile, Base, length);
        sourceEvent = Block(program.SourceEvent);
        onPre = Block(program.OnPre, ReadsWhatItChanges(program) ? LongestRow() : SynapseBlock<T>.Length);
        onPost = Block(program.OnPost);
        advance = Block(program.Advance);
        currents = Block(program.Currents);
        sourceAdvance = sources?.Passes.FirstOrDefault(p => p.Pass.Title == SynapseProgram.SourceAdvance);
        sourceCurrents = sources?.Passes.FirstOrDefault(p => p.Pass.Title == SynapseProgram.SourceCurrents);
        jumps = [.. program.Jumps.Select(j => ((nint)target.ColumnPointer(j.Column), (nint)onPre!.Result(SynapseProgram.JumpResult(j)), j.LostWhileRefractory))];
        sums = [.. program.Sums.Select(s => ((nint)target.ColumnPointer(s), (nint)currents!.Result(s)))];
        sumsOfSources = [.. program.SumsOfSources.Select(s => ((nint)target.ColumnPointer(s), (nint)sources!.ColumnPointer(s)))];
        sumOverAll = program.Projection.Connect is AllToAll rule ? new SumOverAll<T>(network.Populations[program.Projection.Pre].Size, target.Slice, program.Projection.Pre == program.Projection.Post && !rule.IncludeSelf) : null;
    }

    public override void Deliver(NativeArray<int> spikes, ushort delay, long step, int active)
    {
        for (long first = 0; first < spikes.Length; first += SynapseBlock<T>.Length)
        {
            int* ids = spikes.Pointer + first;
            int count = (int)Math.Min(spikes.Length - first, SynapseBlock<T>.Length);
            if (sourceEvent is not null)
            {
                AtSources(sourceEvent, ids, count, step);
            }

            for (int s = 0; onPre is not null && s < count; s++)
            {
                long end = Table.RowStart[ids[s] + 1];
                long from = Table.Delays is null ? Table.RowStart[ids[s]] : SpikeDelivery.FirstOf(Table.Delays.Pointer, Table.RowStart[ids[s]], end, delay);
                long to = Table.Delays is null ? end : SpikeDelivery.FirstOf(Table.Delays.Pointer, from, end, delay + 1);
                for (long at = from; at < to; at += onPre.Room)
                {
                    AtRow(onPre, at, (int)Math.Min(to - at, onPre.Room), ids[s], s, step, active);
                }
            }
        }
    }

    public override void OnPost(NativeArray<int> fired, long step)
    {
        for (long f = 0; onPost is not null && f < fired.Length; f++)
        {
            int local = fired[f];
            long to = Lists.Starts[local + 1];
            for (long at = Lists.Starts[local]; at < to; at += onPost.Room)
            {
                AtTarget(onPost, local, at, (int)Math.Min(to - at, onPost.Room), step);
            }
        }
    }

    public override void ComputeCurrents(long step)
    {
        foreach ((nint column, _) in sums)
        {
            new Span<T>((void*)column, Target.Slice.Count).Clear();
        }

        int row = 0;
        for (long from = 0; currents is not null && from < Count; from += currents.Room)
        {
            int count = (int)Math.Min(currents.Room, Count - from);
            Gather(currents, from, count, ref row);
            currents.Run(count, step);
            foreach ((nint column, nint parts) in sums)
            {
                AddToTargets((T*)column, (T*)parts, from, count);
            }
        }

        if (sourceCurrents is not null)
        {
            Sources!.Run(sourceCurrents, step, nothing);
            SumSources();
        }
    }

    public override void Advance(long step)
    {
        int row = 0;
        for (long from = 0; advance is not null && from < Count; from += advance.Room)
        {
            int count = (int)Math.Min(advance.Room, Count - from);
            Gather(advance, from, count, ref row);
            advance.Run(count, step);
        }

        if (sourceAdvance is not null)
        {
            Sources!.Run(sourceAdvance, step, nothing);
        }
    }

    public override double Read(int variable, long synapse) => double.CreateChecked(variables[variable][places[synapse]]);

    public override long FindNonFinite(int variable)
    {
        bool finite = true;
        for (long k = 0; k < Count; k++)
        {
            finite &= T.IsFinite(variables[variable][k]);
        }

        long synapse = finite ? Count : 0;
        while (synapse < Count && double.IsFinite(Read(variable, synapse)))
        {
            synapse++;
        }

        return synapse < Count ? synapse : -1;
    }

    public override byte[] Snapshot(int variable)
    {
        byte[] numbers = new byte[Count * sizeof(T)];
        fixed (byte* start = numbers)
        {
            for (long s = 0; s < Count; s++)
            {
                ((T*)start)[s] = variables[variable][places[s]];
            }
        }

        return numbers;
    }

    public override void Restore(int variable, ReadOnlySpan<byte> numbers)
    {
        fixed (byte* start = numbers)
        {
            for (long s = 0; s < Count; s++)
            {
                variables[variable][places[s]] = ((T*)start)[s];
            }
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (IDisposable? part in variables.Cast<IDisposable?>().Concat([weights, delays, places, sourceEvent, onPre, onPost, advance, currents, sumOverAll, nothing]))
        {
            part?.Dispose();
        }
    }

    /// <summary>Synapses of one row must be read before any of them changes what they read.</summary>
    private static bool ReadsWhatItChanges(SynapseProgram program) =>
        program.OnPre is { } pass && pass.Operands.Any(o => o.Kind == OperandKind.Target && program.Jumps.Any(j => j.Column == o.Name));

    private long LongestRow()
    {
        long longest = 1;
        for (long row = 0; row + 1 < Table.RowStart.Length; row++)
        {
            longest = Math.Max(longest, Table.RowStart[row + 1] - Table.RowStart[row]);
        }

        return longest;
    }

    private NativeArray<T> InTableOrder(double[] each)
    {
        NativeArray<T> ordered = Numbers();
        for (long k = 0; k < Count; k++)
        {
            ordered[k] = T.CreateTruncating(each[Table.Origin![k]]);
        }

        return ordered;
    }

    /// <summary>One for each synapse, zeros. The target's spikes read them far apart.</summary>
    private NativeArray<T> Numbers()
    {
        if (Count * sizeof(T) < FewBytes)
        {
            return new NativeArray<T>(Count, PopulationShard.Padding);
        }

        NativeArray<T> many = NativeArray<T>.Large(Count + PopulationShard.Padding);
        for (long k = 0; k < many.Length; k++)
        {
            many[k] = T.Zero;
        }

        return many;
    }

    /// <param name="initial">Null for the weight.</param>
    private NativeArray<T> FirstValues(double? initial, SynapseValues values)
    {
        if (initial is null && values.Weights is { } each)
        {
            return InTableOrder(each);
        }

        NativeArray<T> same = Numbers();
        for (long k = 0; k < Count; k++)
        {
            same[k] = T.CreateTruncating(initial ?? values.SameWeight);
        }

        return same;
    }

    private nint BaseOf(Operand operand, PartnerValues partners)
    {
        string Bare() => operand.Name[(Program.Projection.Name.Length + 1)..];
        return operand.Kind switch
        {
            OperandKind.Variable => (nint)variables[Program.Variables.Select(v => v.Name).ToList().IndexOf(Bare())].Pointer,
            OperandKind.Weight => (nint)weights!.Pointer,
            OperandKind.Delay => (nint)delays!.Pointer,
            OperandKind.Source => (nint)Sources!.ColumnPointer(operand.Name),
            OperandKind.AtSpike => (nint)sourceEvent!.Result(operand.Name),
            OperandKind.Pre => (nint)partners.Pointer(Program.Projection.Pre, operand.Name[Models.Scope.Pre.Length..]),
            OperandKind.Target => (nint)Target.ColumnPointer(operand.Name),
            _ => 0,
        };
    }

    /// <summary>All sources whose spikes arrive now; each spikes once, for all their synapses have one delay.</summary>
    private static void AtSources(SynapseBlock<T> block, int* ids, int count, long step)
    {
        for (int o = 0; o < block.Operands.Length; o++)
        {
            if (block.Operands[o].Kind == OperandKind.Source)
            {
                GatherAt(block.Column(o), block.Base(o), ids, count);
            }
        }

        block.Run(count, step);
        for (int o = 0; o < block.Operands.Length; o++)
        {
            if (block.Operands[o] is { Kind: OperandKind.Source, Changes: true })
            {
                ScatterTo(block.Base(o), block.Column(o), ids, count);
            }
        }
    }

    /// <param name="spike">Place of the source among those that spike.</param>
    private void AtRow(SynapseBlock<T> block, long from, int count, int source, int spike, long step, int active)
    {
        for (int o = 0; o < block.Operands.Length; o++)
        {
            T* numbers = block.Base(o);
            switch (block.Operands[o].Kind)
            {
                case OperandKind.Variable or OperandKind.Weight or OperandKind.Delay:
                    new Span<T>(numbers + from, count).CopyTo(new Span<T>(block.Column(o), count));
                    break;
                case OperandKind.Source:
                    new Span<T>(block.Column(o), count).Fill(numbers[source]);
                    break;
                case OperandKind.AtSpike:
                    new Span<T>(block.Column(o), count).Fill(numbers[spike]);
                    break;
                case OperandKind.Target:
                    GatherTargets(block.Column(o), numbers, from, count);
                    break;
            }
        }

        block.Run(count, step);
        for (int o = 0; o < block.Operands.Length; o++)
        {
            if (block.Operands[o] is { Kind: OperandKind.Variable, Changes: true })
            {
                new Span<T>(block.Column(o), count).CopyTo(new Span<T>(block.Base(o) + from, count));
            }
        }

        foreach ((nint column, nint sizes, bool lost) in jumps)
        {
            if (lost)
            {
                AddToActive((T*)column, (T*)sizes, from, count, active);
            }
            else
            {
                AddToTargets((T*)column, (T*)sizes, from, count);
            }
        }
    }

    private void AtTarget(SynapseBlock<T> block, int local, long from, int count, long step)
    {
        int* there = places.Pointer + from;
        for (int o = 0; o < block.Operands.Length; o++)
        {
            T* numbers = block.Base(o);
            switch (block.Operands[o].Kind)
            {
                case OperandKind.Variable or OperandKind.Weight or OperandKind.Delay:
                    GatherAt(block.Column(o), numbers, there, count);
                    break;
                case OperandKind.Source or OperandKind.Pre:
                    GatherAt(block.Column(o), numbers, Lists.Sources.Pointer + from, count);
                    break;
                case OperandKind.Target:
                    new Span<T>(block.Column(o), count).Fill(numbers[local]);
                    break;
            }
        }

        block.Run(count, step);
        for (int o = 0; o < block.Operands.Length; o++)
        {
            if (block.Operands[o] is { Kind: OperandKind.Variable, Changes: true })
            {
                ScatterTo(block.Base(o), block.Column(o), there, count);
            }
        }
    }

    /// <summary>Synapses of the table one after the other, of however many sources.</summary>
    /// <param name="row">Source of the first; becomes that of the last.</param>
    private void Gather(SynapseBlock<T> block, long from, int count, ref int row)
    {
        int last = row;
        for (int o = 0; o < block.Operands.Length; o++)
        {
            switch (block.Operands[o].Kind)
            {
                case OperandKind.Variable or OperandKind.Weight or OperandKind.Delay:
                    block.InPlace(o, from);
                    break;
                case OperandKind.Source or OperandKind.Pre:
                    last = FillRows(block.Column(o), block.Base(o), from, count, row);
                    break;
                case OperandKind.Target:
                    GatherTargets(block.Column(o), block.Base(o), from, count);
                    break;
            }
        }

        row = last;
    }

    private int FillRows(T* into, T* values, long from, int count, int row)
    {
        long* starts = Table.RowStart.Pointer;
        for (int s = 0; s < count;)
        {
            while (starts[row + 1] <= from + s)
            {
                row++;
            }

            int end = (int)Math.Min(starts[row + 1] - from, count);
            new Span<T>(into + s, end - s).Fill(values[row]);
            s = end;
        }

        return row;
    }

    private void SumSources()
    {
        foreach ((nint column, nint parts) in sumsOfSources)
        {
            if (sumOverAll is not null)
            {
                sumOverAll.Fill((T*)column, (T*)parts);
                continue;
            }

            new Span<T>((void*)column, Target.Slice.Count).Clear();
            for (int source = 0; source + 1 < Table.RowStart.Length; source++)
            {
                T part = ((T*)parts)[source];
                if (part != T.Zero)
                {
                    AddSame((T*)column, part, Table.RowStart[source], Table.RowStart[source + 1]);
                }
            }
        }
    }

    private void GatherTargets(T* into, T* column, long from, int count)
    {
        if (Table.Targets16 is { } narrow)
        {
            GatherAt(into, column, narrow.Pointer + from, count);
        }
        else
        {
            GatherAt(into, column, Table.Targets32!.Pointer + from, count);
        }
    }

    private void AddToTargets(T* column, T* sizes, long from, int count)
    {
        if (Table.Targets16 is { } narrow)
        {
            AddAt(column, sizes, narrow.Pointer + from, count);
        }
        else
        {
            AddAt(column, sizes, Table.Targets32!.Pointer + from, count);
        }
    }

    private void AddToActive(T* column, T* sizes, long from, int count, int active)
    {
        for (int s = 0; s < count; s++)
        {
            int target = Table.Target(from + s);
            column[target] += Target.ActiveFrom[target] <= active ? sizes[s] : T.Zero;
        }
    }

    private void AddSame(T* column, T part, long from, long to)
    {
        for (long s = from; s < to; s++)
        {
            column[Table.Target(s)] += part;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GatherAt(T* into, T* values, int* at, int count)
    {
        for (int s = 0; s < count; s++)
        {
            into[s] = values[at[s]];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GatherAt(T* into, T* values, ushort* at, int count)
    {
        for (int s = 0; s < count; s++)
        {
            into[s] = values[at[s]];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScatterTo(T* values, T* from, int* at, int count)
    {
        for (int s = 0; s < count; s++)
        {
            values[at[s]] = from[s];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddAt(T* column, T* sizes, ushort* targets, int count)
    {
        for (int s = 0; s < count; s++)
        {
            column[targets[s]] += sizes[s];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddAt(T* column, T* sizes, int* targets, int count)
    {
        for (int s = 0; s < count; s++)
        {
            column[targets[s]] += sizes[s];
        }
    }
}

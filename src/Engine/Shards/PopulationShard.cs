using System.Collections.Immutable;
using System.Numerics;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Integrators;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Kernels.Cpu;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>The neurons of one population that one shard owns: their columns, kernels and refractory times.</summary>
public sealed unsafe class PopulationShard : IDisposable
{
    /// <summary>Numbers behind the last neuron that kernels may touch: as many of the widest vectors as they take in turn.</summary>
    internal const int Padding = VectorEmitter.MostCopies * 16;

    private readonly NetworkSpec network;
    private readonly ImmutableArray<BoundPass> passes;
    private readonly NativeArray<byte>[] columns;
    private readonly NativeArray<nint> pointers;
    private readonly NativeArray<int> activeFrom;
    private readonly NativeArray<int> spikeIds;
    private readonly NativeArray<int>? refractoryOfEach;
    private readonly int refractorySteps;
    private readonly int[] rowColumns;

    /// <param name="targets">Where columns lie that spikes with many delays add to.</param>
    public PopulationShard(NetworkSpec network, PopulationProgram program, Partition slice, KernelCompiler compile, TargetSpace? targets = null)
    {
        this.network = network;
        Program = program;
        Slice = slice;
        ImmutableArray<Kernel> kernels = Kernel.AllOf(program, compile);
        (Expr Expr, double Dt)[] derived = [.. kernels.SelectMany((kernel, pass) => kernel.DerivedColumns.Select(d => (d, program.Passes[pass].Dt)))];
        columns = new NativeArray<byte>[program.Columns.Length + derived.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = (i < program.Columns.Length ? targets?.Find(program.Population.Index, program.Columns[i].Name) : null)
                ?? new NativeArray<byte>(slice.Count * Precision.Bytes(), Padding * Precision.Bytes());
        }

        rowColumns = [.. Enumerable.Range(0, program.Columns.Length).Where(c => program.Columns[c].Table is not null)];
        pointers = new NativeArray<nint>(columns.Length);
        activeFrom = new NativeArray<int>(slice.Count, Padding);
        spikeIds = new NativeArray<int>(slice.Count);
        for (int i = 0; i < columns.Length; i++)
        {
            pointers[i] = (nint)columns[i].Pointer;
        }

        ColumnFilling filling = new(this, network.Seed);
        filling.FillProgramColumns();
        filling.FillDerived(derived, program.Columns.Length);
        (refractorySteps, refractoryOfEach) = filling.Refractory();
        FillPadding(targets);
        passes = [.. kernels.Select((kernel, i) => new BoundPass(network, program, program.Passes[i], kernel))];
    }

    public PopulationProgram Program { get; }

    public Partition Slice { get; }

    public Precision Precision => network.Precision;

    /// <summary>From one update to the next.</summary>
    public TimeGrid Grid => network.GridOf(Program.Population);

    public int* ActiveFrom => activeFrom.Pointer;

    public ImmutableArray<BoundPass> Passes => passes;

    public void* ColumnPointer(string name) => (void*)pointers[Program.ColumnOf(name)];

    public double Read(int column, int local) =>
        Precision == Precision.Float64 ? ((double*)pointers[column])[local] : ((float*)pointers[column])[local];

    public void Write(int column, int local, double value)
    {
        if (Precision == Precision.Float64)
        {
            ((double*)pointers[column])[local] = value;
        }
        else
        {
            ((float*)pointers[column])[local] = (float)value;
        }
    }

    /// <summary>The bytes of a column, neuron by neuron.</summary>
    public Span<byte> ColumnBytes(int column) => columns[column].Span;

    /// <summary>By neuron: the first step in which it is active again.</summary>
    public Span<int> ActiveFromOfAll => activeFrom.Span;

    /// <summary>Steps for which a neuron stays refractory, counted from a step on.</summary>
    public int RefractoryLeft(int local, long step) => (int)Math.Max(0, activeFrom[local] - step);

    /// <summary>Runs one pass.</summary>
    /// <param name="fired">Takes the local ids of the neurons that spiked, rising.</param>
    public void Run(BoundPass pass, long step, NativeArray<int> fired)
    {
        KernelArguments arguments = new()
        {
            Columns = (void**)pointers.Pointer,
            ActiveFrom = activeFrom.Pointer,
            RefractoryOfEach = refractoryOfEach is null ? null : refractoryOfEach.Pointer,
            SpikeIds = spikeIds.Pointer,
            FirstId = Slice.From,
            Count = Slice.Count,
            Step = (int)step,
            RefractorySteps = refractorySteps,
            RefractoryOffset = network.Schedule.ArrivalOffset,
        };
        pass.Run(&arguments, step);
        fired.AddRange(spikeIds.Pointer, arguments.SpikeCount);
        if (arguments.Unsound)
        {
            Note(new NonFinite(step, Program.Population.Index, arguments.UnsoundColumn, Slice.From + arguments.UnsoundNeuron, arguments.UnsoundValue));
        }
    }

    /// <summary>The first number that a pass found to be NaN or infinite; null where all were finite.</summary>
    public NonFinite? Noted { get; private set; }

    private void Note(NonFinite found) => Noted = Noted is { } before && before.Order.CompareTo(found.Order) <= 0 ? before : found;

    /// <summary>Puts the rows of input tables that act in a step into their columns.</summary>
    public void LoadRows(long step)
    {
        foreach (int c in rowColumns)
        {
            // The step after the last row clears the column: the table is silent from then on.
            Column column = Program.Columns[c];
            TableSignal table = column.Table!;
            for (int local = 0; local < Slice.Count && step <= table.Length; local++)
            {
                int item = Slice.From + local - column.TableFrom;
                Write(c, local, step < table.Length && item >= 0 && item < table.Width ? table.Rows[(step * table.Width) + item] : 0);
            }
        }
    }

    /// <summary>What is behind the last neuron is computed with it: as its copies, these numbers are as good as its own.</summary>
    private void FillPadding(TargetSpace? targets)
    {
        for (int c = 0; c < columns.Length && Slice.Count > 0; c++)
        {
            bool isShared = c < Program.Columns.Length && targets?.Find(Program.Population.Index, Program.Columns[c].Name) is not null;
            for (int behind = 0; behind < Padding && !isShared; behind++)
            {
                Write(c, Slice.Count + behind, Read(c, Slice.Count - 1));
            }
        }
    }

    /// <summary>The first neuron whose number in a column is NaN or infinite; -1 where there is none.</summary>
    public int FindNonFinite(int column)
    {
        bool finite = Precision == Precision.Float64
            ? AllFinite(new ReadOnlySpan<double>((void*)pointers[column], Slice.Count))
            : AllFinite(new ReadOnlySpan<float>((void*)pointers[column], Slice.Count));
        int local = finite ? Slice.Count : 0;
        while (local < Slice.Count && double.IsFinite(Read(column, local)))
        {
            local++;
        }

        return local < Slice.Count ? local : -1;
    }

    /// <summary>x - x is zero for finite x and NaN for others.</summary>
    private static bool AllFinite<T>(ReadOnlySpan<T> numbers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> sum = Vector<T>.Zero;
        int i = 0;
        for (; i + Vector<T>.Count <= numbers.Length; i += Vector<T>.Count)
        {
            Vector<T> x = new(numbers[i..]);
            sum += x - x;
        }

        bool finite = Vector.EqualsAll(sum, Vector<T>.Zero);
        for (; i < numbers.Length; i++)
        {
            finite &= T.IsFinite(numbers[i]);
        }

        return finite;
    }

    public void Dispose()
    {
        Array.ForEach(columns, column => column.Dispose());
        pointers.Dispose();
        activeFrom.Dispose();
        spikeIds.Dispose();
        refractoryOfEach?.Dispose();
        foreach (BoundPass pass in passes)
        {
            pass.Dispose();
        }
    }
}

/// <summary>Gives columns their first values: a pure function of the network and the neurons' global ids.</summary>
internal sealed class ColumnFilling(PopulationShard shard, ulong seed)
{
    private readonly PopulationProgram program = shard.Program;

    public void FillProgramColumns()
    {
        for (int c = 0; c < program.Columns.Length; c++)
        {
            switch (program.Columns[c].Initial)
            {
                case InitialArray array:
                    FillFrom(c, array);
                    break;
                case InitialExpression expression:
                    Fill(c, expression.Expr, expression.Purpose);
                    break;
                case InitialPropagator propagator when propagator.Output == 0:
                    FillPropagator(c, propagator);
                    break;
            }
        }
    }

    /// <param name="derived">Each with the dt of the pass that asks for it.</param>
    public void FillDerived((Expr Expr, double Dt)[] derived, int firstColumn)
    {
        for (int d = 0; d < derived.Length; d++)
        {
            Fill(firstColumn + d, Rewriting.Substitute(derived[d].Expr, new Dictionary<string, Expr> { [Scope.Dt] = derived[d].Dt }), "");
        }
    }

    /// <summary>Refractory steps: one number for all, or one for each.</summary>
    public (int Steps, NativeArray<int>? OfEach) Refractory()
    {
        if (program.Refractory is not { } duration)
        {
            return (0, null);
        }

        if (Rewriting.NamesIn(duration).All(program.Uniforms.ContainsKey))
        {
            return (Rounded(0, Evaluation.Of(duration, name => program.Uniforms[name])), null);
        }

        NativeArray<int> steps = new(shard.Slice.Count, PopulationShard.Padding);
        ForEachNeuron(duration, "", (local, value) => steps[local] = Rounded(local, value));
        return (0, steps);
    }

    private int Rounded(int local, double milliseconds) => milliseconds >= 0 && shard.Grid.Nearest(milliseconds) <= PopulationCheck.LongestRefractory / program.Population.EverySteps
        ? (int)shard.Grid.Nearest(milliseconds) * program.Population.EverySteps
        : throw new UserMistakeException(program.Population.Place, $"neuron {shard.Slice.From + local} has a refractory time of {milliseconds} ms; it must lie between 0 and 1,000,000 steps");

    private void FillFrom(int column, InitialArray array)
    {
        for (int local = 0; local < shard.Slice.Count; local++)
        {
            int item = shard.Slice.From + local - array.From;
            shard.Write(column, local, item >= 0 && item < array.Items.Length ? array.Items[item] : 0);
        }
    }

    private void Fill(int column, Expr expr, string purpose)
    {
        Parameter? parameter = column < program.Columns.Length ? program.Population.Model.Parameters.FirstOrDefault(p => p.Name == program.Columns[column].Name) : null;
        ForEachNeuron(expr, purpose, (local, value) =>
        {
            // Derived columns are parts of expressions, which may be guarded where they are not finite.
            bool fits = shard.Precision == Precision.Float64 ? double.IsFinite(value) : float.IsFinite((float)value);
            if (!fits && column < program.Columns.Length)
            {
                throw new UserMistakeException(program.Population.Place, $"{program.Columns[column].Name} of neuron {shard.Slice.From + local} begins as {value}, which {shard.Precision.Word()} cannot hold.");
            }

            if (parameter is not null && RangeCheck.Refusal(value, parameter, program.Population.Model, $"neuron {shard.Slice.From + local} has") is { } refusal)
            {
                string remedy = expr.IsRandom() ? "; choose a distribution that stays there, such as truncated_normal(mean, deviation, low, high)" : "";
                throw new UserMistakeException(program.Population.Parameter(parameter.Name).Place, $"{refusal}{remedy}.");
            }

            shard.Write(column, local, value);
        });
    }

    private void FillPropagator(int firstColumn, InitialPropagator initial)
    {
        Propagator propagator = initial.Propagator;
        double[] matrix = new double[propagator.Matrix.Length];
        (Evaluator[] entries, Frame frame, List<(int Slot, int Column)> loads) = Compile([.. propagator.Matrix], "");
        for (int local = 0; local < shard.Slice.Count; local++)
        {
            Load(frame, loads, local);
            for (int m = 0; m < matrix.Length; m++)
            {
                matrix[m] = entries[m](frame);
            }

            double[] outputs = Outputs(propagator, matrix, initial.Dt, shard.Slice.From + local);
            for (int output = 0; output < outputs.Length; output++)
            {
                shard.Write(firstColumn + output, local, outputs[output]);
            }
        }
    }

    private double[] Outputs(Propagator propagator, double[] matrix, double dt, int id)
    {
        try
        {
            return propagator.Compute(matrix, dt);
        }
        catch (SolverException problem)
        {
            throw new UserMistakeException(program.Population.Place.At("params"), $"neuron {id}: {problem.Message}.");
        }
    }

    private void ForEachNeuron(Expr expr, string purpose, Action<int, double> take)
    {
        (Evaluator[] evaluators, Frame frame, List<(int Slot, int Column)> loads) = Compile([expr], purpose);
        for (int local = 0; local < shard.Slice.Count; local++)
        {
            Load(frame, loads, local);
            take(local, evaluators[0](frame));
        }
    }

    private void Load(Frame frame, List<(int Slot, int Column)> loads, int local)
    {
        int id = shard.Slice.From + local;
        frame.Id = (uint)id;
        frame.Slots[0] = id;
        foreach ((int slot, int column) in loads)
        {
            frame.Slots[slot] = shard.Read(column, local);
        }
    }

    /// <summary>Slot 0 is the neuron's global id, then come the names that the expressions use.</summary>
    private (Evaluator[] Evaluators, Frame Frame, List<(int Slot, int Column)> Loads) Compile(Expr[] exprs, string purpose)
    {
        string[] names = [.. Rewriting.NamesIn(exprs).Where(n => n != Scope.Index)];
        Dictionary<string, int> slots = names.Select((name, j) => (name, j)).ToDictionary(n => n.name, n => n.j + 1);
        slots[Scope.Index] = 0;
        Evaluation evaluation = new(Arithmetic.Portable, name => slots[name], site => new KeyedRandom(seed, KeyedRandom.Purpose($"{purpose}#{site}")));
        Frame frame = new(slots.Count);
        List<(int Slot, int Column)> loads = [];
        foreach (string name in names)
        {
            if (name == Scope.Dt)
            {
                frame.Slots[slots[name]] = shard.Grid.Dt;
            }
            else if (program.Uniforms.TryGetValue(name, out double uniform))
            {
                frame.Slots[slots[name]] = uniform;
            }
            else
            {
                loads.Add((slots[name], program.ColumnOf(name)));
            }
        }

        return ([.. exprs.Select(evaluation.Compile)], frame, loads);
    }
}

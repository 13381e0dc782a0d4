using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Kernels.Cpu;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity;

/// <summary>
/// An expression computed for every synapse, by a kernel whose neurons are the synapses of one target: id is the place among them, step the target. For
/// listed pairs id is the place in the list. Always in float64, so that both precisions have the same connections.
/// </summary>
internal sealed unsafe class DrawnValues : IDisposable
{
    private const string Result = "value";

    private readonly BoundPass pass;
    private readonly NativeArray<double>[] columns;
    private readonly NativeArray<nint> pointers;
    private readonly NativeArray<int> activeFrom = new(0);

    private DrawnValues(NetworkSpec network, ProjectionSpec projection, Expr expr, string what)
    {
        IsRandom = expr.IsRandom();
        bool usesDelay = expr.Mentions(Scope.Delay);
        PopulationSpec post = network.Populations[projection.Post];
        string[] names = usesDelay ? [Result, Scope.Delay] : [Result];
        PopulationProgram program = new()
        {
            Population = post with { Name = $"projections.{projection.Name}.{what}", Place = projection.Place.At(what) },
            Columns = [.. names.Select(name => new Column(name, ColumnKind.Buffer))],
            Uniforms = ImmutableDictionary<string, double>.Empty,
            StepSignals = ImmutableDictionary<string, StepSignal>.Empty,
            Passes = DrawStatements.Apart([new Pass(what, [new Assign(Result, Algebra.Simplify(expr))], 1, network.Grid.Dt, 0)]),
            Arrivals = [],
            Couplings = [],
            Refractory = null,
            Findings = [],
        };
        Kernel kernel = Kernel.AllOf(program, CpuKernel.Compiler(Precision.Float64))[0];
        pass = new BoundPass(network with { Precision = Precision.Float64 }, program, program.Passes[0], kernel);
        columns = [.. names.Concat(kernel.DerivedColumns.Select(d => d.ToString())).Select(_ => new NativeArray<double>(0))];
        pointers = new NativeArray<nint>(columns.Length);
    }

    public bool IsRandom { get; }

    /// <summary>Null where the values are no expression, or one number.</summary>
    public static DrawnValues? Of(NetworkSpec network, ProjectionSpec projection, Value? value, double[]? listed, string what) =>
        listed is null && value is FromExpression { Constant: null, Expr: var expr } ? new DrawnValues(network, projection, expr, what) : null;

    /// <summary>One value for each synapse, in the order of the lists.</summary>
    /// <param name="delays">ms, where they differ.</param>
    public double[] For(SourceLists lists, double[]? delays, double sameDelay)
    {
        double[] values = new double[lists.Count];
        for (int j = 0; j < lists.Targets.Count; j++)
        {
            int from = (int)lists.Starts[j];
            int count = (int)(lists.Starts[j + 1] - lists.Starts[j]);
            for (int part = 0, size; part < count; part += size)
            {
                bool listed = lists.ListIndex.Length > 0;
                size = listed ? 1 : count - part;
                long id = listed ? lists.ListIndex[from + part] : 0;
                Compute(id, listed ? 0 : lists.Targets.From + j, delays is null ? null : delays.AsSpan(from + part, size), sameDelay, values.AsSpan(from + part, size));
            }
        }

        return values;
    }

    public void Dispose()
    {
        pass.Dispose();
        Array.ForEach(columns, column => column.Dispose());
        pointers.Dispose();
        activeFrom.Dispose();
    }

    private void Compute(long firstId, int step, ReadOnlySpan<double> delays, double sameDelay, Span<double> values)
    {
        Reserve(values.Length);
        if (columns.Length > 1)
        {
            Span<double> column = columns[1].Span[..values.Length];
            column.Fill(sameDelay);
            delays.CopyTo(column);
        }

        KernelArguments arguments = new()
        {
            Columns = (void**)pointers.Pointer, ActiveFrom = activeFrom.Pointer, FirstId = firstId, Count = values.Length, Step = step,
        };
        pass.Run(&arguments, step);
        columns[0].Span[..values.Length].CopyTo(values);
    }

    /// <summary>Room for a target's synapses and the whole vectors that kernels touch.</summary>
    private void Reserve(int count)
    {
        int wanted = count + (VectorEmitter.MostCopies * 16);
        if (columns[0].Length >= wanted)
        {
            return;
        }

        for (int c = 0; c < columns.Length; c++)
        {
            columns[c].Dispose();
            columns[c] = new NativeArray<double>(2L * wanted);
            pointers[c] = (nint)columns[c].Pointer;
        }
    }
}

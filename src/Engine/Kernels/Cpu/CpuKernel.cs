using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Kernels.Cpu;

/// <summary>
/// A pass as vector machine code. Passes of one structure share their kernel, whatever the network's parameters, sizes and seed; kernels whose graphs are the same
/// share their code, whatever their variables are called. Kept for the life of the process. Thread-safe.
/// </summary>
public sealed class CpuKernel : Kernel
{
    private static readonly ConcurrentDictionary<PassStructure, CpuKernel> KernelByStructure = [];
    private static readonly ConcurrentDictionary<string, PassCode> CodeByText = [];

    private readonly PassCode code;

    private CpuKernel(LoweredPass pass, PassCode code, Precision precision, Func<string> listing)
    {
        this.code = code;
        Uniforms = pass.Uniforms;
        StepScalars = pass.StepScalars;
        DerivedColumns = pass.DerivedColumns;
        Draws = pass.Draws;
        Operations = pass.Graph.CountUses().Count(uses => uses > 0);
        BytesPerNeuron = Moved(pass.Graph, precision);
        ListingText = listing;
    }

    /// <param name="vectorBits">512, 256 or 128; null for the widest that the processor has.</param>
    public static KernelCompiler Compiler(Precision precision, int? vectorBits = null) =>
        (program, pass, derivedBefore) =>
        {
            VectorWidth width = VectorWidth.Of(vectorBits ?? VectorWidth.Supported.First(), precision);
            return KernelByStructure.GetOrAdd(new PassStructure(program, pass, derivedBefore, width.Bits, precision), _ => Compile(program, pass, derivedBefore, width));
        };

    public override unsafe void Run(KernelArguments* arguments) => code(arguments);

    private static CpuKernel Compile(PopulationProgram program, Pass pass, ImmutableArray<Expr> derivedBefore, VectorWidth width)
    {
        LoweredPass lowered = VectorLowering.Lower(program, pass, derivedBefore, width.Precision);
        string structure = $"{width.Bits} {width.Element.Name}\n{lowered.Graph.Print(Structure)}";
        PassCode code = CodeByText.GetOrAdd(structure, _ => VectorEmitter.Emit(lowered.Graph, width, $"pass of {program.Population.Name}"));
        string[] columns = [.. program.Columns.Select(c => c.Name), .. derivedBefore.Concat(lowered.DerivedColumns).Select(d => d.ToString())];
        return new CpuKernel(lowered, code, width.Precision, () => $"{width.Lanes} neurons at a time ({width.Bits} bits, {width.Precision.Word()})\n{lowered.Graph.Print(node => Readable(node, lowered, columns, width.Precision))}");
    }

    private static string Readable(VectorNode node, LoweredPass lowered, string[] columns, Precision precision) => node.Op switch
    {
        VectorOp.Load => $" {columns[node.Slot]}",
        VectorOp.Uniform => $" {lowered.Uniforms[node.Slot]}",
        VectorOp.StepScalar => $" {lowered.StepScalars[node.Slot]}",
        VectorOp.Constant => $" {Number(node.Bits, precision)}",
        VectorOp.Draw => $" {lowered.Draws[node.Slot]}",
        _ => "",
    };

    private static int Moved(VectorGraph graph, Precision precision)
    {
        int[] uses = graph.CountUses();
        int Live(VectorOp op) => graph.Nodes.Where((node, i) => node.Op == op && uses[i] > 0).Count();
        return ((Live(VectorOp.Load) + graph.Stores.Count) * precision.Bytes()) + (Live(VectorOp.Active) * sizeof(int));
    }

    private static string Number(long bits, Precision precision) =>
        (precision == Precision.Float64 ? BitConverter.Int64BitsToDouble(bits) : BitConverter.Int32BitsToSingle((int)bits)).ToString("R", CultureInfo.InvariantCulture);

    private static string Structure(VectorNode node) => string.Create(CultureInfo.InvariantCulture, $" {node.Slot} {node.Bits}");
}

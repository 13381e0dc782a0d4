using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Kernels.Cpu;

/// <summary>Writes a graph as one loop of vector instructions, which the runtime's compiler turns into machine code.</summary>
/// <remarks>
/// A value that is used once is computed where it is used; others go to a local. All columns are stored after all values are computed.
/// A long graph is written for several vectors in turn: its chains of dependent operations are longer than what the processor can look ahead. Where it
/// draws nothing, its operations are written in the order of <see cref="VectorSchedule"/>, each into a local.
/// </remarks>
public sealed class VectorEmitter
{
    private readonly VectorGraph graph;
    private readonly VectorWidth width;
    private readonly ILGenerator il;
    private readonly int[] uses;
    private readonly LocalBuilder?[][] values;
    private readonly LocalBuilder index;
    private readonly LocalBuilder count;
    private readonly LocalBuilder step;
    private readonly Dictionary<int, LocalBuilder> columns = [];
    private LocalBuilder? activeFrom;
    private LocalBuilder? scratch;

    /// <summary>The witnessed values of the first vector that is not finite (of those that spike, where the rest lasts), and its index; -1 while there is none.</summary>
    private LocalBuilder? evidence;
    private LocalBuilder? unsound;

    /// <summary>Zero in every lane while all that was witnessed is finite; only where what is not finite lasts beyond the loop, unless its lane spikes.</summary>
    private LocalBuilder? taint;
    private readonly ConstantTable constants;
    private readonly LocalBuilder constantBase;
    private readonly bool scheduled;
    private int copy;

    /// <summary>Live nodes from which on a graph is long: COBA (30) gains nothing from several vectors, HH (300) a sixth.</summary>
    private const int LongGraph = 100;

    /// <summary>Shared values that are kept in registers, of which the widest vectors have 32.</summary>
    private const int MostShared = 20;

    /// <summary>Vectors in turn, beside which draws ask for whole groups of <see cref="PhiloxLanes.Count"/> lanes; KernelArguments' columns are padded for as many of the widest.</summary>
    public const int MostCopies = 3;

    /// <summary>Vectors in turn of a scheduled graph.</summary>
    private const int MostScheduledCopies = 2;

    /// <summary>Nodes of all copies together beyond which the runtime's compiler runs out of the 1,024 locals that it tracks, and its code is several times slower.</summary>
    private const int MostNodes = 1150;

    /// <summary>The same for scheduled graphs, whose every value has a local; where there are more values, they share locals, which is 10 % slower than having their own.</summary>
    private const int MostLocals = 620;

    private VectorEmitter(VectorGraph graph, VectorWidth width, ILGenerator il)
    {
        this.graph = graph;
        this.width = width;
        this.il = il;
        uses = graph.CountUses();
        int live = uses.Count(u => u > 0);
        bool draws = Uses(VectorOp.Draw);
        scheduled = live >= LongGraph && !draws;
        Copies = live < LongGraph ? 1
            : scheduled ? Math.Clamp(MostLocals / LiveValues, 1, MostScheduledCopies)
            : Math.Clamp(MostNodes / live, 1, MostCopies);
        if (draws)
        {
            int group = Math.Max(1, PhiloxLanes.Count / width.Lanes);
            Copies = (Copies + group - 1) / group * group;
        }

        values = [.. Enumerable.Range(0, Copies).Select(_ => new LocalBuilder?[graph.Nodes.Count])];
        index = il.DeclareLocal(typeof(int));
        count = il.DeclareLocal(typeof(int));
        step = il.DeclareLocal(typeof(int));
        constants = new ConstantTable(width.Precision);
        constantBase = il.DeclareLocal(typeof(byte*));
    }

    /// <summary>Vectors per turn of the loop.</summary>
    private int Copies { get; }

    private int LiveValues => graph.Nodes.Where((n, i) => uses[i] > 0 && VectorSchedule.IsValue(n.Op)).Count();

    public static unsafe PassCode Emit(VectorGraph graph, VectorWidth width, string name)
    {
        DynamicMethod method = new(name, typeof(void), [typeof(KernelArguments*)], typeof(VectorEmitter).Module, skipVisibility: true);
        new VectorEmitter(graph, width, method.GetILGenerator(8192)).EmitMethod();
        return method.CreateDelegate<PassCode>();
    }

    private static FieldInfo Field(string name) => typeof(KernelArguments).GetField(name)!;

    private void EmitMethod()
    {
        EmitProlog();
        Label body = il.DefineLabel();
        Label check = il.DefineLabel();
        il.Emit(OpCodes.Br, check);
        il.MarkLabel(body);
        if (scheduled)
        {
            EmitScheduled();
        }
        else
        {
            EmitValues();
        }

        ForEachCopy(EmitStores);
        ForEachCopy(EmitWitnesses);
        ForEachCopy(EmitSpikes);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldc_I4, Copies * width.Lanes);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, index);
        il.MarkLabel(check);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldloc, count);
        il.Emit(OpCodes.Blt, body);
        EmitReport();
        il.Emit(OpCodes.Ret);
    }

    /// <summary>Pointers and counters that the loop needs go to locals.</summary>
    private void EmitProlog()
    {
        il.Emit(OpCodes.Ldc_I8, constants.AddressOfAddress);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldind_I);
        il.Emit(OpCodes.Stloc, constantBase);
        LoadField(nameof(KernelArguments.Count), count);
        LoadField(nameof(KernelArguments.Step), step);
        IEnumerable<int> used = graph.Nodes.Where((n, i) => n.Op == VectorOp.Load && uses[i] > 0).Select(n => n.Slot).Concat(graph.Stores.Select(s => s.Column));
        foreach (int column in used.Distinct())
        {
            LocalBuilder pointer = columns[column] = il.DeclareLocal(typeof(byte*));
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, Field(nameof(KernelArguments.Columns)));
            il.Emit(OpCodes.Ldc_I4, column * IntPtr.Size);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Ldind_I);
            il.Emit(OpCodes.Stloc, pointer);
        }

        if (Uses(VectorOp.Active))
        {
            activeFrom = il.DeclareLocal(typeof(byte*));
            LoadField(nameof(KernelArguments.ActiveFrom), activeFrom);
        }

        if (Uses(VectorOp.Draw))
        {
            scratch = Reserve(DrawLanes.Numbers * Copies);
        }

        if (graph.Witnessed.Count > 0)
        {
            BeginWitness();
        }

        KeepShared();
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Stloc, index);
    }

    private void BeginWitness()
    {
        evidence = Reserve(graph.Witnessed.Count);
        unsound = il.DeclareLocal(typeof(int));
        il.Emit(OpCodes.Ldc_I4_M1);
        il.Emit(OpCodes.Stloc, unsound);
        if (!scheduled && graph.FailuresLast)
        {
            taint = il.DeclareLocal(width.Vector);
            PushConstant(0);
            il.Emit(OpCodes.Stloc, taint);
        }
    }

    /// <summary>Memory of the method for so many vectors.</summary>
    private LocalBuilder Reserve(int vectors)
    {
        LocalBuilder memory = il.DeclareLocal(typeof(byte*));
        il.Emit(OpCodes.Ldc_I4, vectors * width.Bits / 8);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Localloc);
        il.Emit(OpCodes.Stloc, memory);
        return memory;
    }

    /// <summary>Where registers are enough, what all lanes share is read before the loop.</summary>
    private void KeepShared()
    {
        int[] shared = [.. Enumerable.Range(0, uses.Length).Where(i => uses[i] > 0 && !VectorSchedule.IsValue(graph[i].Op))];
        for (int s = 0; s < shared.Length && shared.Length <= MostShared && Copies == 1 && !scheduled; s++)
        {
            EmitNode(graph[shared[s]]);
            LocalBuilder local = values[0][shared[s]] = il.DeclareLocal(width.Vector);
            il.Emit(OpCodes.Stloc, local);
        }
    }

    private bool Uses(VectorOp op) => graph.Nodes.Where((n, i) => n.Op == op && uses[i] > 0).Any();

    private void LoadField(string field, LocalBuilder local)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Field(field));
        il.Emit(OpCodes.Stloc, local);
    }

    private void EmitScheduled()
    {
        bool sharing = LiveValues * Copies > MostLocals;
        Queue<LocalBuilder> free = new();
        foreach (ScheduledValue next in VectorSchedule.Of(graph, Copies))
        {
            copy = next.Copy;
            EmitNode(graph[next.Value]);
            foreach (int ended in next.Ended)
            {
                free.Enqueue(values[copy][ended]!);
            }

            LocalBuilder local = sharing && free.TryDequeue(out LocalBuilder? used) ? used : il.DeclareLocal(width.Vector);
            values[copy][next.Value] = local;
            il.Emit(OpCodes.Stloc, local);
        }
    }

    private void EmitValues()
    {
        HashSet<int> stored = [.. graph.Stores.Select(s => s.Value)];
        for (int n = 0; n < graph.Nodes.Count; n++)
        {
            int i = n;
            VectorNode node = graph[i];
            bool drawn = node.Op is VectorOp.Draw or VectorOp.SecondOfDraw;
            bool kept = uses[i] > 1 || stored.Contains(i) || i == graph.Spikes || drawn;
            if (uses[i] > 0 && kept && VectorSchedule.IsValue(node.Op))
            {
                if (node.Op == VectorOp.Draw)
                {
                    EmitDraw(node);
                }

                ForEachCopy(() =>
                {
                    EmitNode(node);
                    LocalBuilder local = values[copy][i] = il.DeclareLocal(width.Vector);
                    il.Emit(OpCodes.Stloc, local);
                });
            }
        }
    }

    private void ForEachCopy(Action emit)
    {
        for (copy = 0; copy < Copies; copy++)
        {
            emit();
        }
    }

    /// <summary>Index of the first neuron of the vector at hand.</summary>
    private void PushIndex()
    {
        il.Emit(OpCodes.Ldloc, index);
        if (copy > 0)
        {
            il.Emit(OpCodes.Ldc_I4, copy * width.Lanes);
            il.Emit(OpCodes.Add);
        }
    }

    private void EmitStores()
    {
        foreach ((int column, int value) in graph.Stores)
        {
            Push(value);
            PushAddress(columns[column], width.Precision.Bytes());
            Call("Store", 2);
        }
    }

    /// <summary>Looks whether all numbers are finite: only these are 0 times zero.</summary>
    private void EmitWitnesses()
    {
        if (taint is not null)
        {
            PushZeros(taint);
            il.Emit(OpCodes.Stloc, taint);
        }
        else if (unsound is not null)
        {
            EmitEvidence();
        }
    }

    /// <summary>Keeps the first vector that does not consist of finite numbers. Calls wait until after the loop, since they would cost it its registers.</summary>
    private void EmitEvidence()
    {
        Label done = il.DefineLabel();
        PushZeros(sum: null);
        PushConstant(0);
        Call("EqualsAll", 2);
        il.Emit(OpCodes.Brtrue, done);
        il.Emit(OpCodes.Ldloc, unsound!);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Bge, done);
        PushIndex();
        il.Emit(OpCodes.Stloc, unsound!);
        foreach ((int place, (_, int value)) in graph.Witnessed.Index())
        {
            Push(value);
            PushEvidence(place);
            Call("Store", 2);
        }

        il.MarkLabel(done);
    }

    /// <summary>Leaves the sum of what is witnessed, each times 0: not zero where one is not finite.</summary>
    private void PushZeros(LocalBuilder? sum)
    {
        foreach ((_, int value) in graph.Witnessed)
        {
            if (sum is null)
            {
                Push(value);
                PushConstant(0);
                Call("Multiply", 2);
            }
            else
            {
                Push(value);
                PushConstant(0);
                il.Emit(OpCodes.Ldloc, sum);
                il.Emit(OpCodes.Call, MethodOf(VectorOp.MultiplyAdd, 3));
            }

            il.Emit(OpCodes.Stloc, sum = il.DeclareLocal(width.Vector));
        }

        il.Emit(OpCodes.Ldloc, sum!);
    }

    /// <summary>Hands over what the loop noted, and what it left behind.</summary>
    private void EmitReport()
    {
        if (unsound is null)
        {
            return;
        }

        Label end = il.DefineLabel();
        Label nothingHidden = il.DefineLabel();
        if (taint is not null)
        {
            il.Emit(OpCodes.Ldloc, taint);
            PushConstant(0);
            Call("EqualsAll", 2);
            il.Emit(OpCodes.Brtrue, end);
        }

        il.Emit(OpCodes.Ldloc, unsound);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Blt, nothingHidden);
        foreach ((int place, (int column, _)) in graph.Witnessed.Index())
        {
            EmitTake(column, () => il.Emit(OpCodes.Ldloc, unsound), () => PushEvidence(place), () => il.Emit(OpCodes.Ldc_I4, width.Lanes));
        }

        il.MarkLabel(nothingHidden);
        for (int place = 0; taint is not null && place < graph.Witnessed.Count; place++)
        {
            int column = graph.Witnessed[place].Column;
            EmitTake(column, () => il.Emit(OpCodes.Ldc_I4_0), () => il.Emit(OpCodes.Ldloc, columns[column]), () => il.Emit(OpCodes.Ldloc, count));
        }

        il.MarkLabel(end);
    }

    private void EmitTake(int column, Action pushFirst, Action pushValues, Action pushHowMany)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, column);
        pushFirst();
        pushValues();
        pushHowMany();
        il.Emit(OpCodes.Call, typeof(WitnessSink).GetMethod(width.Element.Name)!);
    }

    /// <summary>The address of what is kept of a witnessed value.</summary>
    private void PushEvidence(int place)
    {
        il.Emit(OpCodes.Ldloc, evidence!);
        il.Emit(OpCodes.Ldc_I4, place * width.Bits / 8);
        il.Emit(OpCodes.Add);
    }

    private void EmitSpikes()
    {
        if (graph.Spikes < 0)
        {
            return;
        }

        LocalBuilder lanes = il.DeclareLocal(typeof(ulong));
        Label none = il.DefineLabel();
        Push(graph.Spikes);
        Call("ExtractMostSignificantBits", 1);
        il.Emit(OpCodes.Conv_U8);
        il.Emit(OpCodes.Stloc, lanes);
        il.Emit(OpCodes.Ldloc, lanes);
        il.Emit(OpCodes.Brfalse, none);
        if (taint is not null)
        {
            EmitEvidence();
        }

        il.Emit(OpCodes.Ldarg_0);
        PushIndex();
        il.Emit(OpCodes.Ldloc, lanes);
        il.Emit(OpCodes.Call, typeof(SpikeSink).GetMethod(nameof(SpikeSink.Take), [typeof(KernelArguments*), typeof(int), typeof(ulong)])!);
        il.MarkLabel(none);
    }

    /// <summary>Leaves a value on the stack.</summary>
    private void Push(int value)
    {
        if (values[copy][value] is { } local)
        {
            il.Emit(OpCodes.Ldloc, local);
        }
        else
        {
            EmitNode(graph[value]);
        }
    }

    private void EmitNode(VectorNode node)
    {
        switch (node.Op)
        {
            case VectorOp.Load:
                PushAddress(columns[node.Slot], width.Precision.Bytes());
                Call("Load", 1);
                break;
            case VectorOp.Uniform:
                Broadcast(nameof(KernelArguments.Uniforms), node.Slot);
                break;
            case VectorOp.StepScalar:
                Broadcast(nameof(KernelArguments.StepScalars), node.Slot);
                break;
            case VectorOp.Constant:
                PushConstant(node.Bits);
                break;
            case VectorOp.Index:
                PushFirstId();
                il.Emit(OpCodes.Call, width.Special("Index"));
                break;
            case VectorOp.Active:
                PushAddress(activeFrom!, sizeof(int));
                il.Emit(OpCodes.Ldloc, step);
                il.Emit(OpCodes.Call, width.Special("Active"));
                break;
            case VectorOp.Refractory:
                il.Emit(OpCodes.Ldarg_0);
                PushIndex();
                il.Emit(OpCodes.Call, width.Special("Refractory"));
                break;
            case VectorOp.Draw or VectorOp.SecondOfDraw:
                PushScratch(node.Op == VectorOp.Draw ? 0 : 1);
                Call("Load", 1);
                break;
            default:
                EmitOperation(node);
                break;
        }
    }

    private void EmitOperation(VectorNode node)
    {
        switch (node.Op)
        {
            case VectorOp.IntegerAdd:
                PushInteger(node.A);
                PushInteger(node.B);
                Call("Add", 2, width.Integer);
                AsNumbers();
                break;
            case VectorOp.ShiftLeft or VectorOp.ShiftRight:
                PushInteger(node.A);
                il.Emit(OpCodes.Ldc_I4, node.Slot);
                Call(node.Op == VectorOp.ShiftLeft ? "ShiftLeft" : "ShiftRightLogical", 2, width.Integer);
                AsNumbers();
                break;
            case VectorOp.MultiplyAdd when graph[node.C].Op == VectorOp.Constant && values[copy][node.C] is null:
                Push(node.A);
                Push(node.B);
                PushFromTable(graph[node.C].Bits);
                il.Emit(OpCodes.Call, MethodOf(node.Op, 3));
                break;
            default:
                int operands = 0;
                foreach (int operand in (ReadOnlySpan<int>)[node.A, node.B, node.C])
                {
                    if (operand >= 0)
                    {
                        Push(operand);
                        operands++;
                    }
                }

                il.Emit(OpCodes.Call, MethodOf(node.Op, operands));
                break;
        }
    }

    private MethodInfo MethodOf(VectorOp op, int operands) => op is VectorOp.ScaleByPower or VectorOp.NegatedMultiplyAdd
        ? width.Special(op.ToString())
        : width.Method(MethodName(op), operands);

    private static string MethodName(VectorOp op) => op switch
    {
        VectorOp.Add or VectorOp.Subtract or VectorOp.Multiply or VectorOp.Divide or VectorOp.Negate or VectorOp.Abs or VectorOp.Floor or VectorOp.Ceiling or VectorOp.Min or VectorOp.Max => op.ToString(),
        VectorOp.MultiplyAdd => "FusedMultiplyAdd",
        VectorOp.SquareRoot => "Sqrt",
        VectorOp.Lesser => "MinNative",
        VectorOp.Greater => "MaxNative",
        VectorOp.Less => "LessThan",
        VectorOp.LessOrEqual => "LessThanOrEqual",
        VectorOp.Equal => "Equals",
        VectorOp.And => "BitwiseAnd",
        VectorOp.Or => "BitwiseOr",
        VectorOp.Xor => "Xor",
        VectorOp.Not => "OnesComplement",
        VectorOp.Select => "ConditionalSelect",
        _ => throw new InvalidOperationException($"{op} is not one operation."),
    };

    /// <summary>One call draws for all copies. Its numbers stay in the scratch memory until the next one.</summary>
    private void EmitDraw(VectorNode node)
    {
        int[] operands = [.. new[] { node.A, node.B, node.C, node.D, node.E }.Where(o => o >= 0)];
        ForEachCopy(() =>
        {
            for (int argument = 0; argument < operands.Length; argument++)
            {
                Push(operands[argument]);
                PushScratch(argument);
                Call("Store", 2);
            }
        });
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, node.Slot);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldc_I4, Copies * width.Lanes);
        il.Emit(OpCodes.Ldloc, scratch!);
        il.Emit(OpCodes.Call, typeof(DrawLanes).GetMethod(width.Element.Name)!);
    }

    /// <summary>The address of this copy's part of the first or the second number of a draw.</summary>
    private void PushScratch(int number)
    {
        il.Emit(OpCodes.Ldloc, scratch!);
        il.Emit(OpCodes.Ldc_I4, ((number * Copies) + copy) * width.Bits / 8);
        il.Emit(OpCodes.Add);
    }

    /// <summary>The address of this vector's part of an array.</summary>
    private void PushAddress(LocalBuilder pointer, int elementSize)
    {
        il.Emit(OpCodes.Ldloc, pointer);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Ldc_I4, elementSize);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Add);
        if (copy > 0)
        {
            il.Emit(OpCodes.Ldc_I4, copy * width.Lanes * elementSize);
            il.Emit(OpCodes.Add);
        }
    }

    private void PushFirstId()
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Field(nameof(KernelArguments.FirstId)));
        PushIndex();
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Add);
    }

    private void Broadcast(string field, int slot)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Field(field));
        il.Emit(OpCodes.Ldc_I4, slot * width.Precision.Bytes());
        il.Emit(OpCodes.Add);
        il.Emit(width.Precision == Precision.Float64 ? OpCodes.Ldind_R8 : OpCodes.Ldind_R4);
        Call("Create", 1);
    }

    /// <summary>A constant of which every use reads a place of its own, so that the compiler does not keep constants in registers and values in memory.</summary>
    private void PushFromTable(long bits)
    {
        il.Emit(OpCodes.Ldloc, constantBase);
        il.Emit(OpCodes.Ldc_I4, constants.Add(bits));
        il.Emit(OpCodes.Add);
        il.Emit(width.Precision == Precision.Float64 ? OpCodes.Ldind_R8 : OpCodes.Ldind_R4);
        Call("Create", 1);
    }

    private void PushConstant(long bits)
    {
        if (scheduled)
        {
            PushFromTable(bits);
            return;
        }

        if (width.Precision == Precision.Float64)
        {
            il.Emit(OpCodes.Ldc_R8, BitConverter.Int64BitsToDouble(bits));
        }
        else
        {
            il.Emit(OpCodes.Ldc_R4, BitConverter.Int32BitsToSingle((int)bits));
        }

        Call("Create", 1);
    }

    private void PushInteger(int value)
    {
        Push(value);
        Call(width.Precision == Precision.Float64 ? "AsInt64" : "AsInt32", 1);
    }

    private void AsNumbers() => Call(width.Precision == Precision.Float64 ? "AsDouble" : "AsSingle", 1, width.Integer);

    private void Call(string method, int parameters, Type? over = null) => il.Emit(OpCodes.Call, width.Method(method, parameters, over));
}

/// <summary>Numbers that machine code reads. Code is kept for the life of the process, and so is this.</summary>
internal sealed unsafe class ConstantTable(Precision precision)
{
    /// <summary>More than the largest graph uses: an expression is limited, and so are its constants.</summary>
    private const int Capacity = 1 << 18;

    private readonly byte** memory = Allocate();
    private int used;

    /// <summary>Where the table's address stands: one that is read is kept in a register, a known one would be written out wherever a number is read.</summary>
    public long AddressOfAddress => (long)memory;

    /// <summary>Stores the bits of a number.</summary>
    /// <returns>Its distance from the table's address.</returns>
    public int Add(long bits)
    {
        int place = used;
        used += precision.Bytes();
        if (used > Capacity)
        {
            throw new InvalidOperationException("The expressions of one pass hold too many constants.");
        }

        if (precision == Precision.Float64)
        {
            *(long*)(*memory + place) = bits;
        }
        else
        {
            *(int*)(*memory + place) = (int)bits;
        }

        return place;
    }

    private static byte** Allocate()
    {
        byte** address = (byte**)NativeMemory.Alloc((nuint)sizeof(byte*));
        *address = (byte*)NativeMemory.AlignedAlloc(Capacity, 64);
        return address;
    }
}

/// <summary>The machine code of one pass.</summary>
[UnmanagedFunctionPointer(CallingConvention.Winapi)]
public unsafe delegate void PassCode(KernelArguments* arguments);

using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Kernels.Reference;

/// <summary>A pass done neuron by neuron and statement by statement in float64, with the platform's elementary functions; only draws are those of the run's precision. Slow, and easy to believe.</summary>
public sealed class InterpretedKernel : Kernel
{
    private readonly Precision precision;
    private readonly Frame frame;
    private readonly List<(int Slot, int Column)> loads = [];
    private readonly List<(int Slot, int Column)> stores = [];
    private readonly List<(int Slot, int Uniform)> uniforms = [];
    private readonly List<(int Slot, int StepScalar)> stepScalars = [];
    private readonly List<Step> steps = [];
    private readonly Dictionary<string, int> slots = [];
    private readonly bool testsSpikes;

    private InterpretedKernel(PopulationProgram program, Pass pass, ulong seed, Precision precision)
    {
        this.precision = precision;
        testsSpikes = pass.TestsSpikes;
        Draws = [.. pass.Statements.OfType<Assign>().Where(a => a.Value is Call call && call.Op.Facts().IsRandom)];
        Uniforms = [.. program.Uniforms.Keys.Append(Scope.Dt).Select(name => new Name(name))];
        StepScalars = [.. program.StepSignals.Keys.Append(Scope.Time).Select(name => new Name(name))];
        Bind(program);
        Evaluation evaluation = new(Arithmetic.Platform, Slot, site => DrawKeys.Of(program, Draws[site], seed), precision);
        foreach (Statement statement in pass.Statements)
        {
            string[] targets = statement switch { Assign assign => [assign.Name], Fire => [Special.Spike], _ => [.. ((Witness)statement).Names] };
            steps.AddRange(statement.Values.Zip(targets, (value, target) => new Step(statement, evaluation.Compile(value), Slot(target), program.FindColumn(target))));
        }

        foreach (string name in pass.Statements.OfType<Assign>().Select(a => a.Name).Distinct())
        {
            if (program.FindColumn(name) is >= 0 and var column)
            {
                stores.Add((slots[name], column));
            }
        }

        BytesPerNeuron = ((loads.Count + stores.Count) * precision.Bytes()) + sizeof(int);
        frame = new Frame(slots.Count);
        ListingText = () => string.Join(Environment.NewLine, pass.Statements);
    }

    public static KernelCompiler Compiler(Precision precision, ulong seed) =>
        (program, pass, _) => new InterpretedKernel(program, pass, seed, precision);

    public override unsafe void Run(KernelArguments* arguments)
    {
        ReadShared(uniforms, arguments->Uniforms);
        ReadShared(stepScalars, arguments->StepScalars);
        for (int id = 0; id < arguments->Count; id++)
        {
            RunNeuron(arguments, id);
        }
    }

    private int Slot(string name)
    {
        if (!slots.TryGetValue(name, out int slot))
        {
            slot = slots.Count;
            slots.Add(name, slot);
        }

        return slot;
    }

    private void Bind(PopulationProgram program)
    {
        for (int i = 0; i < Uniforms.Length; i++)
        {
            uniforms.Add((Slot(((Name)Uniforms[i]).Id), i));
        }

        for (int i = 0; i < StepScalars.Length; i++)
        {
            stepScalars.Add((Slot(((Name)StepScalars[i]).Id), i));
        }

        for (int column = 0; column < program.Columns.Length; column++)
        {
            loads.Add((Slot(program.Columns[column].Name), column));
        }

        foreach (string special in (ReadOnlySpan<string>)[Scope.Index, Special.Active, Special.Spike, Special.Refractory])
        {
            Slot(special);
        }
    }

    private unsafe void ReadShared(List<(int Slot, int Index)> shared, void* values)
    {
        foreach ((int slot, int index) in shared)
        {
            frame.Slots[slot] = Read(values, index);
        }
    }

    private unsafe void RunNeuron(KernelArguments* arguments, int id)
    {
        double[] values = frame.Slots;
        frame.Id = (uint)(arguments->FirstId + id);
        frame.Step = arguments->DrawStep;
        values[slots[Scope.Index]] = arguments->FirstId + id;
        values[slots[Special.Active]] = arguments->ActiveFrom[id] <= arguments->Step ? 1 : 0;
        values[slots[Special.Refractory]] = arguments->RefractoryOfEach != null ? arguments->RefractoryOfEach[id] : arguments->RefractorySteps;
        foreach ((int slot, int column) in loads)
        {
            values[slot] = Read(arguments->Columns[column], id);
        }

        foreach ((Statement statement, Evaluator value, int slot, int column) in steps)
        {
            double result = value(frame);
            if (statement is Witness)
            {
                WitnessSink.Take(arguments, column, id, precision == Precision.Float64 ? result : (float)result);
                continue;
            }

            values[slot] = statement is Fire ? result * values[slots[Special.Active]] : result;
        }

        foreach ((int slot, int column) in stores)
        {
            Write(arguments->Columns[column], id, values[slot]);
        }

        if (testsSpikes && values[slots[Special.Spike]] != 0)
        {
            SpikeSink.Take(arguments, id);
        }
    }

    /// <param name="Slot">Where the value goes.</param>
    /// <param name="Column">Of the same name; -1 where there is none.</param>
    private sealed record Step(Statement Statement, Evaluator Value, int Slot, int Column);

    private unsafe double Read(void* column, int id) => precision == Precision.Float64 ? ((double*)column)[id] : ((float*)column)[id];

    private unsafe void Write(void* column, int id, double value)
    {
        if (precision == Precision.Float64)
        {
            ((double*)column)[id] = value;
        }
        else
        {
            ((float*)column)[id] = (float)value;
        }
    }
}

using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Kernels;

/// <summary>A kernel with the numbers that it reads beside the columns. Owned by one thread at a time.</summary>
public sealed unsafe class BoundPass : IDisposable
{
    private readonly Kernel kernel;
    private readonly TimeGrid grid;
    private readonly bool single;
    private readonly NativeArray<byte> uniforms;
    private readonly NativeArray<byte> stepScalars;
    private readonly NativeArray<DrawSite> sites;
    private readonly Evaluator[] stepEvaluators;
    private readonly (int Slot, StepSignal Signal)[] signals;
    private readonly Frame frame;
    private readonly int untilZero;

    public BoundPass(NetworkSpec network, PopulationProgram program, Pass pass, Kernel kernel)
    {
        this.kernel = kernel;
        Pass = pass;
        untilZero = pass.UntilZero is { } column ? program.ColumnOf(column) : -1;
        grid = network.Grid;
        single = network.Precision == Precision.Float32;
        uniforms = new NativeArray<byte>(kernel.Uniforms.Length * network.Precision.Bytes());
        stepScalars = new NativeArray<byte>(kernel.StepScalars.Length * network.Precision.Bytes());
        for (int i = 0; i < kernel.Uniforms.Length; i++)
        {
            Put(uniforms, i, Evaluation.Of(kernel.Uniforms[i], name => name == Scope.Dt ? pass.Dt : program.Uniforms[name]));
        }

        sites = new NativeArray<DrawSite>(kernel.Draws.Length);
        for (int i = 0; i < kernel.Draws.Length; i++)
        {
            Call call = (Call)kernel.Draws[i].Value;
            KeyedRandom key = DrawKeys.Of(program, kernel.Draws[i], network.Seed);
            int arguments = call.Op is Op.Poisson or Op.Gamma or Op.TruncatedNormal ? call.Arguments.Length : 0;
            sites[i] = new DrawSite { Key = key, RoundKeys = new PhiloxKeys(key), Op = call.Op, Arguments = arguments };
        }

        (stepEvaluators, frame, signals) = CompileStepScalars(program, pass);
    }

    public Pass Pass { get; }

    /// <summary>Read and written in a step, on average.</summary>
    public double BytesPerNeuron => kernel.BytesPerNeuron * Pass.Repeat / (double)Pass.Every;

    /// <summary>True where it runs in a step.</summary>
    public bool ActsIn(long step) => Pass.Every == 1 || step % Pass.Every == 0;

    public void Run(KernelArguments* arguments, long step)
    {
        arguments->Uniforms = uniforms.Pointer;
        arguments->StepScalars = stepScalars.Pointer;
        arguments->Sites = sites.Pointer;
        for (int repeat = 0; repeat < Pass.Repeat; repeat++)
        {
            ComputeStepScalars(step, grid.ToMilliseconds(step) + (repeat * Pass.Dt));
            arguments->DrawStep = (step / Pass.Every * Pass.Repeat) + repeat;
            do
            {
                kernel.Run(arguments);
            }
            while (untilZero >= 0 && IsAnyLeft(arguments));
        }
    }

    private bool IsAnyLeft(KernelArguments* arguments)
    {
        void* left = arguments->Columns[untilZero];
        return single ? new Span<float>(left, arguments->Count).ContainsAnyExcept(0f) : new Span<double>(left, arguments->Count).ContainsAnyExcept(0.0);
    }

    public void Dispose()
    {
        uniforms.Dispose();
        stepScalars.Dispose();
        sites.Dispose();
    }

    /// <summary>Slot 0 is t; then come the step signals and uniforms that the expressions use.</summary>
    private (Evaluator[] Evaluators, Frame Frame, (int Slot, StepSignal Signal)[] Signals) CompileStepScalars(PopulationProgram program, Pass pass)
    {
        string[] names = [Scope.Time, .. Rewriting.NamesIn(kernel.StepScalars).Where(n => n != Scope.Time)];
        Dictionary<string, int> slots = names.Select((name, slot) => (name, slot)).ToDictionary(n => n.name, n => n.slot);
        Frame frame = new(names.Length);
        List<(int Slot, StepSignal Signal)> signals = [];
        foreach (string name in names.Skip(1))
        {
            if (program.StepSignals.TryGetValue(name, out StepSignal? signal))
            {
                signals.Add((slots[name], signal));
            }
            else
            {
                frame.Slots[slots[name]] = name == Scope.Dt ? pass.Dt : program.Uniforms[name];
            }
        }

        Evaluation evaluation = new(Arithmetic.Portable, name => slots[name]);
        return ([.. kernel.StepScalars.Select(evaluation.Compile)], frame, [.. signals]);
    }

    private void ComputeStepScalars(long step, double time)
    {
        if (stepEvaluators.Length == 0)
        {
            return;
        }

        frame.Slots[0] = time;
        foreach ((int slot, StepSignal signal) in signals)
        {
            (double value, bool acts) = SignalAt.Step(signal.Signal, step);
            frame.Slots[slot] = signal.IsActivity ? (acts ? 1 : 0) : value;
        }

        for (int i = 0; i < stepEvaluators.Length; i++)
        {
            Put(stepScalars, i, stepEvaluators[i](frame));
        }
    }

    private void Put(NativeArray<byte> values, int slot, double value)
    {
        if (single)
        {
            ((float*)values.Pointer)[slot] = (float)value;
        }
        else
        {
            ((double*)values.Pointer)[slot] = value;
        }
    }
}

/// <summary>The value of an input's time course at a step.</summary>
internal static class SignalAt
{
    /// <returns>The value, zero where the signal is silent; and whether it acts.</returns>
    public static (double Value, bool Acts) Step(Signal signal, long step) => signal switch
    {
        SectionSignal section => Section(section, step),
        RampSignal ramp => step >= ramp.Start && step < ramp.End
            ? (ramp.From + ((ramp.To - ramp.From) * (step - ramp.Start) / (ramp.End - ramp.Start)), true)
            : (0, false),
        PulseSignal pulses => Pulses(pulses, step),
        TableSignal { Width: 1 } table => step < table.Length ? (table.Rows[step], true) : (0, false),
        TableSignal table => (0, step < table.Length),
        _ => throw new InvalidOperationException($"{signal.GetType().Name} does not depend on the step alone."),
    };

    private static (double Value, bool Acts) Section(SectionSignal section, long step)
    {
        int index = section.Ends.AsSpan().BinarySearch(step);

        // A section whose end is this step is over; sections without length are passed.
        index = index >= 0 ? index + 1 : ~index;
        while (index < section.Ends.Length && section.Ends[index] <= step)
        {
            index++;
        }

        return index < section.Values.Length ? (section.Values[index], true) : (0, false);
    }

    private static (double Value, bool Acts) Pulses(PulseSignal pulses, long step)
    {
        double sum = 0;
        bool acts = false;
        for (int j = 0; j < pulses.At.Length; j++)
        {
            if (step >= pulses.At[j] && step < pulses.At[j] + pulses.Lengths[j])
            {
                sum += pulses.Sizes[j];
                acts = true;
            }
        }

        return (sum, acts);
    }
}

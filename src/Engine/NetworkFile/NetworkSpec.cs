using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>A network as its file says it, checked, with every time in whole steps. Immutable.</summary>
public sealed record NetworkSpec
{
    public required string Name { get; init; }

    public string Title { get; init; } = "";

    public string Source { get; init; } = "";

    public required TimeGrid Grid { get; init; }

    public required long Steps { get; init; }

    public required ulong Seed { get; init; }

    public required Precision Precision { get; init; }

    public required Schedule Schedule { get; init; }

    public required ImmutableArray<PopulationSpec> Populations { get; init; }

    public required ImmutableArray<ProjectionSpec> Projections { get; init; }

    public required ImmutableArray<InputSpec> Inputs { get; init; }

    public required ImmutableArray<MonitorSpec> Monitors { get; init; }

    public ImmutableArray<MeasureSpec> Measures { get; init; } = [];

    /// <summary>The steps in which a population updates.</summary>
    public TimeGrid GridOf(PopulationSpec population) => Grid.Every(population.EverySteps);

    /// <summary>SHA-256 over the text as understood and every array that it names, as hexadecimal digits.</summary>
    public required string Hash { get; init; }
}

/// <summary>Neurons of one model.</summary>
/// <param name="Index">Position in the file, from 0.</param>
/// <param name="Shape">As written: one number, or the extents of a grid; the product is <paramref name="Size"/>.</param>
/// <param name="Parameters">Every parameter of the model, defaults included, in the model's order.</param>
/// <param name="Initial">Every state variable of the model, in its order.</param>
/// <param name="Substeps">Updates per step, each by dt/substeps.</param>
/// <param name="Replay">For a replaying source: its spikes.</param>
public sealed record PopulationSpec(
    int Index, string Name, ImmutableArray<int> Shape, int Size, ModelSpec Model,
    ImmutableArray<NamedValue> Parameters, ImmutableArray<NamedValue> Initial,
    string Method, int Substeps, ReplayTable? Replay, Place Place)
{
    /// <summary>Error allowed to each of the method's own steps; null where these are the grid's.</summary>
    public double? Tolerance { get; init; }

    /// <summary>Updates in the steps that are a multiple of this, and by so many steps at once.</summary>
    public int EverySteps { get; init; } = 1;

    public NamedValue Parameter(string name) => Parameters.First(p => p.Name == name);
}

/// <summary>A parameter or initial value of a population or projection.</summary>
public sealed record NamedValue(string Name, Value Value, Place Place)
{
    /// <summary>Stands for a value with a mistake while the rest of the file is checked; never in a finished network.</summary>
    internal static Value Unknown { get; } = new FromArray([]);
}

/// <summary>One number for all, an expression evaluated once per neuron (or synapse), or an array with one number for each.</summary>
public abstract record Value
{
    /// <summary>The number, where there is one for all.</summary>
    public double? Constant => this is FromExpression { Expr: Number number } ? number.Value : null;
}

public sealed record FromExpression(Expr Expr) : Value;

/// <param name="Items">Not to be changed.</param>
public sealed record FromArray(double[] Items) : Value
{
    public bool Equals(FromArray? other) => other is not null && Items.AsSpan().SequenceEqual(other.Items);

    public override int GetHashCode() => Items.Length;
}

/// <summary>Spikes that a source replays: at step <c>Steps[j]</c> neuron <c>Ids[j]</c>, by rising step, then id. Step -1 is a spike at time 0.</summary>
public sealed record ReplayTable(long[] Steps, int[] Ids);

/// <summary>Synapses from one population to another.</summary>
/// <param name="Index">Position after <c>post: [E, I]</c> is written out, from 0.</param>
/// <param name="Delays">In steps: one number, or values in ms to round.</param>
public sealed record ProjectionSpec(
    int Index, string Name, int Pre, int Post, ConnectRule Connect, ModelSpec Synapse,
    ImmutableArray<NamedValue> Parameters, ImmutableArray<NamedValue> Initial,
    Value Weight, DelayRule Delay, Place Place)
{
    /// <summary>For synapses without state: their currents are computed in the steps that are a multiple of this, and hold in between; null for the steps in which the target updates.</summary>
    public int? EverySteps { get; init; }

    /// <summary>What spikes add to variables that a refractory target holds is added; else it is lost.</summary>
    public bool AddsWhileRefractory { get; init; }
}

/// <summary>Delay of a projection's synapses.</summary>
/// <param name="Steps">The delay of all synapses; null where they differ.</param>
/// <param name="Milliseconds">Per synapse, rounded to the nearest step; null where all have the same.</param>
public sealed record DelayRule(int? Steps, Value? Milliseconds)
{
    /// <summary>Longest delay in steps.</summary>
    public const int Longest = ushort.MaxValue;
}

public abstract record ConnectRule
{
    /// <summary>False: no synapse from a neuron to itself, where both populations are the same.</summary>
    public bool IncludeSelf { get; init; } = true;

    /// <summary>Keys the draws of this rule instead of the network's seed.</summary>
    public ulong? Seed { get; init; }

    /// <summary>True where who is connected is drawn, so that it depends on the seed and the projection's name.</summary>
    public virtual bool IsRandom => true;

    /// <summary>True where two synapses may join the same neurons without being told apart by a list.</summary>
    public virtual bool DrawsMultapses => false;

    /// <summary>True where the rule says the weight of every synapse.</summary>
    public virtual bool BringsWeights => false;
}

public sealed record AllToAll : ConnectRule
{
    public override bool IsRandom => false;
}

public sealed record OneToOne : ConnectRule
{
    public override bool IsRandom => false;
}

/// <summary>Every pair is connected with the same probability, independently.</summary>
public sealed record FixedProbability(double Probability) : ConnectRule;

/// <summary>So many synapses in all, each with a source and a target drawn uniformly and independently.</summary>
public sealed record FixedTotalNumber(long Count) : ConnectRule
{
    public override bool DrawsMultapses => true;
}

/// <summary>So many sources for every target, drawn uniformly.</summary>
/// <param name="Multapses">Drawn with replacement; else all are different.</param>
public sealed record FixedPreNumber(int Count, bool Multapses) : ConnectRule
{
    public override bool DrawsMultapses => Multapses;
}

/// <summary>Listed pairs, in the file's order; a pair may occur more than once.</summary>
public sealed record Pairs(int[] Pre, int[] Post, double[]? Weight, double[]? DelayMilliseconds) : ConnectRule
{
    public override bool IsRandom => false;

    public override bool BringsWeights => Weight is not null;

    public bool Equals(Pairs? other) =>
        base.Equals(other) && Pre.AsSpan().SequenceEqual(other!.Pre) && Post.AsSpan().SequenceEqual(other.Post) && AreSame(Weight, other.Weight) && AreSame(DelayMilliseconds, other.DelayMilliseconds);

    public override int GetHashCode() => Pre.Length;

    private static bool AreSame(double[]? a, double[]? b) => a is null ? b is null : b is not null && a.AsSpan().SequenceEqual(b);
}

public enum InputOperation
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Set,
}

/// <summary>Something from outside that acts on an input variable of neurons <c>[From, To)</c> every step.</summary>
public sealed record InputSpec(int Index, int Population, string Variable, int From, int To, InputOperation Operation, Signal Signal, Place Place);

/// <summary>The time course of an input.</summary>
public abstract record Signal;

/// <summary>Drawn or computed once per neuron, then the same every step.</summary>
public sealed record ConstantSignal(Value Value) : Signal;

/// <summary>Computed each step from <c>t, dt, i, N</c> and the population's parameters; random functions draw anew.</summary>
public sealed record ExpressionSignal(Expr Expr) : Signal;

/// <summary>The same for all neurons; value <c>Values[j]</c> until step <c>Ends[j]</c>, nothing after the last.</summary>
public sealed record SectionSignal(ImmutableArray<double> Values, ImmutableArray<long> Ends) : Signal;

/// <summary>Linear from <paramref name="From"/> at step <paramref name="Start"/> towards <paramref name="To"/> at step <paramref name="End"/>; nothing outside [Start, End).</summary>
public sealed record RampSignal(double From, double To, long Start, long End) : Signal;

/// <summary><c>Sizes[j]</c> during <c>Lengths[j]</c> steps from step <c>At[j]</c> on; pulses that overlap add up.</summary>
public sealed record PulseSignal(ImmutableArray<long> At, ImmutableArray<long> Lengths, ImmutableArray<double> Sizes) : Signal;

/// <summary>Row k of a table acts in step k; nothing after the last row.</summary>
/// <param name="Width">1 for one value for all, else the number of neurons in the slice.</param>
public sealed record TableSignal(double[] Rows, int Width) : Signal
{
    public int Length => Rows.Length / Width;
}

public enum MonitorKind
{
    Spikes,
    Rate,
    Variables,
}

/// <summary>What is recorded.</summary>
/// <param name="Population">The recorded population.</param>
/// <param name="Projection">For a synaptic variable kept per target: the projection, else null.</param>
/// <param name="Variables">For <see cref="MonitorKind.Variables"/>.</param>
/// <param name="Ids">Recorded neurons in the order of the columns; null for all.</param>
/// <param name="EverySteps">A row after every so many steps.</param>
public sealed record MonitorSpec(
    string Name, MonitorKind Kind, int Population, int? Projection, ImmutableArray<string> Variables, int[]? Ids, int EverySteps, Place Place)
{
    /// <summary>True for what only measures look at; it is not written to files.</summary>
    public bool IsHidden { get; init; }
}

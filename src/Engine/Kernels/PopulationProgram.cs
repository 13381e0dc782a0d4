using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Integrators;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Engine.Kernels;

/// <summary>What one population does in a step, for any processor: columns of numbers, and passes over all neurons that read and write them.</summary>
public sealed record PopulationProgram
{
    public required PopulationSpec Population { get; init; }

    /// <summary>One number per neuron each, by index.</summary>
    public required ImmutableArray<Column> Columns { get; init; }

    /// <summary>Numbers that hold for all neurons, by name.</summary>
    public required ImmutableDictionary<string, double> Uniforms { get; init; }

    /// <summary>Numbers that hold for all neurons and change from step to step, by name.</summary>
    public required ImmutableDictionary<string, StepSignal> StepSignals { get; init; }

    /// <summary>In the order of the schedule.</summary>
    public required ImmutableArray<Pass> Passes { get; init; }

    /// <summary>Projections that land here.</summary>
    public required ImmutableArray<Arrival> Arrivals { get; init; }

    /// <summary>Those of them whose currents are computed synapse by synapse.</summary>
    public required ImmutableArray<Coupling> Couplings { get; init; }

    /// <summary>Those of them that keep or compute something for sources or single synapses.</summary>
    public ImmutableArray<SynapseProgram> Synapses { get; init; } = [];

    /// <summary>Whole steps without update after a spike; per neuron where its parameters differ. Null for none.</summary>
    public required Expr? Refractory { get; init; }

    /// <summary>What the compiler found out, for explain.</summary>
    public required ImmutableArray<string> Findings { get; init; }

    public int ColumnOf(string name)
    {
        int index = FindColumn(name);
        return index >= 0 ? index : throw new InvalidOperationException($"{Population.Name} has no column {name}.");
    }

    /// <summary>-1 where there is none.</summary>
    public int FindColumn(string name)
    {
        for (int i = 0; i < Columns.Length; i++)
        {
            if (Columns[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}

public enum ColumnKind
{
    /// <summary>State of the neurons.</summary>
    State,

    /// <summary>State of synapses, summed per target.</summary>
    Synaptic,

    /// <summary>State of synapses, one for all synapses of a target.</summary>
    Shared,

    /// <summary>Computed once: parameters, constant inputs, entries of a propagator.</summary>
    Fixed,

    /// <summary>Handed from one pass to a later one, or to a monitor.</summary>
    Buffer,

    /// <summary>Filled before every step from a table.</summary>
    Row,

    /// <summary>Filled before the input phase with the sums of currents that are computed synapse by synapse.</summary>
    Coupled,

    /// <summary>Filled with such sums before some steps, and kept in between.</summary>
    HeldCoupled,
}

/// <summary>Numbers that are kept for each neuron.</summary>
/// <param name="Initial">Their first values; null where they begin at zero.</param>
public sealed record Column(string Name, ColumnKind Kind, InitialValue? Initial = null, TableSignal? Table = null, int TableFrom = 0)
{
    /// <summary>State counts for the state hash.</summary>
    public bool IsState => Kind is ColumnKind.State or ColumnKind.Synaptic or ColumnKind.Shared;

    /// <summary>What a step leaves for later ones, and a checkpoint keeps.</summary>
    public bool IsKept => IsState || Kind is ColumnKind.Buffer or ColumnKind.HeldCoupled;
}

/// <summary>How a column gets its first values.</summary>
public abstract record InitialValue;

/// <param name="Purpose">Key of the expression's random draws.</param>
public sealed record InitialExpression(Expr Expr, string Purpose) : InitialValue;

/// <param name="Items">For neurons From, From + 1, ...; zero elsewhere.</param>
public sealed record InitialArray(double[] Items, int From = 0) : InitialValue;

/// <param name="Output">Index among the propagator's outputs.</param>
public sealed record InitialPropagator(Propagator Propagator, int Output, double Dt) : InitialValue;

/// <summary>A number that depends on the step only, and whether it acts in that step.</summary>
public sealed record StepSignal(Signal Signal, bool IsActivity);

/// <summary>One sweep over all neurons of a population.</summary>
/// <param name="Repeat">How often it runs per step, each time advancing t by <paramref name="Dt"/>.</param>
/// <param name="Dt">The value of dt in its statements, ms.</param>
/// <param name="Group">How many of the phases arrive and observe come before it in the step.</param>
public sealed record Pass(string Title, ImmutableArray<Statement> Statements, int Repeat, double Dt, int Group)
{
    /// <summary>A column: the pass runs again until it is zero for all neurons; one for which it is zero no longer changes. Null where the pass runs once.</summary>
    public string? UntilZero { get; init; }

    /// <summary>It runs in the steps that are a multiple of this.</summary>
    public int Every { get; init; } = 1;

    public bool TestsSpikes => Statements.Any(s => s is Fire);
}

public abstract record Statement
{
    /// <summary>The expressions that it computes.</summary>
    public abstract IEnumerable<Expr> Values { get; }
}

/// <summary>From here on the name has this value; a name that is a column keeps it.</summary>
public sealed record Assign(string Name, Expr Value) : Statement
{
    public override IEnumerable<Expr> Values => [Value];

    public override string ToString() => $"{Name} = {Value}";
}

/// <summary>Neurons that are not refractory and meet the condition spike now; <see cref="Special.Spike"/> says which.</summary>
public sealed record Fire(Expr When) : Statement
{
    public override IEnumerable<Expr> Values => [When];

    public override string ToString() => $"spike where {When}";
}

/// <summary>State variables that are finite here, unless the run has failed: what a spike or a rule hides afterwards is noticed all the same.</summary>
public sealed record Witness(ImmutableArray<string> Names) : Statement
{
    public override IEnumerable<Expr> Values => Names.Select(name => new Name(name));

    public bool Equals(Witness? other) => other is not null && Names.SequenceEqual(other.Names);

    public override int GetHashCode() => Names.Aggregate(Names.Length, HashCode.Combine);

    public override string ToString() => $"fail unless {string.Join(", ", Names)} {(Names.Length == 1 ? "is" : "are")} finite";
}

/// <summary>Conditions that a program knows besides its own names.</summary>
public static class Special
{
    /// <summary>The neuron is not refractory.</summary>
    public const string Active = "active";

    /// <summary>The neuron spikes in this step.</summary>
    public const string Spike = "spike";

    /// <summary>Steps that the neuron stands still after a spike.</summary>
    public const string Refractory = "refractory steps";

    /// <summary>These names stand for conditions, not numbers.</summary>
    public static bool IsCondition(string name) => name is Active or Spike;
}

/// <summary>What arriving spikes of a projection change: columns of the target, each by adding a jump.</summary>
/// <param name="IsCoupled">The synapses also have a current that is computed every step, or variables of their own or their sources.</param>
public sealed record Arrival(ProjectionSpec Projection, ImmutableArray<Jump> Jumps, bool IsCoupled)
{
    /// <summary>What is kept for every synapse.</summary>
    public ImmutableArray<string> Variables { get; init; } = [];

    /// <summary>What is kept for every source.</summary>
    public ImmutableArray<string> SourceVariables { get; init; } = [];

    /// <summary>Those of all projections, in order.</summary>
    public static ImmutableArray<Arrival> AllOf(IEnumerable<PopulationProgram> programs) => [.. programs.SelectMany(p => p.Arrivals).OrderBy(a => a.Projection.Index)];
}

/// <param name="Column">The target's column.</param>
/// <param name="Size">What one synapse adds, in terms of weight, delay, the synapse's parameters and the target's.</param>
/// <param name="LostWhileRefractory">Events on held variables are dropped while the target is refractory, unless the projection adds them.</param>
public sealed record Jump(string Column, Expr Size, bool LostWhileRefractory);

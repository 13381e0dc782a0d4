using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Models;

public enum ModelKind
{
    Neuron,
    Synapse,
    Channel,
}

/// <summary>The meaning of an integral over noise whose factor depends on the state.</summary>
public enum NoiseCalculus
{
    /// <summary>The factor is that at the start of a step.</summary>
    Ito,

    /// <summary>The factor is that in the middle of a step; the rules of ordinary calculus hold.</summary>
    Stratonovich,
}

/// <summary>A name and what it stands for: a helper, an equation's right-hand side, an assignment, an initial value.</summary>
public sealed record Definition(string Name, Expr Value, Place Place);

/// <summary>A parameter and its default, in the unit that the model states.</summary>
public sealed record Parameter(string Name, Expr Default, string Unit, Place Place)
{
    /// <summary>Values that make sense; others are refused.</summary>
    public ParameterRange Range { get; init; } = ParameterRange.All;
}

/// <summary>A state variable and its initial value.</summary>
public sealed record StateVariable(string Name, Expr Initial, string Unit, Place Place);

/// <summary>When a neuron spikes and what happens then.</summary>
/// <param name="When">A condition; null for a source that replays given times.</param>
/// <param name="Then">Assignments, all computed from the values before any of them.</param>
/// <param name="RefractoryFor">Refractory time in ms; null for none.</param>
/// <param name="Hold">State variables that stand still, and lose events, while refractory.</param>
public sealed record SpikeRule(
    Expr? When, ImmutableArray<Definition> Then, Expr? RefractoryFor, ImmutableArray<string> Hold, Place Place)
{
    public bool IsReplay => When is null;
}

/// <summary>What a synapse adds to an input of its target.</summary>
/// <param name="To">The input; null for the target's only (or first) one.</param>
public sealed record CurrentRule(string? To, Expr Value, Place Place);

/// <summary>A channel that a neuron lists: its part's name, the channel's model and changed defaults.</summary>
public sealed record ChannelUse(string Part, string Channel, ImmutableArray<Definition> Parameters, Place Place);

/// <summary>A model as its file says it. Neurons come with their channels already written in (names <c>Part.name</c>).</summary>
public sealed record ModelSpec
{
    public required string Name { get; init; }

    public required ModelKind Kind { get; init; }

    public required Place Place { get; init; }

    public string Summary { get; init; } = "";

    public string Source { get; init; } = "";

    /// <summary>Solver of the equations, a name that Integrators know.</summary>
    public string Method { get; init; } = "euler";

    /// <summary>Error allowed to each of the method's own steps, relative to 1 + |x|; null where its step is that of the grid.</summary>
    public double? Tolerance { get; init; }

    public ImmutableArray<Parameter> Parameters { get; init; } = [];

    public ImmutableArray<StateVariable> State { get; init; } = [];

    public ImmutableArray<string> Inputs { get; init; } = [];

    /// <summary>Algebraic helpers; each may use those before it.</summary>
    public ImmutableArray<Definition> Lets { get; init; } = [];

    /// <summary>Right-hand sides dX/dt, by state variable, per ms.</summary>
    public ImmutableArray<Definition> Equations { get; init; } = [];

    /// <summary>How noise in the equations is meant; null where the model does not say, which means Ito.</summary>
    public NoiseCalculus? Noise { get; init; }

    /// <summary>Discrete rules, applied after the equations, all from the values before them.</summary>
    public ImmutableArray<Definition> Updates { get; init; } = [];

    public SpikeRule? Spike { get; init; }

    public ImmutableArray<ChannelUse> Channels { get; init; } = [];

    /// <summary>Synapses: assignments at the arrival of a spike, to own state or to <c>post.X</c>.</summary>
    public ImmutableArray<Definition> OnPre { get; init; } = [];

    public CurrentRule? Current { get; init; }

    public bool HasState(string name) => State.Any(s => s.Name == name);

    public bool HasParameter(string name) => Parameters.Any(p => p.Name == name);
}

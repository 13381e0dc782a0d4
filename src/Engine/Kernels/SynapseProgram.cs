using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Engine.Kernels;

/// <summary>What a projection keeps and computes for its sources and for single synapses.</summary>
public sealed record SynapseProgram
{
    public required ProjectionSpec Projection { get; init; }

    /// <summary>Variables of every synapse, by their names in the model, and their first values; the weight's is its own.</summary>
    public required ImmutableArray<(string Name, double? Initial)> Variables { get; init; }

    /// <summary>A program whose neurons are the sources: their variables, and columns for <see cref="SumsOfSources"/>. Its passes are <see cref="SourceAdvance"/> and <see cref="SourceCurrents"/>. Null where there is nothing.</summary>
    public required PopulationProgram? Sources { get; init; }

    public required ImmutableArray<string> SourceVariables { get; init; }

    /// <summary>What an arriving spike does to its source's variables.</summary>
    public required SynapsePass? SourceEvent { get; init; }

    /// <summary>What an arriving spike does to each synapse of its source, and what it adds to columns of the target.</summary>
    public required SynapsePass? OnPre { get; init; }

    /// <summary>The sizes are columns of <see cref="OnPre"/>, of the name of <see cref="JumpResult"/>.</summary>
    public required ImmutableArray<Jump> Jumps { get; init; }

    /// <summary>What the target's spike does to each of its synapses.</summary>
    public required SynapsePass? OnPost { get; init; }

    /// <summary>A step of the synapses' equations and updates.</summary>
    public required SynapsePass? Advance { get; init; }

    /// <summary>What each synapse adds to the columns <see cref="Sums"/>.</summary>
    public required SynapsePass? Currents { get; init; }

    /// <summary>Columns of the target; their parts are columns of <see cref="Currents"/> of the same name.</summary>
    public required ImmutableArray<string> Sums { get; init; }

    /// <summary>Columns of the target, and of <see cref="Sources"/>: what each synapse of a source adds.</summary>
    public required ImmutableArray<string> SumsOfSources { get; init; }

    public const string SourceAdvance = "update of sources";

    public const string SourceCurrents = "currents of sources";

    /// <summary>All passes for single synapses.</summary>
    public IEnumerable<SynapsePass> Passes => new[] { SourceEvent, OnPre, OnPost, Advance, Currents }.OfType<SynapsePass>();

    /// <summary>What synapses read of their sources' state and parameters.</summary>
    public IEnumerable<string> Partners => Passes.SelectMany(p => p.Operands).Where(o => o.Kind == OperandKind.Pre).Select(o => o.Name[Scope.Pre.Length..]).Distinct();

    /// <summary>Spikes of the source change something here, so a delay counts.</summary>
    public bool AnswersSpikes => SourceEvent is not null || OnPre is not null;

    public static string JumpResult(Jump jump) => $"jump of {jump.Column}";
}

public enum OperandKind
{
    /// <summary>A variable of the synapse.</summary>
    Variable,

    /// <summary>The synapse's own weight, which never changes.</summary>
    Weight,

    /// <summary>The synapse's own delay, ms.</summary>
    Delay,

    /// <summary>A variable that is kept per source.</summary>
    Source,

    /// <summary>A source's variable at one point of on_pre.</summary>
    AtSpike,

    /// <summary>State or parameter of the source neuron at the end of the step before.</summary>
    Pre,

    /// <summary>A column of the target.</summary>
    Target,

    /// <summary>What the pass leaves for its caller.</summary>
    Result,
}

/// <summary>One column of a pass over synapses.</summary>
/// <param name="Changes">The pass gives it new values.</param>
public sealed record Operand(OperandKind Kind, string Name, bool Changes);

/// <summary>A pass whose neurons are synapses, or sources that spike. Its program's columns are the operands, in order.</summary>
public sealed record SynapsePass(PopulationProgram Program, ImmutableArray<Operand> Operands);

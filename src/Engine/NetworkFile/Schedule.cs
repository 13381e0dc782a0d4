using System.Collections.Immutable;

namespace BrainSim.Engine.NetworkFile;

public enum Phase
{
    Arrive,
    Input,
    Update,
    Spike,
    Observe,
}

/// <summary>The order of the phases in a step; each occurs once.</summary>
public sealed record Schedule(ImmutableArray<Phase> Phases)
{
    public static Schedule Default { get; } = new([Phase.Arrive, Phase.Input, Phase.Update, Phase.Spike, Phase.Observe]);

    /// <summary>True where spikes are tested before the update: then a spike of step k has time k dt and its delay is at least one step.</summary>
    public bool SpikesBeforeUpdate => Phases.IndexOf(Phase.Spike) < Phases.IndexOf(Phase.Update);

    /// <summary>A spike found in step k with a delay of d steps arrives in step k + d + this.</summary>
    public int ArrivalOffset => SpikesBeforeUpdate ? 0 : 1;

    /// <summary>The time of a spike found in step k is (k + this) dt.</summary>
    public int SpikeTimeOffset => ArrivalOffset;

    public bool IsBefore(Phase a, Phase b) => Phases.IndexOf(a) < Phases.IndexOf(b);

    public override string ToString() => string.Join(", ", Phases).ToLowerInvariant();
}

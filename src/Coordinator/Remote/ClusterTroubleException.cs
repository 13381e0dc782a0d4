using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.Remote;

/// <summary>The coordinator answers that it cannot do now what was asked, or that it has a fault: no mistake of the user.</summary>
/// <param name="comesAgain">After which the coordinator may be asked again; null where that is of no use.</param>
internal sealed class ClusterTroubleException(Place place, string message, TimeSpan? comesAgain = null) : Exception($"{place.File}: {message}")
{
    public TimeSpan? ComesAgain { get; } = comesAgain;
}

using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.Remote;

/// <summary>The coordinator answers that it cannot do now what was asked, or that it has a fault: no mistake of the user.</summary>
internal sealed class ClusterTroubleException(Place place, string message) : Exception($"{place.File}: {message}");

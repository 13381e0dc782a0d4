using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.Remote;

/// <summary>Nobody answers at the address that the user gave.</summary>
internal sealed class UnreachableException(Place place, string message) : UserMistakeException(place, message);

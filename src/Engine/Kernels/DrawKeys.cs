using BrainSim.Engine.Units;

namespace BrainSim.Engine.Kernels;

/// <summary>The keys of a program's random draws, the same for every back end.</summary>
public static class DrawKeys
{
    public static KeyedRandom Of(PopulationProgram program, Assign draw, ulong seed) =>
        new(seed, KeyedRandom.Purpose($"populations.{program.Population.Name}.{draw.Name}"));
}

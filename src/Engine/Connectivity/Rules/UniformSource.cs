using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary>Draws sources, each with the same probability but one that may be excluded.</summary>
/// <param name="preSize">Neurons of the source population; at least one must be left.</param>
public readonly struct UniformSource(int preSize, int excluded)
{
    /// <summary>Sources that can be drawn.</summary>
    public int Choices => excluded == SourceRule.None ? preSize : preSize - 1;

    public int Draw(ref KeyedStream stream) => Numbered((int)(stream.NextUnit() * Choices));

    /// <summary>The source of a number below <see cref="Choices"/>: those behind the excluded one move up.</summary>
    public int Numbered(int number) => excluded != SourceRule.None && number >= excluded ? number + 1 : number;
}

using System.Collections.Frozen;
using BrainSim.Engine.Expressions;

namespace BrainSim.Engine.Models;

/// <summary>The names that every model can read, and what a model may call its own.</summary>
public static class Scope
{
    /// <summary>Start of the step in ms.</summary>
    public const string Time = "t";

    /// <summary>Length of the step (or substep) in ms.</summary>
    public const string Dt = "dt";

    /// <summary>Global id of the neuron in its population, from 0.</summary>
    public const string Index = "i";

    /// <summary>Size of the population.</summary>
    public const string Size = "N";

    public const string Weight = "weight";

    public const string Delay = "delay";

    /// <summary>Sum of the currents of a neuron's channels.</summary>
    public const string ChannelCurrents = "I_channels";

    /// <summary>White noise; <c>xi_a</c>, <c>xi_b</c> are further ones, independent of it and of each other.</summary>
    public const string Noise = "xi";

    public const string Old = "old.";

    public const string Pre = "pre.";

    public const string Post = "post.";

    public static FrozenSet<string> Constants { get; } = FrozenSet.Create("pi", "e");

    public static FrozenSet<string> Builtin { get; } = FrozenSet.Create(Time, Dt, Index, Size);

    private static readonly FrozenSet<string> Reserved =
        FrozenSet.Create(Time, Dt, Index, Size, "pi", "e", Weight, Delay, ChannelCurrents, "pre", "post", "old", "and", "or", "not");

    public static bool IsNoise(string name) => name == Noise || name.StartsWith(Noise + "_", StringComparison.Ordinal);

    /// <summary>Null when a model may declare the name; otherwise the reason why not.</summary>
    public static string? WhyNotDeclarable(string name)
    {
        if (!ExpressionParser.IsName(name))
        {
            return $"'{name}' is no name; use the letters a to z, digits and _, not beginning with a digit";
        }

        if (Reserved.Contains(name) || IsNoise(name) || name.ToLowerInvariant() is "nan" or "inf" or "infinity")
        {
            return $"'{name}' is a name of the language; choose another";
        }

        return Ops.Function(name) is null ? null : $"'{name}' is a function of the language; choose another name";
    }
}

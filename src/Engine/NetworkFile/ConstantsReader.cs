using BrainSim.Engine.Documents;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>constants:</c>, names for numbers. Each may be an expression of those above it.</summary>
public static class ConstantsReader
{
    public const string Key = "constants";

    /// <summary>Names that <c>--set NAME=VALUE</c> takes for keys of the file.</summary>
    private static readonly string[] FileKeys =
    [
        "name", "title", "source", "duration", "seed", "precision", "schedule", "models", "populations", "projections", "inputs", "monitors", "every", "measures", "sweep", "optimize", Key,
    ];

    public static Constants Read(Node root, Mistakes mistakes)
    {
        Dictionary<string, double?> values = [];
        Constants constants = new(values);
        foreach ((string name, Place place, Node node) in new Fields(root, mistakes).Entries(Key))
        {
            string? wrong = FileKeys.Contains(name) ? $"'{name}' is a key of the file; choose another name" : Scope.WhyNotDeclarable(name);
            if (wrong is not null)
            {
                mistakes.Add(place, wrong);
            }

            values[name] = constants.Folded(node, mistakes) is { } folded && Scalars.TryNumber(folded, mistakes, out double value) ? value : null;
        }

        return constants;
    }
}

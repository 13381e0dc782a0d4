using System.Collections.Immutable;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>The populations of a file by name.</summary>
/// <param name="broken">Names whose population could not be read; it has its mistake already.</param>
public sealed class NamedPopulations(ImmutableArray<PopulationSpec> populations, IEnumerable<string>? broken = null)
{
    private readonly Dictionary<string, PopulationSpec> byName = populations.ToDictionary(p => p.Name);
    private readonly HashSet<string> broken = [.. broken ?? []];

    public PopulationSpec this[int index] => populations[index];

    public bool IsName(string name) => byName.ContainsKey(name) || broken.Contains(name);

    /// <summary>Null where there is none, or where it could not be read.</summary>
    public PopulationSpec? Find(string name, Place place, Mistakes mistakes)
    {
        if (!byName.TryGetValue(name, out PopulationSpec? population) && !broken.Contains(name))
        {
            mistakes.Add(place, $"there is no population '{name}'.{Suggestion.For(name, byName.Keys.Concat(broken))}");
        }

        return population;
    }
}

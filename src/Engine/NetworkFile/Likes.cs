using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Writes what a population is <c>like</c> into it. Each population is merged once, however long the chain.</summary>
public sealed class Likes(IReadOnlyList<MappingEntry> populations, Mistakes mistakes)
{
    private readonly Dictionary<string, Node> written = populations.ToDictionary(e => e.Key, e => e.Value);
    private readonly Dictionary<string, Mapping?> merged = [];

    /// <summary>The population's mapping without <c>like</c>; null after a mistake, its own or that of one that it is like.</summary>
    public Mapping? Merged(string name)
    {
        List<(string Name, Mapping Own)> chain = [];
        Mapping? pattern = null;
        bool fits = true;
        for (string? next = name; next is not null && fits;)
        {
            if (merged.TryGetValue(next, out pattern))
            {
                fits = pattern is not null;
                break;
            }

            fits = written[next] is Mapping || Scalars.Refuse(written[next], mistakes, "must be a mapping, such as {size: 100, model: lif}");
            chain.Add((next, written[next] as Mapping ?? new Mapping(written[next].Place, [])));
            fits = TryPattern(chain, out next) && fits;
        }

        foreach ((string link, Mapping own) in Enumerable.Reverse(chain))
        {
            Mapping bare = new(own.Place, [.. own.Entries.Where(e => e.Key != "like")]);
            pattern = !fits ? null : pattern is null ? bare : Merge(pattern, bare);
            merged[link] = pattern;
        }

        return merged[name];
    }

    /// <summary>What the last of the chain is like: null where it says nothing; false after a mistake.</summary>
    private bool TryPattern(List<(string Name, Mapping Own)> chain, out string? pattern)
    {
        pattern = null;
        if (chain[^1].Own.Find("like") is not { } like)
        {
            return true;
        }

        if (!Scalars.TryText(like, mistakes, out string name))
        {
            return false;
        }

        if (!written.ContainsKey(name))
        {
            mistakes.Add(like.Place, $"there is no population '{name}'.{Suggestion.For(name, written.Keys)}");
            return false;
        }

        if (chain.Exists(link => link.Name == name))
        {
            mistakes.Add(like.Place, $"goes in a circle: {string.Join(" is like ", chain.Select(link => link.Name).SkipWhile(link => link != name).Take(10))} is like {name}; write one of them out");
            return false;
        }

        pattern = name;
        return true;
    }

    /// <summary>Everything of the pattern, then what is written; <c>params</c> and <c>init</c> key by key.</summary>
    private static Mapping Merge(Mapping pattern, Mapping own)
    {
        List<MappingEntry> merged = [.. pattern.Entries.Where(e => own.Find(e.Key) is null)];
        foreach (MappingEntry entry in own.Entries)
        {
            bool inner = entry.Key is "params" or "init";
            merged.Add(inner && entry.Value is Mapping map && pattern.Find(entry.Key) is Mapping below ? entry with { Value = Merge(below, map) } : entry);
        }

        return new Mapping(own.Place, merged);
    }
}

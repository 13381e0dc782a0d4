using BrainSim.Engine.Units;

namespace BrainSim.Engine.Documents;

/// <summary>A part of a YAML text. Immutable; an alias and its anchor are the same node, which keeps the anchor's place.</summary>
public abstract class Node(Place place)
{
    public Place Place { get; } = place;
}

/// <param name="quoted">True for quoted and block scalars, which are always text; a plain scalar may be a number, a flag or nothing.</param>
public sealed class Scalar(Place place, string text, bool quoted) : Node(place)
{
    public string Text { get; } = text;

    public bool Quoted { get; } = quoted;
}

public sealed class Sequence(Place place, IReadOnlyList<Node> items) : Node(place)
{
    public IReadOnlyList<Node> Items { get; } = items;
}

/// <summary>Keys are unique, in the order of the text.</summary>
public sealed class Mapping : Node
{
    private readonly Dictionary<string, Node> byKey;

    /// <exception cref="ArgumentException">When a key occurs twice.</exception>
    public Mapping(Place place, IReadOnlyList<MappingEntry> entries) : base(place)
    {
        Entries = entries;
        byKey = entries.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
    }

    public IReadOnlyList<MappingEntry> Entries { get; }

    public Node? Find(string key) => byKey.GetValueOrDefault(key);
}

/// <param name="KeyPlace">Line and column of the key; the path is that of the value.</param>
public sealed record MappingEntry(string Key, Place KeyPlace, Node Value);

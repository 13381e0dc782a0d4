using BrainSim.Engine.Units;

namespace BrainSim.Engine.Documents;

/// <summary>
/// Reads the keys of one mapping. Every mistake is collected, none thrown; a getter whose value is wrong has added a mistake and returns what it returns for a missing key.
/// A key that was asked for is known, present or not; <see cref="Done"/> reports the others. Not thread-safe.
/// </summary>
public sealed class Fields
{
    private readonly Mapping? mapping;
    private readonly Constants constants;
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    /// <param name="constants">Names that may stand in numbers, also in those of inner mappings.</param>
    public Fields(Node node, Mistakes mistakes, Constants? constants = null)
    {
        Place = node.Place;
        Mistakes = mistakes;
        this.constants = constants ?? Constants.None;
        mapping = node as Mapping;
        if (mapping is null)
        {
            Scalars.Refuse(node, mistakes, "must be a mapping");
        }
    }

    /// <summary>Of the mapping itself.</summary>
    public Place Place { get; }

    public Mistakes Mistakes { get; }

    /// <summary>In the order of the text; reading them makes none of them known.</summary>
    public IEnumerable<string> Keys => mapping?.Entries.Select(e => e.Key) ?? [];

    public bool Has(string key) => Take(key) is not null;

    public Node? Take(string key)
    {
        known.Add(key);
        return mapping?.Find(key);
    }

    public Node? RequiredNode(string key)
    {
        Node? node = Take(key);
        if (node is null && mapping is not null)
        {
            Mistakes.Add(Place.At(key), "is missing.");
        }

        return node;
    }

    /// <summary>Where the value of a key stands; the mapping's own line where the key is missing.</summary>
    public Place PlaceOf(string key) => mapping?.Find(key)?.Place ?? Place.At(key);

    /// <summary>Adds a mistake of the caller's own at the value of a key.</summary>
    public void Refuse(string key, string message) => Mistakes.Add(PlaceOf(key), message);

    public string? Text(string key) => TextOf(Take(key));

    public string Text(string key, string missingMeans) => Text(key) ?? missingMeans;

    public string? RequiredText(string key) => TextOf(RequiredNode(key));

    /// <summary>One of a few words; the mistake names the nearest.</summary>
    public string? OneOf(string key, params IReadOnlyList<string> allowed)
    {
        string? text = Text(key);
        if (text is null || allowed.Contains(text))
        {
            return text;
        }

        string guess = Scalars.Guess(text, allowed) is [.., '?'] nearest ? nearest : "";
        Refuse(key, $"must be one of {string.Join(", ", allowed)}, but is {Scalars.Shorten(text)}.{guess}");
        return null;
    }

    public double? Number(string key) => NumberOf(Take(key));

    public double Number(string key, double missingMeans) => Number(key) ?? missingMeans;

    /// <returns>NaN after a mistake.</returns>
    public double RequiredNumber(string key) => NumberOf(RequiredNode(key)) ?? double.NaN;

    /// <param name="min">Included.</param>
    /// <param name="max">Included.</param>
    public long? Whole(string key, long min, long max) => WholeOf(Take(key), min, max);

    public long Whole(string key, long min, long max, long missingMeans) => Whole(key, min, max) ?? missingMeans;

    /// <returns><paramref name="min"/> after a mistake.</returns>
    public long RequiredWhole(string key, long min, long max) => WholeOf(RequiredNode(key), min, max) ?? min;

    public bool? Flag(string key) => Take(key) is Node node && Scalars.TryFlag(node, Mistakes, out bool value) ? value : null;

    public bool Flag(string key, bool missingMeans) => Flag(key) ?? missingMeans;

    /// <summary>The items of a list; none where the key is missing.</summary>
    public IReadOnlyList<Node> List(string key) => Take(key) switch
    {
        Sequence list => list.Items,
        Node other => RefuseList(other),
        null => [],
    };

    /// <summary>The items of a list, or the value itself as the only one.</summary>
    public IReadOnlyList<Node> OneOrMore(string key) => Take(key) switch
    {
        Sequence list => list.Items,
        Node other when Scalars.IsNothing(other) => RefuseList(other),
        Node other => [other],
        null => [],
    };

    /// <summary>The numbers of a list; null where the key is missing or any item is wrong.</summary>
    public double[]? Numbers(string key) =>
        Take(key) is Node node && constants.Folded(node, Mistakes) is { } folded && Scalars.TryNumbers(folded, Mistakes, out double[] values) ? values : null;

    /// <summary>The fields of an inner mapping. Call its <see cref="Done"/> too.</summary>
    public Fields? Map(string key) => FieldsOf(Take(key));

    public Fields? RequiredMap(string key) => FieldsOf(RequiredNode(key));

    /// <summary>The entries of an inner mapping whose keys the user chooses; none where the key is missing.</summary>
    public IReadOnlyList<MappingEntry> Entries(string key)
    {
        Node? node = Take(key);
        if (node is not (null or Mapping))
        {
            Scalars.Refuse(node, Mistakes, "must be a mapping");
        }

        return (node as Mapping)?.Entries ?? [];
    }

    /// <summary>Reports every key that nobody asked for.</summary>
    /// <param name="whatIsUnknown">Begins the message, such as "no such parameter of lif".</param>
    public void Done(string whatIsUnknown = "no such key")
    {
        IEnumerable<MappingEntry> unknown = mapping?.Entries.Where(e => !known.Contains(e.Key)) ?? [];
        foreach (MappingEntry entry in unknown.Take(Mistakes.Limit))
        {
            Mistakes.Add(entry.KeyPlace, $"{whatIsUnknown}.{Scalars.Guess(entry.Key, known)}");
        }
    }

    private IReadOnlyList<Node> RefuseList(Node node)
    {
        Scalars.Refuse(node, Mistakes, "must be a list");
        return [];
    }

    private string? TextOf(Node? node) => node is not null && Scalars.TryText(node, Mistakes, out string value) ? value : null;

    private double? NumberOf(Node? node) =>
        node is not null && constants.Folded(node, Mistakes) is { } folded && Scalars.TryNumber(folded, Mistakes, out double value) ? value : null;

    private long? WholeOf(Node? node, long min, long max) =>
        node is not null && constants.Folded(node, Mistakes) is { } folded && Scalars.TryWhole(folded, Mistakes, min, max, out long value) ? value : null;

    private Fields? FieldsOf(Node? node) =>
        node is null ? null : new Fields(node, Mistakes, constants) is { mapping: not null } fields ? fields : null;
}

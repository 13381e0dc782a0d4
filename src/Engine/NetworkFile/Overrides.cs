using System.Globalization;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Changes to a file's values before it is read: <c>populations.E.params.tau=10</c>, <c>projections[0].weight=0.7</c>, or a constant by its name, <c>scale=0.1</c>.</summary>
public static class Overrides
{
    /// <summary>The tree with the value at the path replaced, or added where its mapping lacks the key.</summary>
    /// <param name="setting"><c>path=value</c>, the value in YAML.</param>
    public static Node Apply(Node root, string setting, Mistakes mistakes)
    {
        int equals = setting.IndexOf('=');
        string path = setting[..Math.Max(equals, 0)].Trim();
        string text = setting[(equals + 1)..];
        Place place = new("--set", 0, 0, path);
        if (Keys(path).Length == 0 || path.Length > YamlText.MaxPathLength || string.IsNullOrWhiteSpace(text))
        {
            mistakes.Add(place with { Path = Scalars.Shorten(setting) }, "must be path=value, such as populations.E.params.tau=10");
            return root;
        }

        Node? value = YamlText.Read($"--set {path}", text, mistakes);
        return value is null ? root : Set(root, path, value, place, mistakes);
    }

    /// <summary>The tree with the value at a path replaced, or added where its mapping lacks the key. An item of a list is named by its index, or by its name: <c>projections.E->I.weight</c>.</summary>
    /// <param name="place">Of the value, for mistakes; its path is the path that is set.</param>
    public static Node Set(Node root, string path, Node value, Place place, Mistakes mistakes)
    {
        string[] keys = Keys(path);
        if (keys.Length == 1 && ConstantsOf(root)?.Find(keys[0]) is not null && (root as Mapping)?.Find(keys[0]) is null)
        {
            keys = [ConstantsReader.Key, keys[0]];
        }

        if (keys is [ConstantsReader.Key, var constant] && ConstantsOf(root)?.Find(constant) is null)
        {
            mistakes.Add(place, $"the file has no constant '{constant}'.{Scalars.Guess(constant, ConstantsOf(root)?.Entries.Select(e => e.Key) ?? [])}");
            return root;
        }

        return Replace(root, keys, Moved(value, place), new Setting(place, mistakes), isFree: false);
    }

    private static string[] Keys(string path) => path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries);

    private static Mapping? ConstantsOf(Node root) => (root as Mapping)?.Find(ConstantsReader.Key) as Mapping;

    private sealed record Setting(Place Place, Mistakes Mistakes);

    /// <param name="isFree">True below <c>params</c> and <c>init</c>, where what is left of the path is one name, which may hold dots (<c>Na.g_max</c>).</param>
    private static Node Replace(Node node, ReadOnlySpan<string> keys, Node value, Setting setting, bool isFree)
    {
        if (keys.IsEmpty)
        {
            return value;
        }

        switch (node)
        {
            case Sequence list:
                return ReplaceItem(list, keys, value, setting);
            case Mapping map:
                return ReplaceEntry(map, keys, value, setting, isFree);
            default:
                setting.Mistakes.Add(setting.Place, $"{node.Place.Path} is a value, and has nothing below it that could be set");
                return node;
        }
    }

    private static Sequence ReplaceItem(Sequence list, ReadOnlySpan<string> keys, Node value, Setting setting)
    {
        int length = 1;
        if (!TryIndex(keys[0], out int index))
        {
            ItemNames names = new(list);
            (index, length) = names.Find(keys);
            if (index >= 0 && names.IsOneOfSeveral(index, out string all))
            {
                setting.Mistakes.Add(setting.Place, $"{list.Place.Path}[{index}] makes {all} at once; set {list.Place.Path}[{index}], or write one entry for each");
                return list;
            }
        }

        if (index < 0 || index >= list.Items.Count)
        {
            string guess = keys[0].StartsWith('[') ? "" : Suggestion.For(keys[0], new ItemNames(list).All);
            setting.Mistakes.Add(setting.Place, $"{list.Place.Path} is a list of {list.Items.Count}; name one of its items, {list.Place.Path}[0] to [{list.Items.Count - 1}]{(guess.Length > 0 ? $", or by its name.{guess}" : "")}");
            return list;
        }

        Node replaced = Replace(list.Items[index], keys[length..], value, setting, isFree: false);
        return new Sequence(list.Place, [.. list.Items.Select((item, j) => j == index ? replaced : item)]);
    }

    private static Mapping ReplaceEntry(Mapping map, ReadOnlySpan<string> keys, Node value, Setting setting, bool isFree)
    {
        int length = KeyLength(map, keys, isFree);
        string key = string.Join('.', keys[..length]);
        bool below = key is "params" or "init";
        if (map.Find(key) is { } present)
        {
            Node replaced = Replace(present, keys[length..], value, setting, below);
            return new Mapping(map.Place, [.. map.Entries.Select(e => e.Key == key ? e with { Value = replaced } : e)]);
        }

        Node added = Replace(new Mapping(setting.Place, []), keys[length..], value, setting, below);
        return new Mapping(map.Place, [.. map.Entries, new MappingEntry(key, setting.Place, added)]);
    }

    /// <summary>How many parts of the path make the next key: as many as name a key that is there, else one, or all that are left.</summary>
    private static int KeyLength(Mapping map, ReadOnlySpan<string> keys, bool isFree)
    {
        for (int length = keys.Length; length > 0; length--)
        {
            if (map.Find(string.Join('.', keys[..length])) is not null)
            {
                return length;
            }
        }

        return isFree ? keys.Length : 1;
    }

    /// <summary>The value as if it had been written at the path.</summary>
    internal static Node Moved(Node node, Place place) => node switch
    {
        Scalar scalar => new Scalar(place, scalar.Text, scalar.Quoted),
        Sequence list => new Sequence(place, [.. list.Items.Select((item, j) => Moved(item, place.At(j)))]),
        Mapping map => new Mapping(place, [.. map.Entries.Select(e => new MappingEntry(e.Key, place.At(e.Key), Moved(e.Value, place.At(e.Key))))]),
        _ => node,
    };

    private static bool TryIndex(string key, out int index)
    {
        index = -1;
        return key.Length > 2 && key[0] == '[' && key[^1] == ']' && int.TryParse(key[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}

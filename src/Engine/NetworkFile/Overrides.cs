using System.Globalization;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Changes to a file's values before it is read: <c>populations.E.params.tau=10</c>, <c>projections[0].weight=0.7</c>.</summary>
public static class Overrides
{
    /// <summary>The tree with the value at the path replaced, or added where its mapping lacks the key.</summary>
    /// <param name="setting"><c>path=value</c>, the value in YAML.</param>
    public static Node Apply(Node root, string setting, Mistakes mistakes)
    {
        Place place = new("--set", 0, 0, setting);
        int equals = setting.IndexOf('=');
        if (equals <= 0)
        {
            mistakes.Add(place, "must be path=value, such as populations.E.params.tau=10");
            return root;
        }

        string path = setting[..equals].Trim();
        Node? value = YamlText.Read($"--set {path}", setting[(equals + 1)..], mistakes);
        return value is null ? root : Replace(root, Keys(path), value, place with { Path = path }, mistakes);
    }

    /// <summary>"projections[0].weight" as projections, [0], weight. Below params and init the rest is one name, which may hold dots (<c>Na.g_max</c>).</summary>
    private static Queue<string> Keys(string path)
    {
        string[] keys = path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries);
        int container = Array.FindIndex(keys, key => key is "params" or "init");
        return container < 0 || container == keys.Length - 1
            ? new(keys)
            : new([.. keys[..(container + 1)], string.Join('.', keys[(container + 1)..])]);
    }

    private static Node Replace(Node node, Queue<string> keys, Node value, Place place, Mistakes mistakes)
    {
        if (!keys.TryDequeue(out string? key))
        {
            return value;
        }

        switch (node)
        {
            case Sequence list when TryIndex(key, out int index) && index < list.Items.Count:
                return new Sequence(list.Place, [.. list.Items.Select((item, j) => j == index ? Replace(item, keys, value, place, mistakes) : item)]);
            case Mapping map:
                return ReplaceEntry(map, key, keys, value, place, mistakes);
            default:
                mistakes.Add(place, node is Sequence items ? $"there is no item {key} in a list of {items.Items.Count}" : $"there is nothing below {node.Place.Path} that could be set");
                return node;
        }
    }

    private static Mapping ReplaceEntry(Mapping map, string key, Queue<string> keys, Node value, Place place, Mistakes mistakes)
    {
        if (map.Find(key) is { } present)
        {
            Node replaced = Replace(present, keys, value, place, mistakes);
            return new Mapping(map.Place, [.. map.Entries.Select(e => e.Key == key ? e with { Value = replaced } : e)]);
        }

        Node added = keys.Count == 0 ? value : Replace(new Mapping(place, []), keys, value, place, mistakes);
        return new Mapping(map.Place, [.. map.Entries, new MappingEntry(key, place, added)]);
    }

    private static bool TryIndex(string key, out int index)
    {
        index = -1;
        return key.Length > 2 && key[0] == '[' && key[^1] == ']' && int.TryParse(key[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}

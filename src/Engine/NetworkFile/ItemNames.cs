using BrainSim.Engine.Documents;

namespace BrainSim.Engine.NetworkFile;

/// <summary>What the items of a list are called in paths: by their <c>name</c>, a model by <c>model</c>, a projection without a name by its populations, <c>E->I</c> or <c>E->I#2</c>.</summary>
internal sealed class ItemNames
{
    private readonly List<(string Name, int Index)> names = [];

    public ItemNames(Sequence list)
    {
        Dictionary<string, int> copies = [];
        foreach ((int index, Node item) in list.Items.Index())
        {
            foreach (string name in item is Mapping map ? NamesOf(map) : [])
            {
                int copy = copies[name] = copies.GetValueOrDefault(name) + 1;
                names.Add((copy == 1 ? name : $"{name}#{copy}", index));
            }
        }
    }

    public IEnumerable<string> All => names.Select(n => n.Name);

    /// <summary>The item whose name the path begins with, and how many parts of the path that name takes; -1 where there is none.</summary>
    public (int Index, int Length) Find(ReadOnlySpan<string> keys)
    {
        for (int length = keys.Length; length > 0; length--)
        {
            string name = string.Join('.', keys[..length]);
            if (names.FindIndex(n => n.Name == name) is >= 0 and int found)
            {
                return (names[found].Index, length);
            }
        }

        return (-1, 1);
    }

    /// <summary>True for a projection with several targets, which has no name of its own.</summary>
    public bool IsOneOfSeveral(int index, out string all)
    {
        string[] own = [.. names.Where(n => n.Index == index).Select(n => n.Name)];
        all = string.Join(" and ", own);
        return own.Length > 1;
    }

    private static IEnumerable<string> NamesOf(Mapping item)
    {
        if ((item.Find("name") ?? item.Find("model")) is Scalar name)
        {
            return [name.Text];
        }

        IReadOnlyList<Node> posts = item.Find("post") is Sequence list ? list.Items : [item.Find("post")!];
        return item.Find("pre") is Scalar pre ? posts.OfType<Scalar>().Select(post => $"{pre.Text}->{post.Text}") : [];
    }
}

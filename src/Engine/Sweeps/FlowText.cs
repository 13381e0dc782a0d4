using System.Text;
using BrainSim.Engine.Documents;

namespace BrainSim.Engine.Sweeps;

/// <summary>A node in one line of YAML, for tables. The files of users hold at most 64 levels.</summary>
internal static class FlowText
{
    public static string Of(Node node)
    {
        StringBuilder text = new();
        Append(node, text);
        return text.ToString();
    }

    private static void Append(Node node, StringBuilder text)
    {
        switch (node)
        {
            case Scalar scalar:
                text.Append(scalar.Text);
                break;
            case Sequence list:
                text.Append('[');
                AppendAll(list.Items, text, Append);
                text.Append(']');
                break;
            case Mapping map:
                text.Append('{');
                AppendAll(map.Entries, text, (entry, to) => Append(entry.Value, to.Append(entry.Key).Append(": ")));
                text.Append('}');
                break;
        }
    }

    private static void AppendAll<T>(IReadOnlyList<T> items, StringBuilder text, Action<T, StringBuilder> append)
    {
        for (int i = 0; i < items.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            append(items[i], text);
        }
    }
}

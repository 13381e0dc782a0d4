using System.Globalization;
using System.Text.Json.Nodes;

namespace BrainSim.Tests.Deploy;

/// <summary>Places in a manifest by their path, such as <c>spec.ports[0].name</c>.</summary>
internal static class Tree
{
    /// <summary>Null where there is nothing.</summary>
    public static JsonNode? At(this JsonNode? node, string path) =>
        Steps(path).Aggregate(node, (at, step) => step switch
        {
            int index => at is JsonArray list && index < list.Count ? list[index] : null,
            _ => (at as JsonObject)?[(string)step],
        });

    public static string? Text(this JsonNode? node, string path) => node.At(path) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static long? Number(this JsonNode? node, string path) => node.At(path) is JsonValue value && value.TryGetValue(out long number) ? number : null;

    public static bool Is(this JsonNode? node, string path, bool value) => node.At(path) is JsonValue found && found.TryGetValue(out bool flag) && flag == value;

    public static IEnumerable<JsonNode> List(this JsonNode? node, string path) => (node.At(path) as JsonArray ?? []).OfType<JsonNode>();

    public static IReadOnlyDictionary<string, string> Labels(this JsonNode? node, string path) =>
        (node.At(path) as JsonObject ?? []).ToDictionary(label => label.Key, label => label.Value!.GetValue<string>());

    /// <param name="value">Null takes away what is there.</param>
    public static void Set(this JsonNode node, string path, JsonNode? value)
    {
        object[] steps = [.. Steps(path)];
        JsonNode holder = node.At(string.Join('.', Joined(steps[..^1]))) ?? throw new ArgumentException($"there is nothing at {path}");
        switch (steps[^1], value)
        {
            case (int index, null):
                ((JsonArray)holder).RemoveAt(index);
                break;
            case (int index, _):
                ((JsonArray)holder)[index] = value;
                break;
            case (string name, null):
                Xunit.Assert.True(((JsonObject)holder).Remove(name), $"there is nothing at {path}");
                break;
            case (string name, _):
                holder[name] = value;
                break;
        }
    }

    private static IEnumerable<string> Joined(object[] steps) => steps.Select(step => step is int index ? $"[{index}]" : ((string)step).Contains('.') ? $"'{step}'" : (string)step);

    /// <summary>Names that hold a dot are in quotes.</summary>
    private static IEnumerable<object> Steps(string path)
    {
        for (int at = 0; at < path.Length;)
        {
            char close = path[at] switch { '\'' => '\'', '[' => ']', _ => '\0' };
            int end = close == '\0' ? path.IndexOfAny(['.', '['], at) : path.IndexOf(close, at + 1);
            end = end < 0 ? path.Length : end;
            string step = close == '\0' ? path[at..end] : path[(at + 1)..end];
            yield return close == ']' ? int.Parse(step, CultureInfo.InvariantCulture) : step;
            at = close == '\0' ? end : end + 1;
            at += at < path.Length && path[at] == '.' ? 1 : 0;
        }
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace BrainSim.Tests.Deploy;

/// <summary>YAML as a tree that can be changed: plain scalars are numbers, true, false and null where they read so, as Kubernetes takes them.</summary>
internal static class YamlText
{
    public static IEnumerable<JsonObject> Documents(string text)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(text));
        return stream.Documents.Select(document => (JsonObject)Tree(document.RootNode)!);
    }

    private static JsonNode? Tree(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, Tree(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Tree)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value!),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new InvalidOperationException($"{node.GetType().Name} in a manifest"),
    };

    private static JsonNode? Plain(string text) => text switch
    {
        "true" or "false" => JsonValue.Create(text == "true"),
        "" or "null" or "~" => null,
        _ => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? JsonValue.Create(number) : JsonValue.Create(text),
    };
}

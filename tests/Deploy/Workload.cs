using System.Globalization;
using System.Text.Json.Nodes;

namespace BrainSim.Tests.Deploy;

/// <summary>A deployment or stateful set and its one container.</summary>
internal sealed class Workload(JsonObject resource)
{
    public JsonObject Resource => resource;

    public string Name => resource.Text("metadata.name")!;

    public JsonNode Pod => resource.At("spec.template.spec")!;

    public JsonNode Container => Pod.List("containers").Single();

    public IReadOnlyDictionary<string, string> Labels => resource.Labels("spec.template.metadata.labels");

    public string[] Arguments => [.. Container.List("args").Select(a => a is JsonValue value && value.TryGetValue(out string? text) ? text : throw new InvalidCastException($"{Name}: argument {a} is no text"))];

    /// <summary>The program's command.</summary>
    public string Role => Arguments.FirstOrDefault() ?? "";

    public IEnumerable<(string Name, long Port)> Ports => Container.List("ports").Select(p => (p.Text("name") ?? "", p.Number("containerPort") ?? 0));

    /// <summary>Values as of the first pod; null for what is no text.</summary>
    public Dictionary<string, string?> Environment => Container.List("env").ToDictionary(e => e.Text("name") ?? "", e => e.At("value") is not null ? e.Text("value") : e.Text("valueFrom.fieldRef.fieldPath") switch
    {
        "metadata.name" => $"{Name}-0",
        "metadata.namespace" => resource.Text("metadata.namespace"),
        _ => null,
    });

    /// <summary>What an option says, with its variables put in; null where it is not there.</summary>
    public string? Option(string name)
    {
        int at = Array.IndexOf(Arguments, name);
        return at < 0 || at + 1 == Arguments.Length ? null : Environment.Aggregate(Arguments[at + 1], (text, variable) => text.Replace($"$({variable.Key})", variable.Value, StringComparison.Ordinal));
    }

    /// <summary>Null where the option is not there, or names none.</summary>
    public long? PortOf(string option) => Option(option) is { } text && long.TryParse(text.AsSpan(text.LastIndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long port) ? port : null;

    public long? PortNamed(JsonNode? port) => port is JsonValue value && value.TryGetValue(out string? name)
        ? Ports.Where(p => p.Name == name).Select(p => (long?)p.Port).SingleOrDefault()
        : (port as JsonValue)?.GetValue<long>();
}

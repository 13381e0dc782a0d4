using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BrainSim.Tests.Architecture;

namespace BrainSim.Tests.Deploy;

/// <summary>All that one deployment is made of: what Kubernetes is given, the image, and what the README's commands make.</summary>
/// <param name="Made">Secrets and config maps with their keys.</param>
/// <param name="Unlisted">Files that no kustomization uses.</param>
internal sealed partial record Manifests(IReadOnlyList<JsonObject> Resources, ImageFile Image, IReadOnlyList<Made> Made, IReadOnlyList<string> Unlisted)
{
    public const string Folder = "deploy/k8s";

    public static readonly string[] All = ["base", "overlays/laptop", "overlays/gpu"];

    public IEnumerable<Workload> Workloads => Resources.Where(r => r.Text("kind") is "Deployment" or "StatefulSet").Select(r => new Workload(r));

    public static Manifests Of(string kustomization) => new(
        Kustomization.Render($"{Folder}/{kustomization}"), ImageFile.Parse(Repository.Read($"{Folder}/Dockerfile")), MadeBy(Repository.Read($"{Folder}/README.md")),
        [.. Kustomization.Unlisted($"{Folder}/{kustomization}")]);

    public IEnumerable<JsonObject> Kind(string kind) => Resources.Where(r => r.Text("kind") == kind);

    public JsonObject? Find(string kind, string? name) => Resources.SingleOrDefault(r => r.Text("kind") == kind && r.Text("metadata.name") == name);

    public static Made[] MadeBy(string readme) =>
    [
        .. Creation().Matches(readme).Select(m => new Made(
            m.Groups["kind"].Value == "configmap" ? "configMap" : "secret", m.Groups["name"].Value,
            m.Groups["kind"].Value == "secret tls" ? ["tls.crt", "tls.key"] : [.. Key().Matches(m.Groups["rest"].Value).Select(k => k.Groups[1].Value)])),
    ];

    [GeneratedRegex(@"^kubectl .*create (?<kind>secret generic|secret tls|configmap) (?<name>\S+) (?<rest>.*)$", RegexOptions.Multiline)]
    private static partial Regex Creation();

    [GeneratedRegex(@"--from-file=([^=\s]+)=")]
    private static partial Regex Key();
}

/// <summary>A secret or config map that the README's commands make.</summary>
internal sealed record Made(string Kind, string Name, string[] Keys);

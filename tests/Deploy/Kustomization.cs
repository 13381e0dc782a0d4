using System.Text.Json.Nodes;
using BrainSim.Tests.Architecture;
using Xunit;

namespace BrainSim.Tests.Deploy;

/// <summary>A folder of manifests as <c>kubectl kustomize</c> renders it, as far as those of this repository need: resources, a namespace, strategic merges.</summary>
internal static class Kustomization
{
    private const string FileName = "kustomization.yaml";

    /// <summary>By what the items of a list are told apart; other lists are replaced.</summary>
    private static readonly Dictionary<string, string> Keys = new()
    {
        ["containers"] = "name", ["volumes"] = "name", ["env"] = "name", ["volumeMounts"] = "mountPath",
    };

    /// <param name="folder">From the root of the repository.</param>
    public static List<JsonObject> Render(string folder)
    {
        JsonObject file = Read(folder);
        Assert.Empty(file.Select(field => field.Key).Except(["apiVersion", "kind", "namespace", "resources", "patches"]));
        List<JsonObject> all = [.. file.List("resources").SelectMany(resource => Resources(folder, resource.GetValue<string>()))];
        if (file.Text("namespace") is { } name)
        {
            all.Where(resource => resource.Text("kind") != "Namespace").ToList().ForEach(resource => resource["metadata"]!["namespace"] = name);
        }

        foreach (JsonObject patch in file.List("patches").SelectMany(patch => YamlText.Documents(Repository.Read($"{folder}/{patch.Text("path")}"))))
        {
            Merge(all.Single(resource => resource.Text("kind") == patch.Text("kind") && resource.Text("metadata.name") == patch.Text("metadata.name")), patch);
        }

        return all;
    }

    /// <summary>Files of a folder that its kustomization does not use.</summary>
    public static IEnumerable<string> Unlisted(string folder)
    {
        JsonObject file = Read(folder);
        IEnumerable<string> listed = file.List("resources").Select(r => r.GetValue<string>()).Concat(file.List("patches").Select(p => p.Text("path")!));
        return Directory.GetFiles(Repository.Absolute(folder)).Select(path => Path.GetFileName(path)).Except(listed).Where(name => name != FileName);
    }

    private static JsonObject Read(string folder) => YamlText.Documents(Repository.Read($"{folder}/{FileName}")).Single();

    private static IEnumerable<JsonObject> Resources(string folder, string resource) => resource.EndsWith(".yaml", StringComparison.Ordinal)
        ? YamlText.Documents(Repository.Read($"{folder}/{resource}"))
        : Render(Path.GetRelativePath(Repository.Root, Repository.Absolute($"{folder}/{resource}")));

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach ((string name, JsonNode? value) in patch)
        {
            switch (value, target[name])
            {
                case (JsonObject change, JsonObject there):
                    Merge(there, change);
                    break;
                case (JsonArray changes, JsonArray there) when Keys.TryGetValue(name, out string? key):
                    Merge(there, changes, key);
                    break;
                default:
                    target[name] = value?.DeepClone();
                    break;
            }
        }
    }

    /// <summary>What a patch names comes first.</summary>
    private static void Merge(JsonArray target, JsonArray changes, string key)
    {
        int first = 0;
        foreach (JsonObject change in changes.OfType<JsonObject>())
        {
            JsonObject? there = target.OfType<JsonObject>().SingleOrDefault(item => item.Text(key) == change.Text(key));
            if (there is not null)
            {
                target.Remove(there);
                Merge(there, change);
            }

            if (change.Text("$patch") != "delete")
            {
                target.Insert(first++, there ?? change.DeepClone());
            }
        }
    }
}

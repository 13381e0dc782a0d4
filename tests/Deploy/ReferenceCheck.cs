using System.Text.Json.Nodes;

namespace BrainSim.Tests.Deploy;

/// <summary>Secrets, config maps, volumes, accounts: what is named is there, and what is there is used.</summary>
internal static class ReferenceCheck
{
    public static IEnumerable<Finding> Find(Manifests manifests)
    {
        List<(string Kind, string Name, string Key)> used = [];
        foreach (Workload workload in manifests.Workloads)
        {
            foreach (Finding finding in Mounts(workload).Concat(Names(workload, manifests)))
            {
                yield return finding;
            }

            used.AddRange(Paths(workload).Select(path => Behind(workload, path)).Where(r => r.Kind is "secret" or "configMap"));
            foreach (string path in Paths(workload).Where(path => Behind(workload, path).Name.Length == 0))
            {
                yield return new("secret", workload.Name, $"{path} is in no volume");
            }
        }

        HashSet<(string, string, string)> made = [.. manifests.Made.SelectMany(m => m.Keys.Select(key => (m.Kind, m.Name, key)))];
        foreach ((string kind, string name, string key) in used.Where(u => !made.Contains(u)))
        {
            yield return new("secret", name, $"no command of the README makes {kind} {name} with {key}");
        }

        bool hasTls = manifests.Workloads.All(w => !w.Arguments.Contains("--no-tls"));
        foreach ((string kind, string name, string key) in made.Where(m => hasTls && !used.Contains(m)))
        {
            yield return new("secret", name, $"the README makes {kind} {name} with {key}, which nobody uses");
        }
    }

    /// <summary>Of files and folders that the program is told.</summary>
    private static IEnumerable<string> Paths(Workload workload) => workload.Arguments.Concat(workload.Environment.Values.OfType<string>()).Where(text => text.StartsWith('/'));

    /// <summary>What lies at a path: <c>/mount/key</c> in a volume of keys, or the volume itself.</summary>
    private static (string Kind, string Name, string Key) Behind(Workload workload, string path)
    {
        JsonNode? mount = workload.Container.List("volumeMounts").SingleOrDefault(m => path == m.Text("mountPath") || Path.GetDirectoryName(path) == m.Text("mountPath"));
        JsonNode? volume = workload.Pod.List("volumes").SingleOrDefault(v => v.Text("name") == mount.Text("name"));
        return volume.Text("secret.secretName") is { } secret ? ("secret", secret, Path.GetFileName(path))
            : volume.Text("configMap.name") is { } map ? ("configMap", map, Path.GetFileName(path))
            : ("volume", volume.Text("name") ?? "", "");
    }

    private static IEnumerable<Finding> Mounts(Workload workload)
    {
        string[] volumes = [.. workload.Pod.List("volumes").Select(v => v.Text("name")!).Order()], mounted = [.. workload.Container.List("volumeMounts").Select(m => m.Text("name")!).Order()];
        if (!volumes.SequenceEqual(mounted))
        {
            yield return new("reference", workload.Name, $"has the volumes {string.Join(", ", volumes)} and mounts {string.Join(", ", mounted)}");
        }

        foreach (JsonNode mount in workload.Container.List("volumeMounts"))
        {
            string path = mount.Text("mountPath")!;
            bool isTold = Paths(workload).Any(p => p == path || Path.GetDirectoryName(p) == path);
            if (path != "/tmp" && !isTold)
            {
                yield return new("secret", workload.Name, $"nothing tells the program of {path}");
            }

            if (path.StartsWith("/etc/", StringComparison.Ordinal) && !mount.Is("readOnly", true))
            {
                yield return new("security", workload.Name, $"{path} can be written");
            }
        }
    }

    private static IEnumerable<Finding> Names(Workload workload, Manifests manifests)
    {
        JsonObject? account = manifests.Find("ServiceAccount", workload.Pod.Text("serviceAccountName"));
        if (account is null)
        {
            yield return new("reference", workload.Name, $"there is no service account '{workload.Pod.Text("serviceAccountName")}'");
        }
        else if (!account.Is("automountServiceAccountToken", false) || !workload.Pod.Is("automountServiceAccountToken", false))
        {
            yield return new("security", workload.Name, "is given a token for the Kubernetes API");
        }

        foreach (string claim in workload.Pod.List("volumes").Select(v => v.Text("persistentVolumeClaim.claimName")).OfType<string>())
        {
            if (manifests.Find("PersistentVolumeClaim", claim) is null)
            {
                yield return new("reference", workload.Name, $"there is no claim '{claim}'");
            }
        }
    }
}

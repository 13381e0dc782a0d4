using System.Text.Json.Nodes;

namespace BrainSim.Tests.Deploy;

/// <summary>How pods run: as whom, with what, how many, and how they go.</summary>
internal static class PodCheck
{
    public static IEnumerable<Finding> Find(Workload workload, Manifests manifests)
    {
        (string Path, bool Holds)[] promises =
        [
            ("spec.securityContext.runAsNonRoot", workload.Pod.Is("securityContext.runAsNonRoot", true)),
            ("spec.securityContext.runAsUser", $"{workload.Pod.Number("securityContext.runAsUser")}" == manifests.Image.User.User),
            ("spec.securityContext.runAsGroup", $"{workload.Pod.Number("securityContext.runAsGroup")}" == manifests.Image.User.Group),
            ("spec.securityContext.seccompProfile", workload.Pod.Text("securityContext.seccompProfile.type") == "RuntimeDefault"),
            ("allowPrivilegeEscalation", workload.Container.Is("securityContext.allowPrivilegeEscalation", false)),
            ("readOnlyRootFilesystem", workload.Container.Is("securityContext.readOnlyRootFilesystem", true)),
            ("capabilities", workload.Container.List("securityContext.capabilities.drop").Any(c => c.GetValue<string>() == "ALL")),
            ("enableServiceLinks", workload.Pod.Is("enableServiceLinks", false)),
            ("/tmp", workload.Container.List("volumeMounts").Any(m => m.Text("mountPath") == "/tmp" && workload.Pod.List("volumes").Any(v => v.Text("name") == m.Text("name") && v.At("emptyDir") is not null))),
        ];
        foreach ((string path, _) in promises.Where(p => !p.Holds))
        {
            yield return new("security", workload.Name, path);
        }

        foreach (string path in ((string[])["requests.cpu", "requests.memory", "limits.cpu", "limits.memory"]).Where(p => workload.Container.At($"resources.{p}") is null))
        {
            yield return new("resources", workload.Name, $"says nothing of {path}");
        }

        if (!workload.Resource.Labels("spec.selector.matchLabels").OrderBy(l => l.Key).SequenceEqual(workload.Labels.OrderBy(l => l.Key)))
        {
            yield return new("selector", workload.Name, "does not select its own pods");
        }
    }

    public static IEnumerable<Finding> Find(Workload coordinator, Workload node, Manifests manifests, ProgramFacts program)
    {
        if (coordinator.Resource.Number("spec.replicas") != 1 || coordinator.Resource.Text("spec.strategy.type") != "Recreate")
        {
            yield return new("replicas", coordinator.Name, "two coordinators cannot share a folder");
        }

        if (!(coordinator.Pod.Number("securityContext.fsGroup") is { } group && $"{group}" == manifests.Image.User.Group))
        {
            yield return new("security", coordinator.Name, "its volume must belong to the group of the image's user");
        }

        if (node.Resource.Text("spec.podManagementPolicy") != "Parallel")
        {
            yield return new("replicas", node.Name, "nodes need not wait for each other");
        }

        if (!(node.Pod.Number("terminationGracePeriodSeconds") > program.LeavesWithin))
        {
            yield return new("grace", node.Name, $"a node leaves within {program.LeavesWithin} s; it must be given more");
        }

        JsonObject[] budgets = [.. manifests.Kind("PodDisruptionBudget")];
        if (budgets.Length != 1 || !budgets[0].Labels("spec.selector.matchLabels").OrderBy(l => l.Key).SequenceEqual(node.Labels.OrderBy(l => l.Key)) || budgets[0].Number("spec.maxUnavailable") != 1)
        {
            yield return new("selector", "PodDisruptionBudget", "must let the nodes go one at a time, and only them");
        }
    }
}

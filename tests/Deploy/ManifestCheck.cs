namespace BrainSim.Tests.Deploy;

/// <summary>Everything in which manifests, image, README and program must agree.</summary>
internal static class ManifestCheck
{
    public static IReadOnlyList<Finding> Find(Manifests manifests, ProgramFacts program)
    {
        Workload[] workloads = [.. manifests.Workloads];
        string[] roles = [.. workloads.Select(w => w.Role).Order()];
        if (!roles.SequenceEqual(["coordinator", "node"]))
        {
            return [new("argument", "args", $"one workload must be the coordinator and one the nodes; these are {string.Join(", ", roles)}")];
        }

        Workload coordinator = workloads.Single(w => w.Role == "coordinator"), node = workloads.Single(w => w.Role == "node");
        return
        [
            .. workloads.SelectMany(w => ArgumentCheck.Find(w, program)),
            .. workloads.SelectMany(w => PortCheck.Find(w, manifests, program)),
            .. PortCheck.Find(coordinator, node, manifests, program),
            .. PolicyCheck.Find(coordinator, node, manifests),
            .. ReferenceCheck.Find(manifests),
            .. workloads.SelectMany(w => PodCheck.Find(w, manifests)),
            .. PodCheck.Find(coordinator, node, manifests, program),
            .. ImageCheck.Find(manifests, program),
            .. manifests.Resources.SelectMany(FieldCheck.Find),
            .. manifests.Unlisted.Select(file => new Finding("kustomization", file, "is listed nowhere")),
        ];
    }
}

using System.Text.Json.Nodes;
using BrainSim.Coordinator.CommandLine;
using BrainSim.Engine.Units;
using BrainSim.Node.Hosting;

namespace BrainSim.Tests.Deploy;

/// <summary>Who listens where is said once by the arguments; containers, probes, services and addresses follow.</summary>
internal static class PortCheck
{
    private static readonly string[] Listening = ["--listen", "--health"];

    public static IEnumerable<Finding> Find(Workload workload, Manifests manifests, ProgramFacts program)
    {
        long[] listened = [.. Listening.Select(workload.PortOf).OfType<long>().Order()];
        long[] told = [.. workload.Ports.Select(p => p.Port).Order()];
        if (!listened.SequenceEqual(told))
        {
            yield return new("port", workload.Name, $"listens on {string.Join(", ", listened)}; its container says {string.Join(", ", told)}");
        }

        foreach (long port in told.Except(manifests.Image.Ports))
        {
            yield return new("port", workload.Name, $"the image does not expose {port}");
        }

        (string Probe, string[] Paths)[] probes = [("startupProbe", [program.Alive, program.Ready]), ("readinessProbe", [program.Ready]), ("livenessProbe", [program.Alive])];
        foreach ((string probe, string[] paths) in probes)
        {
            JsonNode? asked = workload.Container.At($"{probe}.httpGet");
            if (!paths.Contains(asked.Text("path")))
            {
                yield return new("probe", workload.Name, $"{probe} asks for {asked.Text("path")}, not for {string.Join(" or ", paths)}");
            }

            if (workload.PortNamed(asked.At("port")) is not { } port || port != (workload.PortOf("--health") ?? workload.PortOf("--listen")))
            {
                yield return new("probe", workload.Name, $"{probe} asks at port {asked.At("port")}, where no health is told");
            }

            bool isTls = workload.Option("--health") is null && workload.Option("--listen")?.StartsWith("https:", StringComparison.Ordinal) == true;
            if (asked.Text("scheme") != (isTls ? "HTTPS" : "HTTP"))
            {
                yield return new("probe", workload.Name, $"{probe} asks by {asked.Text("scheme")}");
            }
        }
    }

    public static IEnumerable<Finding> Find(Workload coordinator, Workload node, Manifests manifests, ProgramFacts program)
    {
        foreach (JsonObject service in manifests.Kind("Service"))
        {
            foreach (Finding finding in Service(service, manifests))
            {
                yield return finding;
            }
        }

        Uri.TryCreate(node.Environment.GetValueOrDefault(ClusterOptions.AddressVariable), UriKind.Absolute, out Uri? told);
        JsonObject? front = manifests.Find("Service", told?.Host);
        if (front is null || !Selects(front, coordinator))
        {
            yield return new("port", node.Name, $"its coordinator is to be at {told}, which is no service before one");
        }
        else if (told!.Port != front.Number("spec.ports[0].port") || coordinator.Option("--listen")?.StartsWith($"{told.Scheme}:", StringComparison.Ordinal) != true)
        {
            yield return new("port", node.Name, $"its coordinator is to be at {told}; the service is at port {front.Number("spec.ports[0].port")} and the coordinator listens at {coordinator.Option("--listen")}");
        }
        else if (told.Port != program.DefaultPort)
        {
            yield return new("port", node.Name, $"the coordinator is at port {told.Port}; the program looks for one at {program.DefaultPort}");
        }

        foreach (Finding finding in Advertised(node, manifests))
        {
            yield return finding;
        }
    }

    private static bool Selects(JsonObject service, Workload workload) => service.Labels("spec.selector").All(label => workload.Labels.GetValueOrDefault(label.Key) == label.Value);

    private static IEnumerable<Finding> Service(JsonObject service, Manifests manifests)
    {
        string name = service.Text("metadata.name")!;
        Workload[] behind = [.. manifests.Workloads.Where(w => Selects(service, w))];
        if (behind.Length != 1)
        {
            yield return new("selector", name, $"stands before {behind.Length} workloads");
            yield break;
        }

        foreach (JsonNode port in service.List("spec.ports"))
        {
            if (behind[0].PortNamed(port.At("targetPort")) is not { } target || target != port.Number("port"))
            {
                yield return new("port", name, $"leads from {port.Number("port")} to {port.At("targetPort")}, which {behind[0].Name} does not have there");
            }
        }
    }

    /// <summary>A pod of a stateful set has the name POD.SERVICE.NAMESPACE.svc, where the service has no address of its own.</summary>
    private static IEnumerable<Finding> Advertised(Workload node, Manifests manifests)
    {
        string? service = node.Resource.Text("spec.serviceName");
        if (manifests.Find("Service", service) is not { } headless || headless.Text("spec.clusterIP") != "None" || !headless.Is("spec.publishNotReadyAddresses", true) || !Selects(headless, node))
        {
            yield return new("reference", node.Name, $"'{service}' is no headless service of these pods that also names those which are not ready");
        }

        AdvertisedAddress? address = null;
        string? mistake = null;
        try
        {
            address = AdvertisedAddress.Parse(node.Option("--advertise") ?? "");
        }
        catch (UserMistakeException problem)
        {
            mistake = problem.Message;
        }

        if (mistake is not null || address!.Port != node.PortOf("--listen") || address.Host != $"{node.Name}-0.{service}.{node.Resource.Text("metadata.namespace")}.svc")
        {
            yield return new("port", node.Name, mistake ?? $"says that others reach it at {address}");
        }
    }
}

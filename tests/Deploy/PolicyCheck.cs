using System.Text.Json.Nodes;

namespace BrainSim.Tests.Deploy;

/// <summary>Who may talk to whom, worked out from the network policies as a cluster does it.</summary>
internal static class PolicyCheck
{
    private const long Dns = 53, Other = 9;

    private static readonly string[] Protocols = ["TCP", "UDP"];

    private sealed record Party(string Name, string Namespace, IReadOnlyDictionary<string, string> Labels);

    public static IEnumerable<Finding> Find(Workload coordinator, Workload node, Manifests manifests)
    {
        string home = node.Resource.Text("metadata.namespace") ?? "";
        Party[] parties =
        [
            new("coordinator", home, coordinator.Labels), new("node", home, node.Labels),
            new("client", "elsewhere", new Dictionary<string, string> { ["brainsim/client"] = "true" }),
            new("stranger", home, new Dictionary<string, string>()), new("dns", "kube-system", new Dictionary<string, string>()),
        ];
        long api = coordinator.PortOf("--listen") ?? 0, spikes = node.PortOf("--listen") ?? 0, health = node.PortOf("--health") ?? 0;
        (string, string, long, string)[] wanted =
            [("client", "coordinator", api, "TCP"), ("node", "coordinator", api, "TCP"), ("node", "node", spikes, "TCP"), ("node", "dns", Dns, "TCP"), ("node", "dns", Dns, "UDP")];
        JsonObject[] policies = [.. manifests.Kind("NetworkPolicy")];
        return
            from one in parties
            from other in parties
            where new[] { one, other }.Any(p => p.Name is "coordinator" or "node")
            from port in new[] { api, spikes, health, Dns, Other }.Distinct()
            from protocol in Protocols
            let may = May(policies, home, one, other, (port, protocol))
            where may != wanted.Contains((one.Name, other.Name, port, protocol))
            select new Finding("policy", $"{one.Name} to {other.Name}", $"{protocol} port {port} is {(may ? "open" : "closed")}");
    }

    private static bool May(JsonObject[] policies, string home, Party from, Party to, (long Number, string Protocol) port) =>
        May(policies, home, from, to, port, "Egress", "egress", "to") && May(policies, home, to, from, port, "Ingress", "ingress", "from");

    /// <summary>A party that no policy of a direction selects is free in it; one that some select needs a rule of any of them.</summary>
    private static bool May(JsonObject[] policies, string home, Party party, Party peer, (long Number, string Protocol) port, string direction, string rules, string side)
    {
        JsonObject[] own =
        [
            .. policies.Where(p => party.Namespace == home && Matches(p.At("spec.podSelector"), party.Labels) && p.List("spec.policyTypes").Any(t => t.GetValue<string>() == direction)),
        ];
        return own.Length == 0 || own.SelectMany(p => p.List($"spec.{rules}")).Any(rule =>
            rule.List("ports").Any(p => p.Number("port") == port.Number && (p.Text("protocol") ?? "TCP") == port.Protocol) && rule.List(side).Any(s => IsPeer(s, home, peer)));
    }

    private static bool IsPeer(JsonNode side, string home, Party peer) =>
        (side.At("namespaceSelector") is { } spaces ? Matches(spaces, new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = peer.Namespace }) : peer.Namespace == home)
        && (side.At("podSelector") is not { } pods || Matches(pods, peer.Labels));

    private static bool Matches(JsonNode? selector, IReadOnlyDictionary<string, string> labels) =>
        selector.Labels("matchLabels").All(label => labels.GetValueOrDefault(label.Key) == label.Value);
}

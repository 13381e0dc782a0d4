using System.Text.Json.Nodes;

namespace BrainSim.Tests.Deploy;

/// <summary>Every field has a name that Kubernetes knows in that place: what is misspelt, a cluster may take without a word and leave out. A field that is used for the first time is added here.</summary>
internal static class FieldCheck
{
    private const string AnyLabel = "labels";

    /// <summary>Source: the API reference of Kubernetes 1.33.</summary>
    private static readonly Dictionary<string, string> Names = new()
    {
        ["Namespace"] = "apiVersion kind metadata",
        ["ServiceAccount"] = "apiVersion kind metadata automountServiceAccountToken",
        ["metadata"] = "name namespace labels",
        ["Deployment spec"] = "replicas selector strategy template",
        ["StatefulSet spec"] = "podManagementPolicy replicas selector serviceName template updateStrategy",
        ["strategy"] = "type",
        ["updateStrategy"] = "type",
        ["template"] = "metadata spec",
        ["pod spec"] = "automountServiceAccountToken containers enableServiceLinks nodeSelector restartPolicy securityContext serviceAccountName terminationGracePeriodSeconds tolerations topologySpreadConstraints volumes",
        ["pod securityContext"] = "fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser seccompProfile",
        ["seccompProfile"] = "type",
        ["tolerations"] = "effect key operator",
        ["topologySpreadConstraints"] = "labelSelector maxSkew topologyKey whenUnsatisfiable",
        ["containers"] = "args command env image imagePullPolicy livenessProbe name ports readinessProbe resources securityContext startupProbe volumeMounts",
        ["env"] = "name value valueFrom",
        ["valueFrom"] = "fieldRef",
        ["fieldRef"] = "fieldPath",
        ["container ports"] = "containerPort name protocol",
        ["probe"] = "failureThreshold httpGet periodSeconds timeoutSeconds",
        ["httpGet"] = "path port scheme",
        ["resources"] = "limits requests",
        ["amounts"] = "cpu memory storage nvidia.com/gpu",
        ["securityContext"] = "allowPrivilegeEscalation capabilities readOnlyRootFilesystem",
        ["capabilities"] = "drop",
        ["volumeMounts"] = "mountPath name readOnly",
        ["volumes"] = "configMap emptyDir name persistentVolumeClaim secret",
        ["configMap"] = "name",
        ["emptyDir"] = "sizeLimit",
        ["persistentVolumeClaim"] = "claimName",
        ["secret"] = "secretName",
        ["Service spec"] = "clusterIP ports publishNotReadyAddresses selector",
        ["Service ports"] = "name port protocol targetPort",
        ["PersistentVolumeClaim spec"] = "accessModes resources",
        ["PodDisruptionBudget spec"] = "maxUnavailable selector",
        ["NetworkPolicy spec"] = "egress ingress podSelector policyTypes",
        ["ingress"] = "from ports",
        ["egress"] = "ports to",
        ["from"] = "namespaceSelector podSelector",
        ["to"] = "namespaceSelector podSelector",
        ["ports"] = "port protocol",
        ["selector"] = "matchLabels",
        ["labelSelector"] = "matchLabels",
        ["podSelector"] = "matchLabels",
        ["namespaceSelector"] = "matchLabels",
    };

    public static IEnumerable<Finding> Find(JsonObject resource) => Below(resource, resource.Text("kind") ?? "").Select(what => new Finding("field", $"{resource.Text("kind")} {resource.Text("metadata.name")}", what));

    private static IEnumerable<string> Below(JsonNode? node, string place) => node switch
    {
        JsonArray list => list.SelectMany(item => Below(item, place)),
        JsonObject fields when place != AnyLabel => fields.SelectMany(field => Known(place).Contains(field.Key) ? Below(field.Value, Inside(place, field.Key)) : [$"{place} has no {field.Key}"]),
        _ => [],
    };

    private static string[] Known(string place) => Names.GetValueOrDefault(place, "apiVersion kind metadata spec").Split(' ');

    private static string Inside(string place, string field) => (place, field) switch
    {
        ("template" or "Pod", "spec") => "pod spec",
        (_, "spec") => $"{place} spec",
        ("pod spec", "securityContext") => "pod securityContext",
        ("containers", "ports") => "container ports",
        ("Service spec", "ports") => "Service ports",
        ("Service spec", "selector") or (_, "matchLabels" or "nodeSelector") => AnyLabel,
        (_, "requests" or "limits") => "amounts",
        (_, "startupProbe" or "readinessProbe" or "livenessProbe") => "probe",
        _ => field,
    };
}

using System.CommandLine;
using System.Text.Json.Nodes;
using BrainSim.Coordinator.CommandLine;
using Xunit;

namespace BrainSim.Tests.Deploy;

/// <summary>One thing changes on one side, and is found.</summary>
public sealed class ManifestMutationTests
{
    private const string Coordinator = "Deployment brainsim-coordinator", Node = "StatefulSet brainsim-node", Front = "Service brainsim-coordinator", Peers = "Service brainsim-node";
    private const string Container = "spec.template.spec.containers[0]", Pod = "spec.template.spec";

    /// <summary>A resource, a place in it, what it says then (nothing: it is taken away), and the word for what is found.</summary>
    public static TheoryData<string, string, string, string> InManifests => new()
    {
        { Coordinator, $"{Container}.args[0]", "\"koordinator\"", "argument" },
        { Coordinator, $"{Container}.args[1]", "\"--listn\"", "argument" },
        { Coordinator, $"{Container}.args[2]", "\"https://0.0.0.0:7499\"", "port" },
        { Coordinator, $"{Container}.args[2]", "\"http://0.0.0.0:7411\"", "probe" },
        { Coordinator, $"{Container}.args[3]", "\"--folder\"", "argument" },
        { Coordinator, $"{Container}.args[4]", "\"/elsewhere\"", "secret" },
        { Coordinator, $"{Container}.args[6]", "\"/etc/brainsim/tokens/other\"", "secret" },
        { Coordinator, $"{Container}.args[7]", "\"--certificat\"", "argument" },
        { Coordinator, $"{Container}.command", "[\"/bin/sh\"]", "argument" },
        { Coordinator, $"{Container}.ports[0].containerPort", "7410", "port" },
        { Coordinator, $"{Container}.ports[0].name", "\"web\"", "probe" },
        { Coordinator, $"{Container}.startupProbe.httpGet.path", "\"/ready\"", "probe" },
        { Coordinator, $"{Container}.readinessProbe.httpGet.path", "\"/healthz\"", "probe" },
        { Coordinator, $"{Container}.livenessProbe.httpGet.path", "\"/readyz\"", "probe" },
        { Coordinator, $"{Container}.livenessProbe.httpGet.port", "7412", "probe" },
        { Coordinator, $"{Container}.livenessProbe.httpGet.scheme", "\"HTTP\"", "probe" },
        { Coordinator, $"{Container}.livenessProbe", "", "probe" },
        { Coordinator, $"{Container}.image", "\"brainsim:0.0.9\"", "image" },
        { Coordinator, $"{Container}.resources.limits.memory", "", "resources" },
        { Coordinator, $"{Container}.securityContext.readOnlyRootFilesystem", "false", "security" },
        { Coordinator, $"{Container}.securityContext.capabilities", "", "security" },
        { Coordinator, $"{Container}.securityContext.allowPrivilegeEscalation", "true", "security" },
        { Coordinator, $"{Container}.volumeMounts[2].readOnly", "", "security" },
        { Coordinator, $"{Container}.volumeMounts[1].mountPath", "\"/temp\"", "security" },
        { Coordinator, $"{Container}.volumeMounts[0].name", "\"dat\"", "reference" },
        { Coordinator, $"{Pod}.securityContext.runAsUser", "1000", "security" },
        { Coordinator, $"{Pod}.securityContext.runAsNonRoot", "", "security" },
        { Coordinator, $"{Pod}.securityContext.seccompProfile.type", "\"Unconfined\"", "security" },
        { Coordinator, $"{Pod}.securityContext.fsGroup", "", "security" },
        { Coordinator, $"{Pod}.automountServiceAccountToken", "true", "security" },
        { Coordinator, $"{Pod}.enableServiceLinks", "", "security" },
        { Coordinator, $"{Pod}.serviceAccountName", "\"default\"", "reference" },
        { Coordinator, $"{Pod}.volumes[0].persistentVolumeClaim.claimName", "\"data\"", "reference" },
        { Coordinator, $"{Pod}.volumes[2].secret.secretName", "\"brainsim-token\"", "secret" },
        { Coordinator, $"{Pod}.volumes[4].configMap.name", "\"ca\"", "secret" },
        { Coordinator, "spec.replicas", "2", "replicas" },
        { Coordinator, "spec.strategy.type", "\"RollingUpdate\"", "replicas" },
        { Coordinator, "spec.selector.matchLabels.'app.kubernetes.io/component'", "\"c\"", "selector" },
        { Coordinator, "spec.template.metadata.labels.'app.kubernetes.io/component'", "\"c\"", "selector" },
        { Front, "metadata.name", "\"coordinator\"", "port" },
        { Front, "spec.ports[0].port", "80", "port" },
        { Front, "spec.ports[0].targetPort", "\"web\"", "port" },
        { Front, "spec.selector.'app.kubernetes.io/name'", "\"b\"", "selector" },
        { Peers, "metadata.name", "\"nodes\"", "reference" },
        { Peers, "spec.clusterIP", "", "reference" },
        { Peers, "spec.publishNotReadyAddresses", "", "reference" },
        { Peers, "spec.ports[0].port", "7413", "port" },
        { Node, $"{Container}.args[2]", "\"0.0.0.0:7415\"", "port" },
        { Node, $"{Container}.args[3]", "\"--advertize\"", "argument" },
        { Node, $"{Container}.args[4]", "\"$(POD_NAME).brainsim-nodes.$(POD_NAMESPACE).svc:7412\"", "port" },
        { Node, $"{Container}.args[4]", "\"$(POD_NAM).brainsim-node.$(POD_NAMESPACE).svc:7412\"", "variable" },
        { Node, $"{Container}.args[4]", "\"0.0.0.0:7412\"", "port" },
        { Node, $"{Container}.args[6]", "\"0.0.0.0:7414\"", "port" },
        { Node, $"{Container}.env[0].valueFrom.fieldRef.fieldPath", "\"metadata.uid\"", "variable" },
        { Node, $"{Container}.env[2].name", "\"BRAINSIM_COORDINATR\"", "variable" },
        { Node, $"{Container}.env[2].value", "\"https://brainsim-coordinator:7412\"", "port" },
        { Node, $"{Container}.env[2].value", "\"http://brainsim-coordinator:7411\"", "port" },
        { Node, $"{Container}.env[2].value", "\"https://coordinator:7411\"", "port" },
        { Node, $"{Container}.env[3].value", "1", "variable" },
        { Node, $"{Container}.env[3].value", "\"/etc/brainsim/token/tokn\"", "secret" },
        { Node, $"{Container}.ports[1].containerPort", "7414", "port" },
        { Node, $"{Container}.readinessProbe.httpGet.path", "\"/readyz2\"", "probe" },
        { Node, $"{Container}.readinessProbe.httpGet.port", "\"spikes\"", "probe" },
        { Node, $"{Pod}.volumes[1].secret.secretName", "\"node-token\"", "secret" },
        { Node, $"{Pod}.terminationGracePeriodSeconds", "30", "grace" },
        { Node, "spec.podManagementPolicy", "\"OrderedReady\"", "replicas" },
        { Node, "spec.serviceName", "\"brainsim-nodes\"", "reference" },
        { "ServiceAccount brainsim", "automountServiceAccountToken", "true", "security" },
        { "PersistentVolumeClaim brainsim-data", "metadata.name", "\"data\"", "reference" },
        { "PodDisruptionBudget brainsim-node", "spec.selector.matchLabels.'app.kubernetes.io/component'", "\"coordinator\"", "selector" },
        { "NetworkPolicy brainsim-nothing-else", "spec.policyTypes[1]", "", "policy" },
        { "NetworkPolicy brainsim-nothing-else", "spec.podSelector.matchLabels.'app.kubernetes.io/name'", "\"b\"", "policy" },
        { "NetworkPolicy brainsim-coordinator", "spec.ingress[0].ports[0].port", "7412", "policy" },
        { "NetworkPolicy brainsim-coordinator", "spec.ingress[0].from[1].podSelector", "", "policy" },
        { "NetworkPolicy brainsim-coordinator", "spec.ingress[0].from[0]", "", "policy" },
        { "NetworkPolicy brainsim-node", "spec.ingress[0].ports[0].port", "7413", "policy" },
        { "NetworkPolicy brainsim-node", "spec.egress[0].to[0].podSelector.matchLabels.'app.kubernetes.io/component'", "\"node\"", "policy" },
        { "NetworkPolicy brainsim-node", "spec.egress[2]", "", "policy" },
        { "NetworkPolicy brainsim-node", "spec.egress[2].ports[0].protocol", "\"TCP\"", "policy" },
        { "NetworkPolicy brainsim-coordinator", "spec.ingress[0].ports[0].protocol", "\"UDP\"", "policy" },
        { Coordinator, "spec.template.spec.restartPolcy", "\"Always\"", "field" },
        { Coordinator, $"{Container}.resources.limits.memry", "\"1Gi\"", "field" },
        { Coordinator, $"{Container}.readinessProbe.periodSecond", "1", "field" },
        { Node, "spec.podManagmentPolicy", "\"Parallel\"", "field" },
        { Front, "spec.ports[0].protcol", "\"TCP\"", "field" },
        { "PersistentVolumeClaim brainsim-data", "spec.storageClass", "\"fast\"", "field" },
    };

    [Theory]
    [MemberData(nameof(InManifests))]
    public void AChangeInAManifestIsFound(string resource, string path, string value, string about)
    {
        Manifests manifests = Manifests.Of("base");
        JsonObject changed = manifests.Find(resource.Split(' ')[0], resource.Split(' ')[1])!;
        changed.Set(path, value.Length == 0 ? null : JsonNode.Parse(value));
        IReadOnlyList<Finding> found = ManifestCheck.Find(manifests, new ProgramFacts());
        Assert.Contains(about, found.Select(f => f.About));
    }

    public static TheoryData<string, string> InProgram => new()
    {
        { "path of /healthz", "probe" }, { "path of /readyz", "probe" }, { "default port", "port" }, { "variable", "variable" }, { "version", "image" }, { "time to leave", "grace" },
        { "option of coordinator", "argument" }, { "option of node", "argument" }, { "command", "argument" },
    };

    [Theory]
    [MemberData(nameof(InProgram))]
    public void AChangeInTheProgramIsFound(string what, string about)
    {
        ProgramFacts program = new();
        program = what switch
        {
            "path of /healthz" => program with { Alive = "/livez" },
            "path of /readyz" => program with { Ready = "/ready" },
            "default port" => program with { DefaultPort = 7400 },
            "variable" => program with { Variables = [.. program.Variables.Where(v => v != ClusterOptions.AddressVariable)] },
            "version" => program with { Version = "0.2.0" },
            "time to leave" => program with { LeavesWithin = 60 },
            "option of coordinator" => Without(program, "coordinator", "--data"),
            "option of node" => Without(program, "node", "--health"),
            _ => Without(program, "node", null),
        };
        IReadOnlyList<Finding> found = ManifestCheck.Find(Manifests.Of("base"), program);
        Assert.Contains(about, found.Select(f => f.About));
    }

    public static TheoryData<string, string, string> InImage => new()
    {
        { "USER 1654:1654", "USER app", "image" }, { "USER 1654:1654", "USER 0:0", "image" }, { "USER 1654:1654", "USER 1000:1000", "security" }, { "EXPOSE 7411", "EXPOSE", "port" },
        { "-c Release", "-c Debug", "image" }, { "--self-contained false", "--self-contained true", "image" }, { "COPY src src", "COPY tests src", "image" },
        { "/app/brainsim", "/app/brain", "image" }, { "-o /app", "-o /application", "image" },
    };

    [Theory]
    [MemberData(nameof(InImage))]
    public void AChangeInTheImageIsFound(string from, string to, string about)
    {
        string text = Architecture.Repository.Read($"{Manifests.Folder}/Dockerfile");
        Assert.Contains(from, text, StringComparison.Ordinal);
        IReadOnlyList<Finding> found = ManifestCheck.Find(Manifests.Of("base") with { Image = ImageFile.Parse(text.Replace(from, to, StringComparison.Ordinal)) }, new ProgramFacts());
        Assert.Contains(about, found.Select(f => f.About));
    }

    [Theory]
    [InlineData("brainsim-tokens", "brainsim-token")]
    [InlineData("--from-file=token=", "--from-file=tokn=")]
    [InlineData("secret tls brainsim-node-tls", "secret tls node-tls")]
    [InlineData("configmap brainsim-ca", "configmap ca")]
    [InlineData("kubectl create namespace", "kubectl -n brainsim create secret generic more --from-file=key=file\nkubectl create namespace")]
    public void AChangeInWhatTheReadmeMakesIsFound(string from, string to)
    {
        string text = Architecture.Repository.Read($"{Manifests.Folder}/README.md");
        Assert.Contains(from, text, StringComparison.Ordinal);
        IReadOnlyList<Finding> found = ManifestCheck.Find(Manifests.Of("base") with { Made = Manifests.MadeBy(text.Replace(from, to, StringComparison.Ordinal)) }, new ProgramFacts());
        Assert.Contains("secret", found.Select(f => f.About));
    }

    [Fact]
    public void AFileThatNoKustomizationListsIsFound() =>
        Assert.Equal(["kustomization"], ManifestCheck.Find(Manifests.Of("base") with { Unlisted = ["more.yaml"] }, new ProgramFacts()).Select(f => f.About));

    /// <summary>The program with one option of one command less, or with one command less.</summary>
    private static ProgramFacts Without(ProgramFacts program, string command, string? option)
    {
        Command changed = program.Commands.Subcommands.Single(c => c.Name == command);
        Assert.True(option is null ? program.Commands.Subcommands.Remove(changed) : changed.Options.Remove(changed.Options.Single(o => o.Name == option)));
        return program;
    }
}

using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BrainSim.Coordinator.CommandLine;
using BrainSim.Tests.Architecture;
using Xunit;

namespace BrainSim.Tests.Deploy;

/// <summary>What is deployed fits the program.</summary>
public sealed partial class ManifestTests
{
    private const string Kubectl = "kubectl";

    public static TheoryData<string> All => new(Manifests.All);

    [Theory]
    [MemberData(nameof(All))]
    public void ManifestsImageReadmeAndProgramAgree(string kustomization) => Finding.AssertNone(ManifestCheck.Find(Manifests.Of(kustomization), new ProgramFacts()));

    [Theory]
    [MemberData(nameof(All))]
    public void TheyAreRenderedAsKubectlDoes(string kustomization)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, Kubectl))), "there is no kubectl");
        using Process kubectl = Process.Start(new ProcessStartInfo(Kubectl, ["kustomize", Repository.Absolute($"{Manifests.Folder}/{kustomization}")]) { RedirectStandardOutput = true })!;
        JsonObject[] there = [.. YamlText.Documents(kubectl.StandardOutput.ReadToEnd())];
        kubectl.WaitForExit();
        IReadOnlyList<JsonObject> here = Manifests.Of(kustomization).Resources;
        Assert.Equal(here.Select(NameOf).Order(), there.Select(NameOf).Order());
        Assert.All(here, resource => Assert.True(JsonNode.DeepEquals(resource, there.Single(r => NameOf(r) == NameOf(resource))), $"{NameOf(resource)}\n{resource}\n{there.Single(r => NameOf(r) == NameOf(resource))}"));
    }

    [Fact]
    public void TheLaptopHasNoTlsAndLittleAndTheGpuOverlayHoldsAGpu()
    {
        Workload[] laptop = [.. Manifests.Of("overlays/laptop").Workloads];
        Assert.All(laptop, w => Assert.Contains("--no-tls", w.Arguments));
        Assert.All(laptop, w => Assert.EndsWith("m", w.Container.Text("resources.requests.cpu"), StringComparison.Ordinal));
        Workload node = Manifests.Of("overlays/gpu").Workloads.Single(w => w.Role == "node");
        Assert.Equal("1", node.Container.Text("resources.limits.'nvidia.com/gpu'"));
        Assert.Equal("true", node.Pod.Text("nodeSelector.'nvidia.com/gpu.present'"));
        Assert.Equal("nvidia.com/gpu", node.Pod.Text("tolerations[0].key"));
    }

    [Fact]
    public void TheCommandsOfTheReadmeAreOnesThatTheProgramTakes()
    {
        ProgramFacts program = new();
        string[][] commands = [.. Command().Matches(Repository.Read($"{Manifests.Folder}/README.md")).Select(m => ImageFile.Words(m.Groups[1].Value))];
        Assert.Contains(commands, c => c[0] == "submit");
        Assert.Contains(commands, c => c[0] == "backup");
        Assert.All(commands, command => Assert.Null(program.Mistake(command)));
        string[] variables = [.. Variable().Matches(Repository.Read($"{Manifests.Folder}/README.md")).Select(m => m.Value)];
        Assert.NotEmpty(variables);
        Assert.All(variables, variable => Assert.True(program.Reads(variable), variable));
    }

    [Fact]
    public void TheCertificatesCarryTheNamesByWhichTheyAreAskedFor()
    {
        using Engine.Documents.TemporaryFolder folder = new();
        using Process script = Process.Start(Repository.Absolute($"{Manifests.Folder}/certificates"), [folder.At("certificates")]);
        script.WaitForExit();
        Assert.Equal(0, script.ExitCode);
        Manifests manifests = Manifests.Of("base");
        Workload node = manifests.Workloads.Single(w => w.Role == "node");
        string advertised = node.Option("--advertise")!, coordinator = node.Environment[ClusterOptions.AddressVariable]!;
        Assert.True(Certificate("node").MatchesHostname(advertised[..advertised.IndexOf(':')]), advertised);
        Assert.True(Certificate("coordinator").MatchesHostname(new Uri(coordinator).Host), coordinator);
        Assert.True(Certificate("coordinator").MatchesHostname("localhost"));

        System.Security.Cryptography.X509Certificates.X509Certificate2 Certificate(string name) =>
            System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(folder.At($"certificates/{name}.crt"));
    }

    [Theory]
    [InlineData("amd64", "linux-x64")]
    [InlineData("arm64", "linux-arm64")]
    public void TheImageIsForTheProcessorThatIsAskedFor(string processor, string rid)
    {
        ProcessStartInfo start = new("sh", ["-c", $"{Manifests.Of("base").Image.Choice}; echo $RID"]) { RedirectStandardOutput = true, Environment = { ["TARGETARCH"] = processor } };
        using Process shell = Process.Start(start)!;
        Assert.Equal(rid, shell.StandardOutput.ReadToEnd().Trim());
        shell.WaitForExit();
    }

    /// <summary>Else a manifest's variable could be read by the program without this test knowing.</summary>
    [Fact]
    public void OnlyOneFileNamesEnvironmentVariables() =>
        Assert.Equal(["src/Coordinator/CommandLine/ClusterOptions.cs"], Repository.Files("src", "*.cs").Where(path => Variable().IsMatch(Repository.Read(path))));

    private static string NameOf(JsonObject resource) => $"{resource.Text("kind")} {resource.Text("metadata.name")}";

    /// <summary>With the rights of the coordinator's pod, and on its volume.</summary>
    [Fact]
    public void ThePodThatRestoresHoldsTheCoordinatorsVolumeAsItDoes()
    {
        JsonObject pod = YamlText.Documents(Repository.Read($"{Manifests.Folder}/restore.yaml")).Single();
        Workload coordinator = Manifests.Of("base").Workloads.Single(w => w.Role == "coordinator");
        Finding.AssertNone(FieldCheck.Find(pod));
        Assert.Equal(coordinator.Resource.Text("metadata.namespace"), pod.Text("metadata.namespace"));
        Assert.Equal(coordinator.Pod.List("volumes").Single(v => v.Text("name") == "data").Text("persistentVolumeClaim.claimName"), pod.Text("spec.volumes[0].persistentVolumeClaim.claimName"));
        foreach (string own in (string[])["runAsNonRoot", "runAsUser", "runAsGroup", "fsGroup", "seccompProfile"])
        {
            Assert.True(JsonNode.DeepEquals(coordinator.Pod.At($"securityContext.{own}"), pod.At($"spec.securityContext.{own}")), own);
        }

        Assert.True(JsonNode.DeepEquals(coordinator.Container.At("securityContext"), pod.At("spec.containers[0].securityContext")));
        Assert.Equal(coordinator.Option("--data"), pod.Text("spec.containers[0].volumeMounts[0].mountPath"));
        Assert.Contains($"exec -i {pod.Text("metadata.name")} ", Repository.Read($"{Manifests.Folder}/README.md"), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(?:kubectl .* -- /app/)?brainsim (.*?)(?: > \S+)?$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"\bBRAINSIM_[A-Z_]+")]
    private static partial Regex Variable();
}

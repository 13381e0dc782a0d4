using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using BrainSim.Coordinator.Doctor;
using BrainSim.Tests.Coordinator.Service;
using Xunit;

namespace BrainSim.Tests.Coordinator.Doctor;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly Brainsim brainsim = new();

    public void Dispose() => brainsim.Dispose();

    [Fact]
    public async Task WhereAllIsWellTheExitCodeIs0AndEveryThingHasItsLine()
    {
        await using TestCluster cluster = await TestCluster.Start();
        brainsim.Environment["BRAINSIM_COORDINATOR"] = cluster.Address;
        Brainsim.Ended ended = brainsim.Run("doctor", "--data", ".").Fine();
        Assert.Equal(["version", "cores", "vectors", "gpu", "memory", "disk", "coordinator", "clock"], ended.OutputLines.Select(line => line[9..line.IndexOf(':')]));
        Assert.DoesNotContain(ended.OutputLines, line => line.StartsWith("problem", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(brainsim.Folder));
    }

    [Fact]
    public void AFolderThatTheCoordinatorWouldMakeIsWell()
    {
        Brainsim.Ended ended = brainsim.Run("doctor", "--data", "new/data").Fine();
        Assert.Contains(ended.OutputLines, line => line.StartsWith("ok       disk: new/data will be made by the coordinator", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(brainsim.Folder));
    }

    [Fact]
    public void AProblemIsExitCode2AndJsonHasItsFix()
    {
        File.WriteAllText(brainsim.At("old.pem"), Certificate(until: DateTimeOffset.UtcNow.AddDays(-1)));
        File.WriteAllText(brainsim.At("none.pem"), "no certificate");
        Brainsim.Ended ended = brainsim.Run("doctor", "--json", "--data", "old.pem/nowhere", "--coordinator", "http://127.0.0.1:1", "--certificate", "old.pem", "--ca", "none.pem");
        Assert.Equal((2, ""), (ended.Code, ended.Error));
        JsonElement said = JsonDocument.Parse(ended.Output).RootElement;
        JsonElement[] problems = [.. said.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("level").GetString() == "problem")];
        Assert.Equal(["disk", "certificate", "certificate", "coordinator"], problems.Select(problem => problem.GetProperty("subject").GetString()));
        Assert.All(problems, problem => Assert.NotEmpty(problem.GetProperty("fix").GetString()!));
        Assert.Equal(4, said.GetProperty("problems").GetInt32());
    }

    [Fact]
    public void ACertificateIsHeldAgainstItsKey()
    {
        foreach (string name in (string[])["own", "other"])
        {
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            CertificateRequest request = new("CN=own", key, HashAlgorithmName.SHA256);
            SubjectAlternativeNameBuilder names = new();
            names.AddDnsName("c.example");
            names.AddIpAddress(System.Net.IPAddress.Parse("10.0.0.7"));
            request.CertificateExtensions.Add(names.Build());
            using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
            File.WriteAllText(brainsim.At($"{name}.pem"), certificate.ExportCertificatePem());
            File.WriteAllText(brainsim.At($"{name}.key"), key.ExportPkcs8PrivateKeyPem());
        }

        Assert.Contains(", for c.example, 10.0.0.7", brainsim.Run("doctor", "--certificate", "own.pem", "--key", "own.key").Fine().Output, StringComparison.Ordinal);
        Brainsim.Ended ended = brainsim.Run("doctor", "--certificate", "own.pem", "--key", "other.key");
        Assert.Equal(2, ended.Code);
        Assert.Contains(ended.OutputLines, line => line.StartsWith("problem", StringComparison.Ordinal) && line.Contains("does not go with the key", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1.3.6.1.5.5.7.3.2", false)]
    [InlineData("1.3.6.1.5.5.7.3.1", true)]
    [InlineData(null, true)]
    public void UsagesAreRead(string? usage, bool isForServers)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=own", key, HashAlgorithmName.SHA256);
        if (usage is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        }

        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(brainsim.At("own.pem"), certificate.ExportCertificatePem());
        ShownFacts own = Assert.Single(ThisMachine.Shown(brainsim.At("own.pem"), null)).Own!;
        Assert.Equal((isForServers, 0, (string?)null), (own.IsForServers, own.Names.Count, own.KeyProblem));
    }

    private static string Certificate(DateTimeOffset until)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=old", key, HashAlgorithmName.SHA256).CreateSelfSigned(until.AddDays(-10), until);
        return certificate.ExportCertificatePem();
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
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
    public void AProblemIsExitCode2AndJsonHasItsFix()
    {
        File.WriteAllText(brainsim.At("old.pem"), Certificate(until: DateTimeOffset.UtcNow.AddDays(-1)));
        File.WriteAllText(brainsim.At("none.pem"), "no certificate");
        Brainsim.Ended ended = brainsim.Run("doctor", "--json", "--data", "nowhere", "--coordinator", "http://127.0.0.1:1", "--certificate", "old.pem", "--ca", "none.pem");
        Assert.Equal((2, ""), (ended.Code, ended.Error));
        JsonElement said = JsonDocument.Parse(ended.Output).RootElement;
        JsonElement[] problems = [.. said.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("level").GetString() == "problem")];
        Assert.Equal(["disk", "certificate", "certificate", "coordinator"], problems.Select(problem => problem.GetProperty("subject").GetString()));
        Assert.All(problems, problem => Assert.NotEmpty(problem.GetProperty("fix").GetString()!));
        Assert.Equal(4, said.GetProperty("problems").GetInt32());
    }

    private static string Certificate(DateTimeOffset until)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=old", key, HashAlgorithmName.SHA256).CreateSelfSigned(until.AddDays(-10), until);
        return certificate.ExportCertificatePem();
    }
}

using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using BrainSim.Engine.Units;
using BrainSim.Node.Tls;
using Xunit;

namespace BrainSim.Tests.Node.Tls;

public sealed class CertificateTests : IDisposable
{
    private readonly TestAuthority ours = new(), others = new("another authority");

    public void Dispose()
    {
        ours.Dispose();
        others.Dispose();
    }

    [Theory]
    [InlineData("10.0.0.7:7412", true)]
    [InlineData("node-1.cluster:7412", true)]
    [InlineData("NODE-1.cluster:7412", true)]
    [InlineData("10.0.0.8:7412", false)]
    [InlineData("node-2.cluster:7412", false)]
    [InlineData("cluster:7412", false)]
    [InlineData("node:7412", false)]
    [InlineData("[::1]:7412", false)]
    [InlineData(":7412", false)]
    [InlineData("no host\n:1", false)]
    public void ACertificateNamesItsHostsAndNoOthers(string address, bool named)
    {
        CertificateIdentity identity = ours.Identity("node", "10.0.0.7", "node-1.cluster");
        Assert.Equal(named, Certificates.Names(identity.Now.TargetCertificate, address));
    }

    [Fact]
    public void OnlyCertificatesOfOurAuthorityThatAreGoodNowAreBelieved()
    {
        Assert.True(Accepts(ours.Identity("a", "localhost").Now.TargetCertificate));
        Assert.False(Accepts(others.Identity("a", "localhost").Now.TargetCertificate));
        Assert.False(Accepts(null));
        (string path, _) = ours.Issue("old", ["localhost"], until: -1);
        using X509Certificate2 old = X509CertificateLoader.LoadCertificateFromFile(path);
        Assert.False(Accepts(old));
        Assert.False(ours.Trusted.AcceptServer(ours.Identity("b", "localhost").Now.TargetCertificate, null, SslPolicyErrors.RemoteCertificateNameMismatch));
    }

    [Fact]
    public void FilesThatAreReplacedCountWithinASecond()
    {
        ManualClock clock = new() { Start = TimeProvider.System.GetUtcNow() };
        (string certificate, string key) = ours.Issue("a", ["localhost"]);
        List<string> complaints = [];
        CertificateIdentity identity = new(certificate, key, clock) { Broken = complaints.Add };
        string before = identity.Now.TargetCertificate.Thumbprint;
        ours.Issue("b", ["localhost"]);
        File.Copy(ours.At("b.pem"), certificate, overwrite: true);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(before, identity.Now.TargetCertificate.Thumbprint); // Its key is not there yet.
        Assert.Contains("does not go with the key", Assert.Single(complaints), StringComparison.Ordinal);
        File.Copy(ours.At("b.key"), key, overwrite: true);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(before, identity.Now.TargetCertificate.Thumbprint);
        Assert.Single(complaints);

        TrustedAuthorities trusted = new(ours.Path, clock);
        X509Certificate2 foreign = others.Identity("x", "localhost").Now.TargetCertificate;
        Assert.False(trusted.AcceptClient(foreign, null));
        File.AppendAllText(ours.Path, "\n" + File.ReadAllText(others.Path));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(trusted.AcceptClient(foreign, null));
    }

    [Fact]
    public void FilesThatAreOfNoUseAreRefusedWithOneSentence()
    {
        (string certificate, string key) = ours.Issue("a", ["localhost"]);
        (string old, string oldKey) = ours.Issue("old", ["localhost"], until: -1);
        (_, string otherKey) = ours.Issue("b", ["localhost"]);
        Assert.Contains("does not go with the key", Refusal(certificate, otherKey), StringComparison.Ordinal);
        Assert.Contains("holds no certificate in PEM", Refusal(key, key), StringComparison.Ordinal);
        Assert.Contains("was good until", Refusal(old, oldKey), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Refusal(ours.At("none"), key), StringComparison.Ordinal);
        File.WriteAllText(certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Assert.Contains("cannot be read", Refusal(certificate, key), StringComparison.Ordinal);
    }

    private static string Refusal(string certificate, string key) =>
        Assert.Single(Assert.Throws<UserMistakeException>(() => new CertificateIdentity(certificate, key, TimeProvider.System)).Mistakes).Message;

    private bool Accepts(X509Certificate2? certificate)
    {
        bool asServer = ours.Trusted.AcceptServer(certificate, null, SslPolicyErrors.RemoteCertificateChainErrors);
        Assert.Equal(asServer, ours.Trusted.AcceptClient(certificate, null));
        return asServer;
    }
}

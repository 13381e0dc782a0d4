using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BrainSim.Node.Tls;
using BrainSim.Tests.Engine.Documents;

namespace BrainSim.Tests.Node.Tls;

/// <summary>An authority that certifies whom a test wants, with its files in a folder of its own.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 root;
    private int issued;

    public TestAuthority(string name = "test authority")
    {
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        root = request.CreateSelfSigned(Now.AddDays(-2), Now.AddDays(2));
        File.WriteAllText(Path, root.ExportCertificatePem());
    }

    /// <summary>Of the authority's own certificate.</summary>
    public string Path => folder.At("ca.pem");

    public TrustedAuthorities Trusted => new(Path, TimeProvider.System);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public string At(string name) => folder.At(name);

    /// <summary>Writes NAME.pem and NAME.key.</summary>
    /// <param name="hosts">DNS names and addresses that the certificate names.</param>
    /// <param name="until">Days from now on that it is good; negative where it was.</param>
    public (string Certificate, string Key) Issue(string name, string[] hosts, double until = 1)
    {
        using ECDsa own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", own, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        foreach (string host in hosts)
        {
            if (IPAddress.TryParse(host, out IPAddress? address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using X509Certificate2 certificate = request.Create(root, Now.AddDays(-1.9), Now.AddDays(until), [1, (byte)(issued >> 8), (byte)issued++]);
        File.WriteAllText(folder.At($"{name}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(folder.At($"{name}.key"), own.ExportPkcs8PrivateKeyPem());
        return (folder.At($"{name}.pem"), folder.At($"{name}.key"));
    }

    public CertificateIdentity Identity(string name, params string[] hosts)
    {
        (string certificate, string secret) = Issue(name, hosts);
        return new CertificateIdentity(certificate, secret, TimeProvider.System);
    }

    public void Dispose()
    {
        root.Dispose();
        key.Dispose();
        folder.Dispose();
    }
}

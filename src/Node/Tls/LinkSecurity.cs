using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace BrainSim.Node.Tls;

/// <summary>TLS between nodes: both ends show certificates of the same authorities. Made anew for every connection, so that files which were replaced count from then on.</summary>
public sealed class LinkSecurity(CertificateIdentity identity, TrustedAuthorities authorities)
{
    public CertificateIdentity Identity => identity;

    public TrustedAuthorities Authorities => authorities;

    /// <summary>For the end that is called.</summary>
    public SslServerAuthenticationOptions ForCalled() => new()
    {
        ServerCertificateContext = identity.Now, ClientCertificateRequired = true, EnabledSslProtocols = TlsVersions,
        RemoteCertificateValidationCallback = (_, certificate, chain, _) => authorities.AcceptClient(certificate, chain),
    };

    /// <summary>For the end that calls.</summary>
    /// <param name="host">What the other's certificate must name.</param>
    public SslClientAuthenticationOptions ForCaller(string host) => new()
    {
        TargetHost = host, ClientCertificateContext = identity.Now, EnabledSslProtocols = TlsVersions, CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => authorities.AcceptServer(certificate, chain, errors),
    };

    public const SslProtocols TlsVersions = SslProtocols.Tls12 | SslProtocols.Tls13;
}

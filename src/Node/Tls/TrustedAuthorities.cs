using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BrainSim.Engine.Units;

namespace BrainSim.Node.Tls;

/// <summary>Whose certificates are believed, and nobody else's: those in a file, as it says at the moment. Any thread may use it.</summary>
public sealed class TrustedAuthorities
{
    /// <summary>Extended key usages. Source: RFC 5280, 4.2.1.12.</summary>
    private static readonly Oid OfServers = new("1.3.6.1.5.5.7.3.1"), OfClients = new("1.3.6.1.5.5.7.3.2");

    private readonly FreshFiles<X509Certificate2Collection> file;

    /// <param name="path">Of PEM.</param>
    /// <exception cref="UserMistakeException">The file cannot be used.</exception>
    public TrustedAuthorities(string path, TimeProvider clock) =>
        file = new FreshFiles<X509Certificate2Collection>([path], content => Certificates.Read(path, content[0]), clock);

    /// <summary>Told what is wrong with a file that took the place of a good one.</summary>
    public Action<string> Broken
    {
        set => file.Broken = value;
    }

    /// <summary>What is wrong with the file as it is now; null for nothing.</summary>
    public string? Complaint => file.Complaint;

    /// <summary>Whether a server is the one that was called: certified by these, and named.</summary>
    public bool AcceptServer(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors) =>
        !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && Certify(certificate, presented, OfServers);

    public bool AcceptClient(X509Certificate? certificate, X509Chain? presented) => Certify(certificate, presented, OfClients);

    /// <param name="presented">For the certificates that came along.</param>
    private bool Certify(X509Certificate? certificate, X509Chain? presented, Oid usage)
    {
        if (certificate is not X509Certificate2 known)
        {
            return false;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(file.Now);
        chain.ChainPolicy.ExtraStore.AddRange(presented?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.ApplicationPolicy.Add(usage);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // Certificates of a cluster live shortly; its authority seldom has a list.
        chain.ChainPolicy.DisableCertificateDownloads = true; // Nobody outside may make this process open connections.
        return chain.Build(known);
    }
}

using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BrainSim.Engine.Units;

namespace BrainSim.Node.Tls;

/// <summary>What a process shows of itself: a certificate, those between it and its authority where the file has them, and its key, as the files say at the moment. Any thread may use it.</summary>
public sealed class CertificateIdentity
{
    private readonly FreshFiles<SslStreamCertificateContext> files;

    /// <param name="certificate">Path of PEM; the process's own comes first.</param>
    /// <param name="key">Path of PEM, without a password.</param>
    /// <exception cref="UserMistakeException">The files cannot be used, or the certificate's time is over.</exception>
    public CertificateIdentity(string certificate, string key, TimeProvider clock) =>
        files = new FreshFiles<SslStreamCertificateContext>([certificate, key], content => Read(certificate, content[0], key, content[1], clock), clock);

    /// <summary>Told what is wrong with files that took the place of good ones.</summary>
    public Action<string> Broken
    {
        set => files.Broken = value;
    }

    /// <summary>What is wrong with the files as they are now; null for nothing.</summary>
    public string? Complaint => files.Complaint;

    public SslStreamCertificateContext Now => files.Now;

    private static SslStreamCertificateContext Read(string path, byte[] pem, string keyPath, byte[] keyPem, TimeProvider clock)
    {
        X509Certificate2Collection all = Certificates.Read(path, pem);
        X509Certificate2 own;
        try
        {
            own = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(pem), Encoding.UTF8.GetString(keyPem));
        }
        catch (Exception problem) when (problem is CryptographicException or ArgumentException)
        {
            throw Certificates.Mistake(path, $"does not go with the key in {keyPath} ({problem.Message.TrimEnd('.')}); name the key that it was made for, in PEM and without a password.");
        }

        if (own.NotAfter.ToUniversalTime() < clock.GetUtcNow().UtcDateTime)
        {
            throw Certificates.Mistake(path, $"was good until {own.NotAfter.ToUniversalTime():yyyy-MM-dd}; get a new certificate.");
        }

        all.RemoveAt(0);
        return SslStreamCertificateContext.Create(own, all, offline: true);
    }
}

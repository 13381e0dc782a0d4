using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BrainSim.Engine.Units;

namespace BrainSim.Node.Tls;

/// <summary>Certificates in PEM, and whom they name.</summary>
public static class Certificates
{
    /// <summary>Whether a certificate names the host of an address HOST:PORT, by its subject's alternative names; a common name does not count.</summary>
    public static bool Names(X509Certificate2 certificate, string address)
    {
        int colon = address.LastIndexOf(':');
        string host = (colon < 0 ? address : address[..colon]).Trim('[', ']');
        return Uri.CheckHostName(host) != UriHostNameType.Unknown && certificate.MatchesHostname(host, allowCommonName: false);
    }

    /// <exception cref="UserMistakeException">There is none in the text.</exception>
    internal static X509Certificate2Collection Read(string path, byte[] pem)
    {
        X509Certificate2Collection found = [];
        try
        {
            found.ImportFromPem(Encoding.UTF8.GetString(pem));
        }
        catch (CryptographicException problem)
        {
            throw Mistake(path, $"holds a certificate that cannot be read ({problem.Message.TrimEnd('.')}); write it again, in PEM.");
        }

        return found.Count > 0 ? found : throw Mistake(path, "holds no certificate in PEM; it has to begin with -----BEGIN CERTIFICATE-----.");
    }

    internal static UserMistakeException Mistake(string path, string message) => new(new Place(path, 0, 0, ""), message);
}

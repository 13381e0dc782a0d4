using BrainSim.Engine.Units;
using BrainSim.Node.Tls;

namespace BrainSim.Coordinator.Access;

/// <summary>How a coordinator knows who speaks with it, and how it is known.</summary>
/// <param name="Tokens">Null for none: whoever reaches the coordinator may do everything.</param>
/// <param name="Identity">Null for plain HTTP.</param>
/// <param name="NodeAuthorities">Nodes must show a certificate of these; null where a token is enough.</param>
/// <param name="TlsElsewhere">Something in front ends TLS.</param>
public sealed record CoordinatorSecurity(Tokens? Tokens = null, CertificateIdentity? Identity = null, TrustedAuthorities? NodeAuthorities = null, bool TlsElsewhere = false)
{
    public static CoordinatorSecurity None { get; } = new();

    /// <summary>Told what is wrong with files that took the place of good ones.</summary>
    public Action<string> Broken
    {
        set
        {
            Tokens?.Broken = value;
            Identity?.Broken = value;
            NodeAuthorities?.Broken = value;
        }
    }

    /// <summary>What is wrong with its files as they are now, one sentence for each.</summary>
    public IEnumerable<string> Complaints => ((string?[])[Tokens?.Complaint, Identity?.Complaint, NodeAuthorities?.Complaint]).OfType<string>();

    /// <exception cref="UserMistakeException">Strangers could come in, or what is given does not fit together.</exception>
    public void Check(Uri listen)
    {
        string address = listen.GetLeftPart(UriPartial.Authority);
        bool isOpen = !Loopback.Is(listen.Host);
        if (isOpen && (Tokens is null || (Identity is null && !TlsElsewhere)))
        {
            string tokens = Tokens is null ? "--tokens FILE (its lines are made by 'brainsim token')" : "";
            string tls = Identity is null && !TlsElsewhere ? "--certificate and --key, or --no-tls where something in front of it ends TLS" : "";
            throw Mistake(address, $"is reached from other machines; give {string.Join(", and ", ((string[])[tokens, tls]).Where(need => need.Length > 0))}.");
        }

        if (Identity is not null && TlsElsewhere)
        {
            throw Mistake(address, "is to have a certificate and, by --no-tls, none; leave out one of them.");
        }

        if ((Identity is not null) != (listen.Scheme == Uri.UriSchemeHttps))
        {
            throw Mistake(address, Identity is null ? "needs --certificate and --key; or write http://." : "has a certificate; write --listen https://HOST:PORT.");
        }

        if (NodeAuthorities is not null && Identity is null)
        {
            throw Mistake(address, "can see certificates of nodes only where it has its own; give --certificate and --key with --node-ca.");
        }
    }

    private static UserMistakeException Mistake(string listen, string message) => new(new Place("--listen", 0, 0, listen), message);
}

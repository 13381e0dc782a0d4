using System.CommandLine;
using System.Net;
using BrainSim.Engine.Units;
using BrainSim.Node.Tls;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>What <c>node</c> takes about TLS between nodes.</summary>
internal sealed class NodeSecurityOptions
{
    private readonly CertificateOptions certificate = new();
    private readonly Option<bool> noTls = new("--no-tls") { Description = "Beyond this machine, but spikes go in clear: the network between the nodes is trusted." };

    public void AddTo(Command command)
    {
        certificate.AddTo(command);
        command.Options.Add(noTls);
    }

    /// <param name="authorities">Who certifies other nodes; null where none is named.</param>
    /// <returns>Null where spikes go in clear.</returns>
    /// <exception cref="UserMistakeException">Strangers could come in, or what is given does not fit together.</exception>
    public LinkSecurity? Choose(ParseResult parsed, IPEndPoint listen, TrustedAuthorities? authorities)
    {
        CertificateIdentity? identity = certificate.Identity(parsed);
        bool inClear = parsed.GetValue(noTls);
        return (identity, authorities, inClear) switch
        {
            (not null, _, true) => throw Mistake("a node shows a certificate or, by --no-tls, none; leave out one of them."),
            (not null, null, _) => throw Mistake("a node with a certificate must know whose certificates to believe; name the file of their authority with --ca."),
            ({ } own, { } theirs, _) => new LinkSecurity(own, theirs),
            (null, _, false) when !IPAddress.IsLoopback(listen.Address) =>
                throw Mistake($"{listen} is reached from other machines; give --certificate, --key and --ca, or --no-tls where the network between the nodes is trusted."),
            _ => null,
        };
    }

    private static UserMistakeException Mistake(string message) => new(new Place("node", 0, 0, ""), message);
}

namespace BrainSim.Node.Hosting;

/// <summary>The coordinator lets the node not in.</summary>
/// <param name="status">Of HTTP: 401 where its token is missing, unknown or too old, 403 where the token or the certificate is not one of a node.</param>
public sealed class NoEntryException(int status) : Exception(status == 401
    ? "the coordinator lets this node not in without a good token; 'brainsim token --role node' makes one, and 'brainsim node --help' says where it is taken from."
    : "the coordinator lets this node not in with that token or certificate; its token must have the role node, and it may have to show a certificate (--certificate, --key, --ca).");

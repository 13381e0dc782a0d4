using System.Net;

namespace BrainSim.Node.Tls;

/// <summary>Whether a name or an address is of this machine only.</summary>
public static class Loopback
{
    public static bool Is(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}

using System.Globalization;

namespace BrainSim.Contracts;

/// <summary>What nodes and coordinator call each other's ends by.</summary>
public static class Addresses
{
    /// <summary>Answers 200 while the process need not be started again.</summary>
    public const string Alive = "/healthz";

    /// <summary>Answers 200 while the process can be given work.</summary>
    public const string Ready = "/readyz";

    /// <summary>Of the hub, below the coordinator's address.</summary>
    public const string Control = "cluster/v1/control";

    /// <summary>The hub's method that nodes call with a <see cref="ToCoordinator"/>.</summary>
    public const string Tell = "Tell";

    /// <summary>The nodes' method that the hub calls with a <see cref="ToNode"/>.</summary>
    public const string Hear = "Hear";

    /// <summary>Whether a text is an address at which nodes reach each other: HOST:PORT, and nothing that could mean something else where it is written or used.</summary>
    public static bool IsPeer(string text)
    {
        const int mostCharacters = 255;
        int colon = text.LastIndexOf(':');
        return colon > 0 && text.Length <= mostCharacters && Uri.CheckHostName(text[..colon]) != UriHostNameType.Unknown
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0;
    }
}

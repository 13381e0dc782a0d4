using System.Globalization;
using System.Net;
using BrainSim.Engine.Units;

namespace BrainSim.Node.Hosting;

/// <summary>Where other nodes reach a node, when that is not where it listens.</summary>
/// <param name="Host">A name, or an IP address (of version 6 in brackets); at most <see cref="MostCharacters"/>.</param>
/// <param name="Port">1 to 65535; null for the one that is listened to.</param>
public sealed record AdvertisedAddress(string Host, int? Port)
{
    /// <summary>As of a name in DNS, and little enough for the greeting between nodes.</summary>
    public const int MostCharacters = 240;

    /// <param name="text">HOST or HOST:PORT.</param>
    /// <exception cref="UserMistakeException">It is neither, or no single machine has that address.</exception>
    public static AdvertisedAddress Parse(string text)
    {
        int colon = text.LastIndexOf(':') is var last && last > text.LastIndexOf(']') ? last : -1;
        string host = colon < 0 ? text : text[..colon];
        int port = 0;
        bool fits = colon < 0 || (int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= IPEndPoint.MaxPort);
        return fits && NamesOneMachine(host)
            ? new AdvertisedAddress(host, colon < 0 ? null : port)
            : throw new UserMistakeException(new Place("--advertise", 0, 0, ""), $"'{text}' is no address at which other nodes could reach this one; write HOST or HOST:PORT, such as 10.0.0.7 or node-1.lab:7412.");
    }

    /// <param name="port">That is listened to.</param>
    public string At(int port) => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port ?? port}");

    private static bool NamesOneMachine(string host) => host.Length <= MostCharacters && Uri.CheckHostName(host) switch
    {
        UriHostNameType.Dns => true,
        UriHostNameType.IPv4 => !IPAddress.Parse(host).Equals(IPAddress.Any),
        UriHostNameType.IPv6 => host.StartsWith('[') && !IPAddress.Parse(host).Equals(IPAddress.IPv6Any),
        _ => false,
    };
}

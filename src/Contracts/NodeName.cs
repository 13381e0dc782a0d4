using System.Security.Cryptography;
using System.Text;

namespace BrainSim.Contracts;

/// <summary>
/// What a node is called, and the key that proves it. A name ends with a hash of the key, and only the process that drew the key has it: it shows both to the coordinator with every line and
/// request, so that nobody else can say that it is this node, and the coordinator need remember nothing.
/// </summary>
/// <param name="Text">Unlike that of any other process, ever; begins with the host, for people.</param>
/// <param name="Key">Known to this process, and shown to its coordinator.</param>
public sealed record NodeName(string Text, string Key)
{
    /// <summary>Of HTTP: the name, a space, the key.</summary>
    public const string Header = "Brainsim-Node";

    private const int MostHost = 128, KeyBytes = 32, HashCharacters = 32;

    public string HeaderValue => $"{Text} {Key}";

    public static NodeName Draw(string host)
    {
        string key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        string plain = string.Concat(host.Take(MostHost).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '-'));
        return new NodeName($"{plain}-{HashOf(key)}", key);
    }

    /// <returns>The name that a header proves; null where it proves none.</returns>
    public static string? Proven(string? header)
    {
        string[] parts = header?.Split(' ') ?? [];
        return parts is [{ Length: <= MostHost + 1 + HashCharacters } name, { Length: 2 * KeyBytes } key] && name.EndsWith($"-{HashOf(key)}", StringComparison.Ordinal) ? name : null;
    }

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..HashCharacters];

    /// <summary>Without the key, which is for the coordinator alone.</summary>
    public override string ToString() => Text;
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BrainSim.Coordinator.Access;

/// <summary>What the coordinator keeps of a token: never the token itself.</summary>
/// <param name="Name">For the log: letters, digits, <c>. _ -</c>.</param>
/// <param name="Hash">SHA-256 of the token; it has 256 random bits, so nothing slower is needed.</param>
/// <param name="Until">Its last day, UTC; null for no end.</param>
public sealed record AccessToken(string Name, Role Role, byte[] Hash, DateOnly? Until)
{
    public const int MostCharacters = 512;

    private const string Prefix = "bsim_";

    private const string HashPrefix = "sha256:";

    /// <summary>A new random token, to be shown once.</summary>
    public static string Draw() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static AccessToken Of(string token, string name, Role role, DateOnly? until) => new(name, role, HashOf(token), until);

    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Whether a text could be a token at all: what an HTTP header can carry.</summary>
    public static bool IsPossible(string token) =>
        token.Length is >= 1 and <= MostCharacters && token.All(c => char.IsAsciiLetterOrDigit(c) || "-._~+/=".Contains(c, StringComparison.Ordinal));

    public static bool IsName(string name) => name.Length is >= 1 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || "-._".Contains(c, StringComparison.Ordinal));

    public static DateOnly? Day(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day : null;

    /// <returns>Null where the text is no hash.</returns>
    public static byte[]? ReadHash(string text) =>
        text.StartsWith(HashPrefix, StringComparison.Ordinal) && text.Length == HashPrefix.Length + (2 * SHA256.HashSizeInBytes) && text.AsSpan(HashPrefix.Length).IndexOfAnyExcept("0123456789abcdefABCDEF") < 0
            ? Convert.FromHexString(text.AsSpan(HashPrefix.Length))
            : null;

    /// <summary>As a line of the tokens file.</summary>
    public override string ToString() =>
        $"{Name} {Role.Word()} {HashPrefix}{Convert.ToHexStringLower(Hash)}{(Until is { } day ? $" until {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "")}";
}

using System.Text;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.Access;

/// <summary>The text of a tokens file: lines <c>name role sha256:HEX [until YYYY-MM-DD]</c>, and comments after <c>#</c>. One name may have several tokens, so that one can take over from another.</summary>
internal static class TokensFile
{
    private const string Form = "write NAME ROLE sha256:HEX, and until YYYY-MM-DD where it ends; 'brainsim token' makes such lines";

    /// <returns>None where the text has none: then nobody may come in.</returns>
    /// <exception cref="UserMistakeException">With every mistake in the text.</exception>
    public static IReadOnlyList<AccessToken> Read(string path, byte[] content)
    {
        Mistakes mistakes = new();
        List<AccessToken> tokens = [];
        string[] lines = Encoding.UTF8.GetString(content).Split('\n');
        for (int line = 0; line < lines.Length; line++)
        {
            Place place = new(path, line + 1, 1, "");
            string[] words = lines[line].Split('#')[0].Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0 && Token(words, place, mistakes) is { } token)
            {
                tokens.Add(token);
            }
        }

        return mistakes.Any ? throw new UserMistakeException([.. mistakes.Found]) : tokens;
    }

    /// <summary>Messages never repeat what stands where a hash should: it may be a token.</summary>
    private static AccessToken? Token(string[] words, Place place, Mistakes mistakes)
    {
        DateOnly? until = words is [_, _, _, "until", var day] ? AccessToken.Day(day) : null;
        if (words.Length is not (3 or 5) || (words.Length == 5 && until is null))
        {
            mistakes.Add(place, $"this line is none of a token; {Form}");
            return null;
        }

        Role? role = Roles.Of(words[1]);
        byte[]? hash = AccessToken.ReadHash(words[2]);
        if (!AccessToken.IsName(words[0]))
        {
            mistakes.Add(place, "a token's name has 1 to 64 letters, digits, dots, hyphens and underscores");
        }
        else if (role is null)
        {
            mistakes.Add(place, $"a token's role is one of {string.Join(", ", Roles.Words)}");
        }
        else if (hash is null)
        {
            mistakes.Add(place, $"the third word is no SHA-256; {Form}");
        }
        else
        {
            return new AccessToken(words[0], role.Value, hash, until);
        }

        return null;
    }
}

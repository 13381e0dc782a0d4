using System.Security.Cryptography;
using BrainSim.Engine.Units;
using BrainSim.Node.Tls;

namespace BrainSim.Coordinator.Access;

/// <summary>Who may come in, as the tokens file says at the moment. Any thread may use it.</summary>
public sealed class Tokens
{
    private readonly TimeProvider clock;
    private readonly FreshFiles<IReadOnlyList<AccessToken>> file;

    /// <exception cref="UserMistakeException">The file cannot be used, or holds no token yet. One that is emptied later means that nobody may come in any more.</exception>
    public Tokens(string path, TimeProvider clock)
    {
        this.clock = clock;
        file = new FreshFiles<IReadOnlyList<AccessToken>>([path], content => TokensFile.Read(path, content[0]), clock);
        if (file.Now.Count == 0)
        {
            throw new UserMistakeException(new Place(path, 0, 0, ""), "holds no token, so that nobody could come in; make one with 'brainsim token'.");
        }
    }

    /// <summary>Told what is wrong with a file that took the place of a good one.</summary>
    public Action<string> Broken
    {
        set => file.Broken = value;
    }

    /// <summary>What is wrong with the file as it is now; null for nothing.</summary>
    public string? Complaint => file.Complaint;

    /// <param name="presented">What the client sent; null for nothing.</param>
    /// <exception cref="AccessException">It opens nothing.</exception>
    public AccessToken Find(string? presented)
    {
        if (presented is null)
        {
            throw AccessException.Unknown("this coordinator asks for a token, and none came");
        }

        AccessToken token = Known(presented) ?? throw AccessException.Unknown("this coordinator does not know the token that came");
        return token.Until is { } day && DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime) > day
            ? throw AccessException.Unknown($"the token '{token.Name}' was good until {day:yyyy-MM-dd}")
            : token;
    }

    /// <summary>Every hash is compared whole, so that the time says nothing of how near a guess was. Of the same token twice, the last line counts.</summary>
    private AccessToken? Known(string presented)
    {
        Span<byte> hash = AccessToken.HashOf(presented);
        AccessToken? found = null;
        foreach (AccessToken token in file.Now)
        {
            found = CryptographicOperations.FixedTimeEquals(hash, token.Hash) ? token : found;
        }

        return found;
    }
}

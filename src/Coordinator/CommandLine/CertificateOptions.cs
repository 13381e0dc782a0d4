using System.CommandLine;
using BrainSim.Engine.Units;
using BrainSim.Node.Tls;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>What a process shows of itself: what <c>coordinator</c> and <c>node</c> both take.</summary>
internal sealed class CertificateOptions
{
    private readonly Option<string?> certificate = new("--certificate") { Description = "Shown to whoever connects, for TLS. Read again when it changes.", HelpName = "PEM" };
    private readonly Option<string?> key = new("--key") { Description = "Of the certificate.", HelpName = "PEM" };

    public void AddTo(Command command)
    {
        command.Options.Add(certificate);
        command.Options.Add(key);
    }

    /// <returns>Null where none is given.</returns>
    /// <exception cref="UserMistakeException">One comes without the other, or a file cannot be used.</exception>
    public CertificateIdentity? Identity(ParseResult parsed) => (parsed.GetValue(certificate), parsed.GetValue(key)) switch
    {
        (null, null) => null,
        ({ } own, { } secret) => new CertificateIdentity(own, secret, TimeProvider.System),
        (null, _) => throw Lonely(key, certificate),
        _ => throw Lonely(certificate, key),
    };

    private static UserMistakeException Lonely(Option given, Option missing) => new(new Place(given.Name, 0, 0, ""), $"is of no use alone; give {missing.Name} too.");
}

using System.CommandLine;
using BrainSim.Coordinator.Access;
using BrainSim.Engine.Units;
using BrainSim.Node.Tls;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>What <c>coordinator</c> takes about who may come in.</summary>
internal sealed class CoordinatorSecurityOptions
{
    private readonly Option<string?> tokens = new("--tokens") { Description = "Who may come in: lines as of 'brainsim token'. Read again when it changes.", HelpName = "FILE" };
    private readonly CertificateOptions certificate = new();
    private readonly Option<string?> nodeAuthorities = new("--node-ca") { Description = "Nodes must show a certificate of these authorities.", HelpName = "PEM" };
    private readonly Option<bool> noTls = new("--no-tls") { Description = "Beyond this machine, but without TLS: something in front of the coordinator ends it." };

    public void AddTo(Command command)
    {
        command.Options.Add(tokens);
        certificate.AddTo(command);
        command.Options.Add(nodeAuthorities);
        command.Options.Add(noTls);
    }

    /// <exception cref="UserMistakeException">A file cannot be used.</exception>
    public CoordinatorSecurity Choose(ParseResult parsed) => new(
        parsed.GetValue(tokens) is { } file ? new Tokens(file, TimeProvider.System) : null,
        certificate.Identity(parsed),
        parsed.GetValue(nodeAuthorities) is { } pem ? new TrustedAuthorities(pem, TimeProvider.System) : null,
        parsed.GetValue(noTls));
}

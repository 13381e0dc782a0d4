using BrainSim.Coordinator.Access;
using BrainSim.Tests.Engine.Documents;

namespace BrainSim.Tests.Coordinator.Access;

/// <summary>A tokens file with one token of each role, and one whose time is over.</summary>
internal sealed class TestTokens : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TestTokens()
    {
        AccessToken[] all =
        [
            AccessToken.Of(Reader, "reader", Role.Read, null), AccessToken.Of(Submitter, "submitter", Role.Submit, new DateOnly(9999, 12, 31)),
            AccessToken.Of(Node, "node-1", Role.Node, null), AccessToken.Of(Expired, "former", Role.Submit, new DateOnly(2020, 1, 1)),
        ];
        File.WriteAllLines(Path, all.Select(token => token.ToString()));
        Security = new CoordinatorSecurity(new Tokens(Path, TimeProvider.System));
    }

    public string Path => folder.At("tokens");

    public string Reader { get; } = AccessToken.Draw();

    public string Submitter { get; } = AccessToken.Draw();

    public string Node { get; } = AccessToken.Draw();

    public string Expired { get; } = AccessToken.Draw();

    public IEnumerable<string> All => [Reader, Submitter, Node, Expired];

    public CoordinatorSecurity Security { get; }

    /// <param name="who">reader, submitter, node, expired, wrong or nobody.</param>
    public string? Of(string who) => who switch
    {
        "reader" => Reader, "submitter" => Submitter, "node" => Node, "expired" => Expired, "wrong" => AccessToken.Draw(), _ => null,
    };

    public void Dispose() => folder.Dispose();
}

using BrainSim.Coordinator.Access;
using BrainSim.Coordinator.Service;
using BrainSim.Tests.Coordinator.Access;
using BrainSim.Tests.Node.Tls;
using Xunit;

namespace BrainSim.Tests.Coordinator;

/// <summary>Nothing listens beyond this machine without having been told who may come in.</summary>
public sealed class SecurityOptionTests : IDisposable
{
    private readonly Brainsim brainsim = new();
    private readonly TestTokens tokens = new();
    private readonly TestAuthority authority = new();

    public void Dispose()
    {
        brainsim.Dispose();
        tokens.Dispose();
        authority.Dispose();
    }

    [Theory]
    [InlineData("http://0.0.0.0:7411: is reached from other machines; give --tokens FILE (its lines are made by 'brainsim token'), and --certificate and --key, or --no-tls where", "coordinator --data d --listen http://0.0.0.0:7411")]
    [InlineData("is reached from other machines; give --certificate and --key, or --no-tls where", "coordinator --data d --listen http://10.0.0.7:7411 --tokens TOKENS")]
    [InlineData("is reached from other machines; give --tokens FILE (its lines are made by 'brainsim token').", "coordinator --data d --listen http://some-host:7411 --no-tls")]
    [InlineData("is reached from other machines; give --tokens FILE (its lines are made by 'brainsim token').", "coordinator --data d --listen https://[::]:7411 --certificate CERT --key KEY")]
    [InlineData("needs --certificate and --key; or write http://", "coordinator --data d --listen https://127.0.0.1:0")]
    [InlineData("has a certificate; write --listen https://HOST:PORT", "coordinator --data d --certificate CERT --key KEY")]
    [InlineData("--certificate: is of no use alone; give --key too", "coordinator --data d --certificate CERT")]
    [InlineData("--key: is of no use alone; give --certificate too", "node --key KEY")]
    [InlineData("leave out one of them", "coordinator --data d --listen https://127.0.0.1:0 --certificate CERT --key KEY --no-tls")]
    [InlineData("give --certificate and --key with --node-ca", "coordinator --data d --listen http://127.0.0.1:0 --node-ca CA")]
    [InlineData("nothing.pem: cannot be read", "coordinator --data d --certificate nothing.pem --key KEY")]
    [InlineData("nothing: cannot be read", "coordinator --data d --tokens nothing")]
    [InlineData("10.0.0.7:7412 is reached from other machines; give --certificate, --key and --ca, or --no-tls where", "node --listen 10.0.0.7:7412")]
    [InlineData("name the file of their authority with --ca", "node --certificate CERT --key KEY")]
    [InlineData("leave out one of them", "node --certificate CERT --key KEY --ca CA --no-tls")]
    [InlineData("holds no certificate in PEM", "runs --ca KEY")]
    public void AMistakeIsOneSentence(string sentence, string line)
    {
        (string certificate, string key) = authority.Issue("own", ["127.0.0.1"]);
        Brainsim.Ended ended = brainsim.Run([.. line.Split(' ').Select(word => word switch { "TOKENS" => tokens.Path, "CERT" => certificate, "KEY" => key, "CA" => authority.Path, _ => word })]);
        Assert.Equal((2, ""), (ended.Code, ended.Output));
        Assert.Contains(sentence, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BeyondThisMachineTokensAndTlsElsewhereAreEnough()
    {
        await using ClusterHost host = await ClusterHost.Start("http://0.0.0.0:0", brainsim.At("data"), TimeProvider.System, _ => { }, tokens.Security with { TlsElsewhere = true });
        Assert.NotEqual(0, host.Address.Port);
    }
}

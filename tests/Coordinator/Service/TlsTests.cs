using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Access;
using BrainSim.Coordinator.Remote;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Node.Hosting;
using BrainSim.Node.Tls;
using BrainSim.Tests.Coordinator.Access;
using BrainSim.Tests.Node.Tls;
using Microsoft.Extensions.Logging;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>Coordinator, nodes and clients that show each other certificates, and those that show wrong ones.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestAuthority ours = new(), others = new("another authority");
    private readonly TestTokens tokens = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        ours.Dispose();
        others.Dispose();
        tokens.Dispose();
    }

    [Fact]
    public async Task ARunOverTlsComesToTheSameBits()
    {
        await using TestCluster cluster = await Start();
        await StartNode(cluster, "node-1");
        await StartNode(cluster, "node-2");
        using CoordinatorClient client = new(cluster.Address, tokens.Submitter, ours.Trusted);
        RunView end = await client.Follow(await Submit(client, shards: 2), _ => { });
        Assert.Equal((RunState.Done, HashHere), (end.State, end.StateHash));
    }

    [Fact]
    public async Task WhoTrustsAnotherAuthorityDoesNotSpeakWithTheCoordinator()
    {
        await using TestCluster cluster = await Start();
        foreach (TrustedAuthorities? trusted in (TrustedAuthorities?[])[null, others.Trusted])
        {
            using CoordinatorClient client = new(cluster.Address, tokens.Submitter, trusted);
            UserMistakeException problem = await Assert.ThrowsAsync<UserMistakeException>(client.Runs);
            Assert.Contains("name the file of its authority with --ca or BRAINSIM_CA", problem.Message, StringComparison.Ordinal);
        }

        using CoordinatorClient byName = new(cluster.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), tokens.Submitter, ours.Trusted);
        Assert.Contains("names this address", (await Assert.ThrowsAsync<UserMistakeException>(byName.Runs)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ANodeMustShowACertificateOfTheRightAuthorityToTheCoordinator()
    {
        await using TestCluster cluster = await Start();
        NodeHost bare = await cluster.StartNode(options => options with { Token = () => tokens.Node, Authorities = ours.Trusted });
        UserMistakeException problem = await Assert.ThrowsAsync<UserMistakeException>(() => bare.Ended.WaitAsync(Brainsim.Patience, Cancellation));
        Assert.Contains("it may have to show a certificate", problem.Message, StringComparison.Ordinal);

        LinkSecurity foreign = new(others.Identity("node-x", "127.0.0.1"), ours.Trusted);
        await cluster.StartNode(options => options with { Token = () => tokens.Node, Authorities = ours.Trusted, Links = foreign });
        await cluster.Log.Until(line => line.Contains("the coordinator is not reached", StringComparison.Ordinal));
        using CoordinatorClient client = new(cluster.Address, tokens.Reader, ours.Trusted);
        Assert.Empty(await client.Nodes());
    }

    [Fact]
    public async Task ANodeThatSaysAnotherAddressThanItsCertificateIsNotHeard()
    {
        await using TestCluster cluster = await Start();
        LinkSecurity liar = new(ours.Identity("liar", "10.9.8.7"), ours.Trusted);
        await cluster.StartNode(options => options with { Token = () => tokens.Node, Authorities = ours.Trusted, Links = liar });
        using CoordinatorClient client = new(cluster.Address, tokens.Submitter, ours.Trusted);
        long run = await Submit(client, shards: 1);
        await cluster.Log.Until(line => line.Contains("which its certificate (liar) does not name", StringComparison.Ordinal));
        Assert.Empty(await client.Nodes());
        await StartNode(cluster, "honest");
        Assert.Equal(HashHere, (await client.Follow(run, _ => { })).StateHash);
    }

    [Fact]
    public async Task ANodeTakesNoSpikesFromWhomItDoesNotKnow()
    {
        await using TestCluster cluster = await Start();
        NodeHost node = await StartNode(cluster, "node-1");
        Assert.False(await Greets(node, null, "127.0.0.1:7"));
        Assert.False(await Greets(node, others.Identity("x", "127.0.0.1").Now, "127.0.0.1:7"));
        (string path, string key) = ours.Issue("old", ["127.0.0.1"], until: -1);
        using X509Certificate2 old = X509Certificate2.CreateFromPemFile(path, key);
        Assert.False(await Greets(node, SslStreamCertificateContext.Create(old, null, offline: true), "127.0.0.1:7"));
        Assert.DoesNotContain(cluster.Log.From(LogLevel.Warning), line => line.Contains("says that it is", StringComparison.Ordinal));

        Assert.False(await Greets(node, ours.Identity("liar", "10.9.8.7").Now, "127.0.0.1:7"));
        await cluster.Log.Until(line => line.Contains("says that it is 127.0.0.1:7, which its certificate does not name", StringComparison.Ordinal));
        Assert.True(await Greets(node, ours.Identity("honest", "127.0.0.1").Now, "127.0.0.1:7"));
    }

    private async Task<TestCluster> Start() =>
        await TestCluster.Start(security: tokens.Security with { Identity = ours.Identity("coordinator", "127.0.0.1"), NodeAuthorities = ours.Trusted });

    private Task<NodeHost> StartNode(TestCluster cluster, string name) => cluster.StartNode(options => options with
    {
        Token = () => tokens.Node, Authorities = ours.Trusted, Links = new LinkSecurity(ours.Identity(name, "127.0.0.1"), ours.Trusted),
    });

    private static async Task<long> Submit(CoordinatorClient client, int shards)
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, Networks.Small, Cancellation);
            SubmitRequest request = new("k", "", "net.yaml", new Dictionary<string, string> { ["net.yaml"] = TestCluster.HashOf(Networks.Small) }, [], shards, 0);
            return (await client.Submit(request, new Dictionary<string, string> { ["net.yaml"] = path })).Run;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string HashHere
    {
        get
        {
            using SerialRun here = new SerialRun(CompiledNetwork.Of(NetworkReader.ReadText("small", Networks.Small, ".", []))).Run();
            return here.StateHash;
        }
    }

    /// <summary>Opens a connection as another node would, and sees whether it stays open: half a frame is waited for, where nothing else has closed it.</summary>
    private static async Task<bool> Greets(NodeHost node, SslStreamCertificateContext? shown, string claim)
    {
        Uri address = new($"tcp://{node.Address}");
        using TcpClient client = new();
        await client.ConnectAsync(address.Host, address.Port, Cancellation);
        await using SslStream stream = new(client.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host, ClientCertificateContext = shown, RemoteCertificateValidationCallback = (_, _, _, _) => true }, Cancellation);
            await stream.WriteAsync((byte[])[.. "BSIMLINK"u8, 2, 0, (byte)claim.Length, .. Encoding.ASCII.GetBytes(claim)], Cancellation);
            using CancellationTokenSource stays = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            stays.CancelAfter(TimeSpan.FromSeconds(1));
            return await stream.ReadAsync(new byte[1], stays.Token) > 0;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception problem) when (problem is IOException or AuthenticationException)
        {
            return false;
        }
    }
}

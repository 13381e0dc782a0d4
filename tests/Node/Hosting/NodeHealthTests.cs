using System.Net;
using BrainSim.Engine.Units;
using BrainSim.Node.Hosting;
using BrainSim.Tests.Coordinator.Service;
using Xunit;

namespace BrainSim.Tests.Node.Hosting;

/// <summary>What a node tells whoever watches it.</summary>
public sealed class NodeHealthTests
{
    private static readonly (HttpStatusCode, string) Well = (HttpStatusCode.OK, "ok\n");

    private static readonly Uri Nobody = new("http://127.0.0.1:1");

    [Fact]
    public async Task ANodeIsReadyWhileItsCoordinatorIsReached()
    {
        TestCluster cluster = await TestCluster.Start();
        await using NodeHost node = await NodeHost.Start(Options(new Uri(cluster.Address)), _ => { });
        using HealthProbe probe = new(node.Health!);
        await HealthProbe.Until(probe.Ready, HttpStatusCode.OK, "ok");
        await cluster.DisposeAsync();
        await HealthProbe.Until(probe.Ready, HttpStatusCode.ServiceUnavailable, "the coordinator is not reached");
        Assert.Equal(Well, await probe.Alive());
    }

    [Fact]
    public async Task ANodeThatHandsOverLivesAndIsNotReady()
    {
        await using NodeHost node = await NodeHost.Start(Options(Nobody), _ => { });
        using HealthProbe probe = new(node.Health!);
        node.Drain();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the node hands over what it has\n"), await probe.Ready());
        Assert.Equal(Well, await probe.Alive());
    }

    [Fact]
    public async Task ANodeWhoseThreadStandsStillIsDeadUntilItTurnsAgain()
    {
        using HoldingClock clock = new("node");
        await using NodeHost node = await NodeHost.Start(Options(Nobody) with { Clock = clock }, _ => { });
        using HealthProbe probe = new(node.Health!);
        Assert.Equal(Well, await probe.Alive());
        clock.Hold();
        await HealthProbe.Until(Later, HttpStatusCode.ServiceUnavailable, "the node's thread has not turned for 30 s");
        clock.Release();
        await HealthProbe.Until(probe.Alive, HttpStatusCode.OK, "ok");

        Task<(HttpStatusCode, string)> Later()
        {
            clock.Advance(Pulse.Patience);
            return probe.Alive();
        }
    }

    [Fact]
    public async Task HealthIsToldNowhereUnlessAsked()
    {
        await using NodeHost node = await NodeHost.Start(Options(Nobody) with { Health = null }, _ => { });
        Assert.Null(node.Health);
    }

    [Fact]
    public async Task AnAddressThatIsTakenIsAMistake()
    {
        await using NodeHost first = await NodeHost.Start(Options(Nobody), _ => { });
        IPEndPoint taken = new(IPAddress.Loopback, first.Health!.Port);
        UserMistakeException mistake = await Assert.ThrowsAsync<UserMistakeException>(() => NodeHost.Start(Options(Nobody) with { Health = taken }, _ => { }));
        Assert.StartsWith("--health", mistake.Mistakes[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node-1.lab", "node-1.lab:PORT")]
    [InlineData("node-1.lab:7412", "node-1.lab:7412")]
    [InlineData("[::1]:80", "[::1]:80")]
    public async Task OthersAreToldWhatIsAdvertised(string advertised, string told)
    {
        await using TestCluster cluster = await TestCluster.Start();
        NodeOptions options = Options(new Uri(cluster.Address)) with { Listen = new IPEndPoint(IPAddress.Any, 0), Advertise = AdvertisedAddress.Parse(advertised) };
        await using NodeHost node = await NodeHost.Start(options, _ => { });
        Assert.Matches($"^{System.Text.RegularExpressions.Regex.Escape(told).Replace("PORT", @"\d+", StringComparison.Ordinal)}$", node.Address);
        using BrainSim.Coordinator.Remote.CoordinatorClient client = cluster.Client();
        BrainSim.Contracts.Api.NodeView[] nodes;
        do
        {
            nodes = await client.Nodes();
        }
        while (nodes.Length == 0);
        Assert.Equal(node.Address, Assert.Single(nodes).Address);
    }

    private static NodeOptions Options(Uri coordinator) =>
        new(coordinator, null, 1, new IPEndPoint(IPAddress.Loopback, 0), "test") { Health = new IPEndPoint(IPAddress.Loopback, 0) };
}

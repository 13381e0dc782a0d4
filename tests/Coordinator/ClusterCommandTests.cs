using BrainSim.Coordinator.Remote;
using BrainSim.Tests.Architecture;
using BrainSim.Tests.Coordinator.Remote;
using BrainSim.Tests.Coordinator.Service;
using Xunit;

namespace BrainSim.Tests.Coordinator;

/// <summary>The commands that speak with a coordinator.</summary>
public sealed class ClusterCommandTests : IDisposable
{
    private readonly Brainsim brainsim = new();

    public void Dispose() => brainsim.Dispose();

    [Theory]
    [InlineData("no coordinator can be reached there", "runs", "--coordinator", "http://127.0.0.1:1")]
    [InlineData("write http://HOST:PORT", "nodes", "--coordinator", "somewhere")]
    [InlineData("is no number of a run", "show", "first")]
    [InlineData("is no number of slots", "node", "--slots", "0")]
    [InlineData("is no address at which other nodes could reach this one", "node", "--listen", "0.0.0.0:7412")]
    [InlineData("say with --advertise HOST where they do", "node", "--listen", "[::]:7412")]
    [InlineData("is no address to listen to; write 10.0.0.7:7412", "node", "--listen", "7412")]
    [InlineData("write HOST or HOST:PORT", "node", "--listen", "0.0.0.0:0", "--advertise", "0.0.0.0:7412")]
    [InlineData("is no address to listen to; write 0.0.0.0:7413", "node", "--health", "7413")]
    [InlineData("is no address to listen to", "coordinator", "--data", "d", "--listen", "7411")]
    [InlineData("is reached from other machines", "coordinator", "--data", "d", "--listen", "http://192.0.2.1:7411")]
    [InlineData("cannot be listened to", "node", "--no-tls", "--listen", "192.0.2.1:7412")]
    [InlineData("use a whole number from -1000 to 1000", "submit", "small.yaml", "--priority", "high")]
    public void AMistakeIsOneSentence(string sentence, params string[] arguments)
    {
        brainsim.Write("small.yaml", Networks.Small);
        Brainsim.Ended ended = brainsim.Run(arguments);
        Assert.Equal((2, ""), (ended.Code, ended.Output));
        Assert.Contains(sentence, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void AMistakeInTheNetworkIsToldAsByCheckBeforeAnythingIsSent()
    {
        brainsim.Write("wrong.yaml", Networks.Wrong);
        Brainsim.Ended check = brainsim.Run("check", "wrong.yaml");
        Brainsim.Ended submit = brainsim.Run("submit", "wrong.yaml", "--coordinator", "http://127.0.0.1:1");
        Assert.Equal((2, check.Error), (submit.Code, submit.Error));
    }

    [Fact]
    public async Task ARunIsSubmittedFollowedShownAndFetched()
    {
        await using TestCluster cluster = await TestCluster.Start(nodes: 1);
        brainsim.Environment["BRAINSIM_COORDINATOR"] = cluster.Address;
        brainsim.Write("small.yaml", Networks.Small);
        brainsim.Run("run", "small.yaml", "--seed", "7", "--out", "here", "--quiet").Fine();

        Brainsim.Ended submitted = brainsim.Run("submit", "small.yaml", "--seed", "7", "--name", "mine", "--priority", "3", "--wait").Fine();
        Assert.Equal("run 1", submitted.OutputLines[0]);
        Assert.Equal("run 1 is done", submitted.OutputLines[^1]);
        Assert.Contains("mine", Assert.Single(brainsim.Run("runs").Fine().OutputLines), StringComparison.Ordinal);
        Assert.StartsWith("mine run 1 is done", brainsim.Run("show", "1").Fine().Output, StringComparison.Ordinal);
        Assert.Contains("submitted as 'mine'", brainsim.Run("logs", "1").Fine().Output, StringComparison.Ordinal);
        Assert.Contains("0 of 1 shard", Assert.Single(brainsim.Run("nodes").Fine().OutputLines), StringComparison.Ordinal);
        Assert.Contains("is done", brainsim.Run("cancel", "1").Fine().Output, StringComparison.Ordinal);

        brainsim.Run("results", "1", "--out", "there").Fine();
        foreach (string name in (string[])["spikes.npz", "v.npz"])
        {
            Assert.Equal(File.ReadAllBytes(brainsim.At($"here/{name}")), File.ReadAllBytes(brainsim.At($"there/{name}")));
        }

        Brainsim.Ended unknown = brainsim.Run("show", "2");
        Assert.Equal((2, $"{cluster.Address}: there is no run 2; the last is 1.\n"), (unknown.Code, unknown.Error));
    }

    [Fact]
    public async Task WhereThereIsNothingToListThatIsSaid()
    {
        await using TestCluster cluster = await TestCluster.Start();
        brainsim.Environment["BRAINSIM_COORDINATOR"] = cluster.Address;
        Assert.Equal("no runs\n", brainsim.Run("runs").Fine().Output);
        Assert.Equal("no nodes\n", brainsim.Run("nodes").Fine().Output);
    }

    [Fact]
    public async Task TheClustersTroubleIsOneSentenceAndNoMistakeOfTheUser()
    {
        await using ScriptedCoordinator coordinator = await ScriptedCoordinator.Start((context, _) => ScriptedCoordinator.Problem(context, 503, "its disk is full."));
        Brainsim.Ended ended = brainsim.Run("runs", "--coordinator", coordinator.Address);
        Assert.Equal((1, "", $"{coordinator.Address}: its disk is full.\n"), (ended.Code, ended.Output, ended.Error));
    }

    [Fact]
    public async Task ASignalEndsTheFollowingAndSaysThatTheRunGoesOn()
    {
        await using TestCluster cluster = await TestCluster.Start(nodes: 1);
        using CoordinatorClient client = cluster.Client();
        brainsim.Environment["BRAINSIM_COORDINATOR"] = cluster.Address;
        brainsim.Write("long.yaml", Networks.Long);
        Brainsim.Started follows = brainsim.StartBy("sh", "-c", "exec \"$0\" \"$@\" >told", Repository.Absolute("brainsim"), "submit", "long.yaml", "--wait");
        follows.Await(() => File.Exists(brainsim.At("told")) && File.ReadAllText(brainsim.At("told")).Contains("is running", StringComparison.Ordinal));
        follows.Signal("TERM");
        Brainsim.Ended ended = follows.End();
        Assert.Equal((130, "run 1 goes on; 'brainsim show 1' follows it again, 'brainsim cancel 1' ends it\n"), (ended.Code, ended.Error));
        Assert.False((await client.Run(1)).HasEnded);
        Assert.Equal("run 1 is cancelled: by request\n", brainsim.Run("cancel", "1").Fine().Output);
    }
}

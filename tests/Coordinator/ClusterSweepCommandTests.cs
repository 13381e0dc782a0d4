using BrainSim.Tests.Coordinator.Service;
using Xunit;

namespace BrainSim.Tests.Coordinator;

/// <summary>Sweeps by the commands that speak with a coordinator.</summary>
public sealed class ClusterSweepCommandTests : IDisposable
{
    private const string Sweep = Networks.Swept + """
        sweep: { vary: { populations.E.params.tau: {linspace: [8, 20, 7]}, "inputs[0].expr": ["12 + normal(0, 20)", "-1e308*10^(i*i)"] } }
        """;

    private readonly Brainsim brainsim = new();

    public void Dispose() => brainsim.Dispose();

    [Fact]
    public async Task ASweepIsSubmittedFollowedShownAndFetched()
    {
        await using TestCluster cluster = await TestCluster.Start(nodes: 2);
        brainsim.Environment["BRAINSIM_COORDINATOR"] = cluster.Address;
        brainsim.Write("net.yaml", Sweep);
        brainsim.Run("sweep", "net.yaml", "--seed", "7", "--out", "here", "--quiet").Fine();

        Brainsim.Ended submitted = brainsim.Run("submit", "net.yaml", "--seed", "7", "--name", "mine", "--wait").Fine();
        Assert.Equal("run 1", submitted.OutputLines[0]);
        Assert.Equal("run 1 is done, 14 of 14 points, 7 failed", submitted.OutputLines[^1]);
        Assert.Matches("^ +1  mine  done  100.0%", Assert.Single(brainsim.Run("runs").Fine().OutputLines));
        Assert.StartsWith("mine run 1 is done, 14 of 14 points, 7 failed", brainsim.Run("show", "1").Fine().Output, StringComparison.Ordinal);
        string logs = brainsim.Run("logs", "1").Fine().Output;
        Assert.Contains("submitted as 'mine': a sweep of at most 14 points, priority 0", logs, StringComparison.Ordinal);
        Assert.Contains("point 1 is nan: populations.E: ", logs, StringComparison.Ordinal);

        brainsim.Run("results", "1", "--out", "there").Fine();
        Assert.Equal(TableFiles.Rows(brainsim.At("here/points.csv")), TableFiles.Rows(brainsim.At("there/points.csv")));
        Assert.Equal(TableFiles.Arrays(brainsim.At("here/points.npz")), TableFiles.Arrays(brainsim.At("there/points.npz")));

        Assert.Equal("run 2 is done", brainsim.Run("submit", "net.yaml", "--once", "--wait").Fine().OutputLines[^1]);
        Assert.Equal("run 3 is done, 42 of 42 points, 21 failed", brainsim.Run("submit", "net.yaml", "--vary", "seed=[1, 2, 3]", "--wait").Fine().OutputLines[^1]);
    }

    [Theory]
    [InlineData("--record: a cluster keeps no recordings of a sweep's points", "--record")]
    [InlineData("--once: is one run of the file as it stands", "--once", "--vary", "seed=[1, 2]")]
    [InlineData("no such parameter of lif. Did you mean tau?", "--vary", "populations.E.params.tua=[1, 2]")]
    public void AMistakeIsOneSentenceBeforeAnythingIsSent(string sentence, params string[] arguments)
    {
        brainsim.Write("net.yaml", Sweep);
        Brainsim.Ended ended = brainsim.Run(["submit", "net.yaml", "--coordinator", "http://127.0.0.1:1", .. arguments]);
        Assert.Equal((2, ""), (ended.Code, ended.Output));
        Assert.Contains(sentence, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }
}

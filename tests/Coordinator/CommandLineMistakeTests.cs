using Xunit;

namespace BrainSim.Tests.Coordinator;

public sealed class CommandLineMistakeTests : IDisposable
{
    private readonly Brainsim brainsim = new();

    public CommandLineMistakeTests() => brainsim.Write("small.yaml", Networks.Small);

    public void Dispose() => brainsim.Dispose();

    [Theory]
    [InlineData("run")]
    [InlineData("check")]
    [InlineData("explain")]
    public void EveryMistakeOfAFileIsToldInOneGo(string command)
    {
        brainsim.Write("wrong.yaml", Networks.Wrong);
        Brainsim.Ended run = brainsim.Run(command, "wrong.yaml");
        Assert.Equal((2, ""), (run.Code, run.Output));
        string[] expected =
        [
            "wrong.yaml:3:11: duration: ", "wrong.yaml:5:39: populations.E.params.tua: ", "wrong.yaml:6:14: populations.I.size: ",
            "wrong.yaml:6:25: populations.I.model: ", "wrong.yaml:8:31: monitors[0].record", "wrong.yaml:9:1: extra: ",
        ];
        Assert.Equal(expected.Length, run.ErrorLines.Length);
        Assert.All(expected, start => Assert.Single(run.ErrorLines, line => line.StartsWith(start, StringComparison.Ordinal)));
        Assert.Contains("Did you mean tau?", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'--frob'", "run", "small.yaml", "--frob")]
    [InlineData("Did you mean --threads?", "run", "small.yaml", "--thraeds", "3")]
    [InlineData("'frob'", "frob")]
    [InlineData("Did you mean run?", "rnu", "small.yaml")]
    [InlineData("one argument too many; run takes one FILE", "run", "small.yaml", "small.yaml")]
    [InlineData("'FILE'", "run")]
    [InlineData("'--out'", "run", "small.yaml", "--out")]
    [InlineData("nothing.yaml: there is no such file", "run", "nothing.yaml")]
    [InlineData("folder", "run", ".")]
    [InlineData("use 1 to 1024", "run", "small.yaml", "--threads", "0")]
    [InlineData("no number of shards; use 1 to 1024", "run", "small.yaml", "--shards", "0")]
    [InlineData("use 1 to 1024", "run", "small.yaml", "--threads", "-1")]
    [InlineData("use 1 to 1024", "run", "small.yaml", "--threads", "1e9")]
    [InlineData("use 1 to 1024", "run", "small.yaml", "--threads", "1000000000")]
    [InlineData("use 1 to 1024", "run", "small.yaml", "--threads", "99999999999")]
    [InlineData("use cpu or reference", "run", "small.yaml", "--backend", "gpu")]
    [InlineData("seed", "run", "small.yaml", "--seed", "-1")]
    [InlineData("seed", "run", "small.yaml", "--seed", "x")]
    [InlineData("duration", "run", "small.yaml", "--duration", "0.05")]
    [InlineData("duration", "run", "small.yaml", "--duration", "1,5")]
    [InlineData("duration", "run", "small.yaml", "--duration", "nan")]
    [InlineData("path=value", "run", "small.yaml", "--set", "a")]
    [InlineData("Did you mean tau?", "run", "small.yaml", "--set", "populations.E.params.tua=1")]
    [InlineData("needs a folder's name", "run", "small.yaml", "--out", "")]
    [InlineData("is a file; name a folder", "run", "small.yaml", "--out", "small.yaml")]
    [InlineData("cannot be written", "run", "small.yaml", "--out", "small.yaml/below")]
    [InlineData("Did you mean lif?", "models", "lfi")]
    public void IsToldInOneSentenceWithExitCode2(string message, params string[] arguments)
    {
        Brainsim.Ended run = brainsim.Run(arguments);
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(message, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnwritableFolderIsRefusedBeforeTheRun()
    {
        // The run would take hours. A folder below a file cannot be made by anybody, not even by root.
        brainsim.Write("long.yaml", Networks.Long);
        Brainsim.Ended run = brainsim.Run("run", "long.yaml", "--out", "small.yaml/below");
        Assert.Equal((2, ""), (run.Code, run.Output));
    }
}

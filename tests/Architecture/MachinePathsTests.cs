using Xunit;

namespace BrainSim.Tests.Architecture;

public class MachinePathsTests
{
    [Fact]
    public void NoTrackedFileNamesAMachine() =>
        Violation.AssertNone(Repository.Tracked().SelectMany(path => MachinePaths.In(path, Repository.Read(path))));

    [Theory]
    [InlineData("cd /wo", "rk/main")]
    [InlineData("\"/tmp/bash", "_jobs/1\"")]
    [InlineData("https://api.nu", "get.org/v3")]
    [InlineData("HOME=/ro", "ot/x")]
    public void FindsAPathOrAFeed(string start, string end)
    {
        Violation found = Assert.Single(MachinePaths.In("docs/a.md", $"one\n{start}{end}\n"));
        Assert.Equal(("docs/a.md", 2), (found.File, found.Line));
    }

    [Theory]
    [InlineData("src/wo", "rk/x and home/ro", "ot/x")]
    [InlineData("\0 cd /wo", "rk/main", "")]
    public void AllowsTheRest(string a, string b, string c) => Violation.AssertNone(MachinePaths.In("docs/a.md", a + b + c));
}

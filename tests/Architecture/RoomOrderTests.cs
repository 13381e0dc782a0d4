using Xunit;

namespace BrainSim.Tests.Architecture;

public class RoomOrderTests
{
    [Fact]
    public void DataFlowsDownTheList() => Violation.AssertNone(RoomOrder.In(Repository.CSharp("src/Engine")));

    [Theory]
    [InlineData("using BrainSim.Engine.Shards;\nnamespace BrainSim.Engine.Units;", 1)]
    [InlineData("using S = BrainSim.Engine.Shards.ShardRun;\nnamespace BrainSim.Engine.Units;", 1)]
    [InlineData("namespace BrainSim.Engine.Units;\nclass A { global::BrainSim.Engine.Kernels.B b; }", 2)]
    [InlineData("namespace BrainSim.Engine.Units;\nclass A { Engine.Kernels.B b; }", 2)]
    [InlineData("namespace BrainSim.Engine.Units;\nclass A { Shards.ShardRun b; }", 2)]
    [InlineData("namespace BrainSim.Engine.Units;\nclass A { BrainSim.Engine.Helpers.B b; }", 2)]
    [InlineData("global using System.Text;\nnamespace BrainSim.Engine.Units;", 1)]
    [InlineData("\nnamespace BrainSim.Engine.Models;", 2)]
    [InlineData("\nnamespace BrainSim.Engine;", 2)]
    [InlineData("namespace BrainSim.Engine.Units { }", 1)]
    [InlineData("class A;", 1)]
    public void FindsWhatFlowsUp(string text, int line)
    {
        CSharpFile[] files = [new("src/Engine/Units/A.cs", text), new("src/Engine/Shards/ShardRun.cs", "namespace BrainSim.Engine.Shards;\nclass ShardRun;")];
        Violation found = Assert.Single(RoomOrder.In(files));
        Assert.Equal(("src/Engine/Units/A.cs", line), (found.File, found.Line));
    }

    [Theory]
    [InlineData("src/Engine/A.cs")]
    [InlineData("src/Engine/Misc/A.cs")]
    public void FindsFilesInNoRoom(string path) =>
        Assert.Contains("in no room", Assert.Single(RoomOrder.In([new(path, "namespace BrainSim.Engine.Units;")])).What, StringComparison.Ordinal);

    [Theory]
    [InlineData("using BrainSim.Engine.Units;\nnamespace BrainSim.Engine.Kernels.Cpu;\nclass A { Models.Model m; Kernels.Gpu.B b; }")]
    [InlineData("namespace BrainSim.Engine.Kernels;\n// using BrainSim.Engine.Shards;\nclass A { string s = \"BrainSim.Engine.Shards\"; }")]
    [InlineData("namespace BrainSim.Engine.Kernels;\nclass A { int n = Shards.Count; }")]
    public void AllowsWhatFlowsDown(string text) =>
        Violation.AssertNone(RoomOrder.In([new("src/Engine/Kernels/Cpu/A.cs", text)]));

    [Fact]
    public void MessageSaysWhereWhatAndInstead()
    {
        CSharpFile file = new("src/Engine/Units/A.cs", "using BrainSim.Engine.Shards;\nnamespace BrainSim.Engine.Units;");
        Assert.Equal(
            "src/Engine/Units/A.cs:1: Units names BrainSim.Engine.Shards, but Shards comes after it; move the type to Units or above, or let Shards pass in what Units needs.",
            Assert.Single(RoomOrder.In([file])).ToString());
    }

    [Fact]
    public void EngineProjectHasNoHiddenUsings() =>
        Assert.DoesNotContain("<Using ", Repository.Read("src/Engine/BrainSim.Engine.csproj"), StringComparison.Ordinal);
}

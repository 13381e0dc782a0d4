using Xunit;

namespace BrainSim.Tests.Architecture;

public class ProjectReferencesTests
{
    [Fact]
    public void EveryProjectReferencesOnlyWhatItMay() =>
        Violation.AssertNone(Repository.Files("src", "*.csproj").SelectMany(path => ProjectReferences.In(path, Repository.Read(path))));

    [Theory]
    [InlineData("Engine", "../Contracts/BrainSim.Contracts.csproj")]
    [InlineData("Contracts", "../Engine/BrainSim.Engine.csproj")]
    [InlineData("Node", "..\\Coordinator\\BrainSim.Coordinator.csproj")]
    [InlineData("Dashboard", "../Engine/BrainSim.Engine.csproj")]
    public void FindsAForbiddenReference(string project, string reference) =>
        Assert.Single(In(project, $"<ProjectReference Include=\"{reference}\" />"));

    [Fact]
    public void FindsAForbiddenAssembly() => Assert.Single(In("Engine", "<Reference Include=\"BrainSim.Node\" />"));

    [Fact]
    public void AllowsTheCoordinatorToRunNodes() =>
        Violation.AssertNone(In("Coordinator", "<ProjectReference Include=\"../Node/BrainSim.Node.csproj\" />"));

    private static IEnumerable<Violation> In(string project, string reference) => ProjectReferences.In(
        $"src/{project}/BrainSim.{project}.csproj", $"<Project>\n<ItemGroup>\n{reference}\n</ItemGroup>\n</Project>");
}

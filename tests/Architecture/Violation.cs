using Xunit;

namespace BrainSim.Tests.Architecture;

/// <param name="File">Path from the repository root, with <c>/</c>.</param>
/// <param name="Line">Counts from 1.</param>
internal sealed record Violation(string File, int Line, string What, string Instead)
{
    public override string ToString() => $"{File}:{Line}: {What}; {Instead}";

    public static void AssertNone(IEnumerable<Violation> violations)
    {
        string[] found = [.. violations.Select(v => v.ToString())];
        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }
}

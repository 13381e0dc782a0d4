using System.Text.RegularExpressions;

namespace BrainSim.Tests.Architecture;

/// <param name="Path">From the repository root, with <c>/</c>.</param>
internal sealed class CSharpFile(string path, string text)
{
    public string Path { get; } = path;

    /// <summary>The text with comments and the contents of literals blanked; every other character keeps its offset.</summary>
    public string Code { get; } = CSharpText.WithoutCommentsAndLiterals(text);

    public IEnumerable<(Match Match, int Line)> Find(Regex pattern) =>
        pattern.Matches(Code).Select(match => (match, LineOf(match.Index)));

    public int LineOf(int offset) => Code.AsSpan(0, offset).Count('\n') + 1;
}

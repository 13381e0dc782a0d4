using System.Text.RegularExpressions;

namespace BrainSim.Tests.Architecture;

internal static partial class TypeNames
{
    public static IEnumerable<(string Name, int Line)> In(CSharpFile file) =>
        file.Find(Declaration()).Select(found => (found.Match.Groups["name"].Value, found.Line));

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record)\s+(?!class\b|struct\b|where\b)(?<name>[A-Za-z_]\w*)")]
    private static partial Regex Declaration();
}

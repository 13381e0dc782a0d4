using System.Text.RegularExpressions;

namespace BrainSim.Tests.Architecture;

/// <summary>Folders and package feeds of one machine: a checkout must build and read the same everywhere.</summary>
internal static class MachinePaths
{
    // Broken up, so that this file does not hold what it looks for.
    private static readonly Regex Pattern = new(string.Join('|',
    [
        @"(?<![\w.-])/wo" + @"rk/",
        @"(?<![\w.-])/tmp/bash" + @"_jobs",
        @"(?<![\w.-])/ro" + @"ot/",
        @"\bnu" + @"get\.org\b",
        @"\bpy" + @"pi\.org\b",
        @"\bnpm" + @"js\.(org|com)\b",
        @"\bcrates" + @"\.io\b",
        @"\bconda\.ana" + @"conda\.org\b",
        @"\bpkgs\.dev\.az" + @"ure\.com\b",
        @"\bjf" + @"rog\.io\b",
    ]));

    public static IEnumerable<Violation> In(string path, string text)
    {
        string[] lines = IsText(text) ? text.Split('\n') : [];
        return lines.SelectMany((line, i) => Pattern.Matches(line).Select(match => new Violation(
            path, i + 1, $"\"{match.Value}\" belongs to one machine", "name a path in the repository, or leave the place to the machine's own settings.")));
    }

    private static bool IsText(string text) => !text.Contains('\0');
}

using System.Diagnostics;
using Xunit;

namespace BrainSim.Tests.Architecture;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    public static string Absolute(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(Absolute(path));

    /// <summary>The C# files under a folder, in ordinal order.</summary>
    public static IReadOnlyList<CSharpFile> CSharp(string folder) =>
        [.. Files(folder, "*.cs").Select(path => new CSharpFile(path, Read(path)))];

    /// <summary>Paths from the root, with <c>/</c>, in ordinal order.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern) =>
        [.. Directory.EnumerateFiles(Absolute(folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    /// <summary>What git tracks and the working tree still has.</summary>
    public static IReadOnlyList<string> Tracked()
    {
        using Process git = Process.Start(new ProcessStartInfo("git", ["ls-files", "-z"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        })!;
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, $"git ls-files failed in {Root}: the tests need a git checkout.");
        return [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(path => File.Exists(Absolute(path)))];
    }

    private static string FindRoot(string from)
    {
        for (string? folder = from; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "BrainSim.sln")))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException($"No BrainSim.sln above {from}: run the tests from a checkout.");
    }
}

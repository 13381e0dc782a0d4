namespace BrainSim.Tests;

/// <summary>What makes an example small enough for a test.</summary>
internal static class Examples
{
    /// <summary>Settings to read the file with: fewer neurons where it has a constant for that.</summary>
    public static string[] Small(string path) => File.ReadAllText(path).Contains("constants: {scale: ", StringComparison.Ordinal) ? ["scale=0.005"] : [];
}

using BrainSim.Engine.Units;

namespace BrainSim.Engine.Documents;

/// <summary>An array of a file.</summary>
/// <param name="Place">Where the user named it.</param>
/// <param name="Array">Null in a .npy file, whose only array has no name.</param>
internal sealed record ArraySource(Place Place, string Path, string? Array)
{
    private const int ShownPath = 200;

    /// <summary>That its numbers may take as float64.</summary>
    public long MostBytes { get; init; } = long.MaxValue;

    /// <param name="message">The full stop is added.</param>
    public UserMistakeException Mistake(string message)
    {
        string end = message is [.., '.' or '?'] ? "" : ".";
        string array = Array is null ? "" : $", array {Scalars.Shorten(Array)}";
        return new(Place, $"{Scalars.Shorten(Path, ShownPath)}{array}: {message}{end}");
    }
}

using BrainSim.Engine.Units;

namespace BrainSim.Engine.Documents;

/// <summary>An array of a file.</summary>
/// <param name="Place">Where the user named it.</param>
/// <param name="Array">Null in a .npy file, whose only array has no name.</param>
internal sealed record ArraySource(Place Place, string Path, string? Array)
{
    private const int ShownPath = 200;

    /// <summary>That its numbers may take, as they are in the file and as float64.</summary>
    public long MostBytes { get; init; } = long.MaxValue;

    /// <param name="message">The full stop is added.</param>
    public UserMistakeException Mistake(string message) => new(Place, Sentence(message));

    /// <inheritdoc cref="Mistake"/>
    public ArrayMemoryException LackOfMemory(string message) => new(Place, Sentence(message));

    private string Sentence(string message)
    {
        string end = message is [.., '.' or '?'] ? "" : ".";
        string array = Array is null ? "" : $", array {Scalars.Shorten(Array)}";
        return $"{Scalars.Shorten(Path, ShownPath)}{array}: {message}{end}";
    }
}

/// <summary>An array needs more memory than arrays may take here.</summary>
public sealed class ArrayMemoryException(Place place, string message) : UserMistakeException(place, message);

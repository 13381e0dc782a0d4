using System.Collections.Immutable;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Documents;

/// <summary>The files that a network names: those beside it, or, where it came from elsewhere, those that came with it. Remembers which were asked for. Any thread may use it.</summary>
public sealed class NamedFiles
{
    private readonly string? folder;
    private readonly IReadOnlyDictionary<string, string> given;
    private readonly SortedDictionary<string, string> asked = new(StringComparer.Ordinal);

    private NamedFiles(string? folder, IReadOnlyDictionary<string, string> given, long mostArrayBytes) => (this.folder, this.given, MostArrayBytes) = (folder, given, mostArrayBytes);

    /// <summary>That the arrays of one network may take while they are read: half of the memory where nobody says less, whatever the files claim and however often they are named.</summary>
    public long MostArrayBytes { get; }

    /// <summary>True when an array was refused because of <see cref="MostArrayBytes"/>.</summary>
    public bool LackedMemory { get; internal set; }

    /// <summary>Half of what this process may have.</summary>
    public static long HalfTheMemory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>Files relative to a folder.</summary>
    public static NamedFiles In(string folder) => new(Path.GetFullPath(folder), ImmutableDictionary<string, string>.Empty, HalfTheMemory);

    /// <summary>These files and no others: a name in a network file then never becomes a path.</summary>
    /// <param name="paths">By the name that the network file uses.</param>
    /// <param name="mostArrayBytes">Null for half of the memory.</param>
    public static NamedFiles Only(IReadOnlyDictionary<string, string> paths, long? mostArrayBytes = null) => new(null, paths, mostArrayBytes ?? HalfTheMemory);

    /// <summary>The full path of every file that was asked for, by the name that the network file uses.</summary>
    public IReadOnlyDictionary<string, string> Asked
    {
        get
        {
            lock (asked)
            {
                return new Dictionary<string, string>(asked);
            }
        }
    }

    /// <returns>Null after a mistake.</returns>
    public string? PathOf(string file, Place place, Mistakes mistakes)
    {
        if (file.Length == 0 || file.Any(char.IsControl))
        {
            mistakes.Add(place, "names no file");
            return null;
        }

        string? path = folder is null ? given.GetValueOrDefault(file) : Path.GetFullPath(file, folder);
        if (path is null)
        {
            mistakes.Add(place, $"'{Scalars.Shorten(file)}' did not come with the network");
            return null;
        }

        lock (asked)
        {
            asked[file] = path;
        }

        return path;
    }
}

using System.Text.RegularExpressions;

namespace BrainSim.Tests.Architecture;

/// <summary>The folders of the engine are the flow of data: a folder may name only itself and folders above it in the list.</summary>
internal static partial class RoomOrder
{
    public static readonly string[] Rooms =
    [
        "Units", "Expressions", "Documents", "Models", "NetworkFile", "Integrators", "Kernels", "Connectivity",
        "Shards", "Exchange", "Monitors", "Recording", "Analysis", "Simulation", "Sweeps",
    ];

    private const string Folder = "src/Engine/";

    public static IEnumerable<Violation> In(IReadOnlyList<CSharpFile> files)
    {
        ILookup<string, string> typesOfRoom = TypesOfRooms(files);
        return files.SelectMany(file => In(file, typesOfRoom));
    }

    private static IEnumerable<Violation> In(CSharpFile file, ILookup<string, string> typesOfRoom) => RoomOf(file) is { } room
        ? Namespaces(file, room).Concat(Names(file, room, typesOfRoom)).Concat(GlobalUsings(file)).OrderBy(violation => violation.Line)
        : [new Violation(file.Path, 1, "this file is in no room of the engine", $"move it into one of {string.Join(", ", Rooms)}, or add its folder to the list in RoomOrder where its data flows.")];

    private static string? RoomOf(CSharpFile file) =>
        file.Path[Folder.Length..].Split('/') is [var room, _, ..] && Rooms.Contains(room) ? room : null;

    private static ILookup<string, string> TypesOfRooms(IEnumerable<CSharpFile> files) => files
        .Where(file => RoomOf(file) is not null)
        .SelectMany(file => TypeNames.In(file).Select(type => (Room: RoomOf(file)!, type.Name)))
        .ToLookup(type => type.Room, type => type.Name);

    /// <summary>Kernels/Cpu/X.cs is in BrainSim.Engine.Kernels or in BrainSim.Engine.Kernels.Cpu.</summary>
    private static IEnumerable<Violation> Namespaces(CSharpFile file, string room)
    {
        string widest = $"BrainSim.Engine.{room}";
        string narrowest = $"BrainSim.Engine.{Path.GetDirectoryName(file.Path[Folder.Length..])!.Replace('\\', '/').Replace('/', '.')}";
        var found = file.Find(Namespace()).ToList();
        if (found.Count == 0)
        {
            yield return new Violation(file.Path, 1, "no namespace", $"write `namespace {narrowest};`.");
        }

        foreach ((Match match, int line) in found)
        {
            string name = match.Groups["name"].Value;
            if (!match.Groups["end"].Value.Equals(";", StringComparison.Ordinal))
            {
                yield return new Violation(file.Path, line, $"namespace {name} with braces", $"write `namespace {narrowest};`.");
            }
            else if (!$"{name}.".StartsWith($"{widest}.", StringComparison.Ordinal) || !$"{narrowest}.".StartsWith($"{name}.", StringComparison.Ordinal))
            {
                yield return new Violation(file.Path, line, $"namespace {name} in folder {Path.GetDirectoryName(file.Path)}", $"write `namespace {narrowest};` or move the file.");
            }
        }
    }

    private static IEnumerable<Violation> Names(CSharpFile file, string room, ILookup<string, string> typesOfRoom)
    {
        int own = Array.IndexOf(Rooms, room);
        foreach ((Match match, int line) in file.Find(Qualified()))
        {
            string named = match.Groups["room"].Value;
            int index = Array.IndexOf(Rooms, named);
            if (index > own)
            {
                yield return Below(file, line, room, match.Value, named);
            }
            else if (index < 0 && match.Groups["whole"].Success)
            {
                yield return new Violation(file.Path, line, $"{match.Value} is no room of the engine", $"name one of {string.Join(", ", Rooms)}.");
            }
        }

        foreach ((Match match, int line) in file.Find(Relative()))
        {
            string named = match.Groups["room"].Value;
            if (Array.IndexOf(Rooms, named) > own && typesOfRoom[named].Contains(match.Groups["type"].Value))
            {
                yield return Below(file, line, room, match.Value, named);
            }
        }
    }

    private static IEnumerable<Violation> GlobalUsings(CSharpFile file) =>
        file.Find(GlobalUsing()).Select(found => new Violation(file.Path, found.Line, "a global using reaches every room", "write the using in the files that need it."));

    private static Violation Below(CSharpFile file, int line, string room, string name, string named) => new(
        file.Path, line, $"{room} names {name}, but {named} comes after it",
        $"move the type to {room} or above, or let {named} pass in what {room} needs.");

    [GeneratedRegex(@"\bnamespace\s+(?<name>[\w.]+)\s*(?<end>[;{])")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"(?<!namespace\s+)(?<![\w.])(?:global::)?(?<whole>BrainSim\.)?Engine\.(?<room>\w+)")]
    private static partial Regex Qualified();

    /// <summary>Inside BrainSim.Engine a bare <c>Shards.ShardRun</c> means BrainSim.Engine.Shards.ShardRun.</summary>
    [GeneratedRegex(@"(?<![\w.])(?<room>[A-Z]\w*)\.(?<type>[A-Z]\w*)")]
    private static partial Regex Relative();

    [GeneratedRegex(@"\bglobal\s+using\b")]
    private static partial Regex GlobalUsing();
}

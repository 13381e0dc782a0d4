using System.Text.RegularExpressions;

namespace BrainSim.Tests.Architecture;

/// <summary>What may not be written where, and what to write instead.</summary>
internal static partial class BannedNames
{
    private const string Engine = "src/Engine/";
    private const string Source = "src/";
    private const string Tests = "tests/";

    private const string WallClock = "take a TimeProvider from the caller; inside the engine time is the integer step.";
    private const string Random = "draw from KeyedRandom (seed, purpose, global id, step), so that the result is the same for any layout.";
    private const string Synchronous = "keep the engine synchronous: threads and tasks live in the shells (Node, Coordinator), which move its messages.";
    private const string Silent = "return the value or raise an error; the shells (Node, Coordinator) talk to people and to the network.";
    private const string Waiting = "step a fake clock or wait on a barrier that the tested code signals.";
    private const string CatchAll = "catch the type that this line can mend; everything else flies to the edge of the process.";

    private static readonly Ban[] Bans =
    [
        new(@"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b", Source, WallClock),
        new(@"\bnew\s+Random\s*\(|\bRandom\s+\w+\s*=\s*new\s*\(", Source, Random),
        new(@"\bRandom\.Shared\b", Source, Random),
        new(@"\bGuid\.NewGuid\b", Source, "derive the identifier from what it names (a hash), or take it from the caller."),
        new(@"\b(Task|ValueTask)\s*[.<(]|\b(Task|ValueTask)\s+\w|\busing\s+System\.Threading\.Tasks\b", Engine, Synchronous),
        new(@"\basync\s|\bawait\s", Engine, Synchronous),
        new(@"\bThread(Pool)?\b", Engine, Synchronous),
        new(@"\bStopwatch\b", Engine, WallClock),
        new(@"\bEnvironment\.TickCount(64)?\b", Engine, WallClock),
        new(@"\bConsole\.", Engine, Silent),
        new(@"\bSystem\.Net\b", Engine, Silent),
        new(@"\bILogger\b", Engine, Silent),
        new(@"\bcatch\s*\(\s*(System\.)?Exception\b|\bcatch\s*(\{|when\b)", Engine, CatchAll),
        new(@"\bThread\.Sleep\b", Tests, Waiting),
        new(@"\bTask\.Delay\b", Tests, Waiting),
    ];

    public static IEnumerable<Violation> In(CSharpFile file) =>
        Apis(file).Concat(TypeSuffixes(file)).Concat(FileSuffix(file)).OrderBy(violation => violation.Line);

    private static IEnumerable<Violation> Apis(CSharpFile file) =>
        from ban in Bans
        where file.Path.StartsWith(ban.Where, StringComparison.Ordinal)
        from found in file.Find(ban.Pattern)
        select new Violation(file.Path, found.Line, $"`{found.Match.Value.Trim()}` is banned in {ban.Where}", ban.Instead);

    private static IEnumerable<Violation> TypeSuffixes(CSharpFile file) =>
        from type in TypeNames.In(file)
        where IsNamedForNothing(file, type.Name)
        select new Violation(file.Path, type.Line, $"type {type.Name} has a name that says nothing", NameInstead);

    private static IEnumerable<Violation> FileSuffix(CSharpFile file) =>
        IsNamedForNothing(file, Path.GetFileNameWithoutExtension(file.Path))
            ? [new Violation(file.Path, 1, "the file has a name that says nothing", NameInstead)]
            : [];

    private const string NameInstead = "put the function on the data that it touches, or name the class for its mathematics.";

    private static bool IsNamedForNothing(CSharpFile file, string name) =>
        file.Path.StartsWith(Source, StringComparison.Ordinal) && Suffix().IsMatch(name);

    [GeneratedRegex("(Manager|Helper|Helpers|Util|Utils|Utility|Utilities|Service|Processor)$")]
    private static partial Regex Suffix();

    private sealed record Ban(Regex Pattern, string Where, string Instead)
    {
        public Ban(string pattern, string where, string instead) : this(new Regex(pattern), where, instead) { }
    }
}

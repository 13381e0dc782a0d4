using System.Globalization;

namespace BrainSim.Tests.Architecture;

/// <summary>How many long functions the source may still have, and how long the longest may be; both may only fall.</summary>
internal sealed record FunctionLength(int LongFunctions, int Longest)
{
    public const string File = "tests/Architecture/function-length.txt";

    private const int Limit = 40;

    /// <summary>A ratchet may stand this far above what is true, so that it is not rewritten for every function.</summary>
    private const double Slack = 0.1;

    public static FunctionLength Parse(string text) => new(Number(text, "functions longer than 40 lines:"), Number(text, "longest function:"));

    public IEnumerable<Violation> Check(IReadOnlyCollection<FunctionBody> functions)
    {
        FunctionBody[] tooLong = [.. functions.Where(function => function.Lines > Limit).OrderByDescending(function => function.Lines)];
        int longest = tooLong.Length > 0 ? tooLong[0].Lines : Limit;
        if (tooLong.Length > LongFunctions)
        {
            string what = $"one of {tooLong.Length} functions with more than {Limit} lines, where {LongFunctions} are allowed";
            return tooLong.Select(function => Complaint(function, what));
        }

        return tooLong.Where(function => function.Lines > Longest)
            .Select(function => Complaint(function, $"the longest function may have {Longest} lines"))
            .Concat(Lower("functions longer than 40 lines", tooLong.Length, LongFunctions))
            .Concat(Lower("longest function", longest, Longest));
    }

    private static Violation Complaint(FunctionBody function, string what) => new(
        function.File, function.Line, $"{function.Name} has {function.Lines} lines ({what})", "name its parts and make each a function.");

    private static IEnumerable<Violation> Lower(string name, int actual, int allowed) =>
        actual < allowed * (1 - Slack)
            ? [new Violation(File, 1, $"\"{name}\" says {allowed}, but it is {actual} now", $"lower the ratchet to {actual}.")]
            : [];

    private static int Number(string text, string label)
    {
        string line = text.Split('\n').SingleOrDefault(line => line.StartsWith(label, StringComparison.Ordinal))
            ?? throw new FormatException($"{File} needs one line \"{label} N\".");
        return int.Parse(line[label.Length..], CultureInfo.InvariantCulture);
    }
}

using System.Globalization;
using BrainSim.Engine.Units;

namespace BrainSim.Bench;

/// <summary>The command line, checked.</summary>
public sealed record Options
{
    public const string Usage =
        "usage: ./bench/run [--threads N] [--repeat N] [--scale X] [--float32] [--yardstick] [--baseline FILE] [--save-baseline FILE] [CASE ...]";

    private const int MostThreads = 1024, MostRepeats = 1000;

    private const double LeastScale = 0.001, MostScale = 100;

    public int Threads { get; private init; } = 1;

    public int Repeat { get; private init; } = 5;

    /// <summary>Of the number of neurons; in-degrees stay.</summary>
    public double Scale { get; private init; } = 1;

    public bool Float32 { get; private init; }

    /// <summary>Whether hand-written programs run beside the engine.</summary>
    public bool Yardstick { get; private init; }

    /// <summary>The file to compare with.</summary>
    public string? Baseline { get; private init; }

    /// <summary>The file to write the best results to.</summary>
    public string? SaveBaseline { get; private init; }

    public IReadOnlyList<Case> Cases { get; private init; } = [.. Case.All.Where(c => c.Standard)];

    /// <exception cref="UserMistakeException">An option or case that is not known, misses its value, or is out of range.</exception>
    public static Options Of(string[] arguments)
    {
        Options options = new();
        List<Case> named = [];
        Queue<string> left = new(arguments);
        while (left.TryDequeue(out string? word))
        {
            options = word switch
            {
                "--threads" => options with { Threads = Whole(word, left, MostThreads) },
                "--repeat" => options with { Repeat = Whole(word, left, MostRepeats) },
                "--scale" => options with { Scale = Factor(word, left) },
                "--float32" => options with { Float32 = true },
                "--yardstick" => options with { Yardstick = true },
                "--baseline" => options with { Baseline = Existing(word, left) },
                "--save-baseline" => options with { SaveBaseline = Value(word, left, "a file to write") },
                _ => options.With(word, named),
            };
        }

        return named.Count == 0 ? options : options with { Cases = named };
    }

    private Options With(string word, List<Case> named)
    {
        if (word.StartsWith('-'))
        {
            throw Wrong(word, $"no such option; {Usage}");
        }

        named.Add(Case.All.FirstOrDefault(c => c.Name == word)
            ?? throw Wrong(word, $"no such case; there are {string.Join(", ", Case.All.Select(c => c.Name))}"));
        return this;
    }

    private static int Whole(string option, Queue<string> left, int most)
    {
        string value = Value(option, left, $"a whole number from 1 to {most}");
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most
            ? number
            : throw Wrong(option, $"'{value}' is not a whole number from 1 to {most}");
    }

    private static double Factor(string option, Queue<string> left)
    {
        string range = string.Create(CultureInfo.InvariantCulture, $"a number from {LeastScale} to {MostScale}");
        string value = Value(option, left, range);
        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number is >= LeastScale and <= MostScale
            ? number
            : throw Wrong(option, $"'{value}' is not {range}");
    }

    private static string Existing(string option, Queue<string> left)
    {
        string file = Value(option, left, "a file of --save-baseline");
        return File.Exists(file) ? file : throw Wrong(option, $"there is no file '{file}'; --save-baseline writes one");
    }

    private static string Value(string option, Queue<string> left, string what) =>
        left.TryDequeue(out string? value) && !value.StartsWith("--", StringComparison.Ordinal) ? value : throw Wrong(option, $"needs {what} after it");

    private static UserMistakeException Wrong(string word, string message) => new(new Place("the command line", 0, 0, word), message);
}

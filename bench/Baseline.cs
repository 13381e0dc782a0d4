using System.Text.Json;
using BrainSim.Engine.Units;

namespace BrainSim.Bench;

/// <summary>The best run of a case, in seconds of stepping; null where the engine or the yardstick did not run. A baseline is a file of these, a line each.</summary>
public sealed record BestRun(string Best, double Scale, int Threads, bool Float32, double? RunS, double? YardstickS, double? BarS, string Machine)
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public string ToJson() => JsonSerializer.Serialize(this, Format);

    /// <exception cref="UserMistakeException">A line is no result of <c>--save-baseline</c>.</exception>
    public static IReadOnlyList<BestRun> Read(string file) => [.. File.ReadLines(file).Select((line, i) => Parse(file, i + 1, line))];

    /// <summary>Replaces the runs of the same cases, scales, threads and precisions in the file, and keeps the others.</summary>
    /// <exception cref="UserMistakeException">The file is there, and a line of it is no result of this method.</exception>
    public static void Save(string file, IReadOnlyList<BestRun> runs)
    {
        IEnumerable<BestRun> others = File.Exists(file) ? Read(file).Where(old => !runs.Any(old.IsSameCase)) : [];
        File.WriteAllLines(file, others.Concat(runs).Select(b => b.ToJson()).ToArray());
    }

    /// <summary>Prints this run as a multiple of the same case in the baseline: above 1 it is slower than it was.</summary>
    public void CompareWith(IReadOnlyList<BestRun> baseline)
    {
        BestRun? before = baseline.LastOrDefault(IsSameCase);
        Lines.Print(new
        {
            compared = Best, run_ratio = Ratio(RunS, before?.RunS), yardstick_ratio = Ratio(YardstickS, before?.YardstickS),
            baseline = before is null ? "holds no run of this case with this scale, these threads and this precision" : before.Machine,
            same_machine = before?.Machine == Machine,
        });
    }

    private bool IsSameCase(BestRun other) => (Best, Scale, Threads, Float32) == (other.Best, other.Scale, other.Threads, other.Float32);

    private static double? Ratio(double? now, double? before) => now / before is double ratio ? Math.Round(ratio, 3) : null;

    private static BestRun Parse(string file, int number, string line)
    {
        try
        {
            return JsonSerializer.Deserialize<BestRun>(line, Format) is { Best: not null } run ? run : throw new JsonException();
        }
        catch (JsonException)
        {
            throw new UserMistakeException(new Place(file, number, 1, ""), "not a line of a baseline; write the file with --save-baseline");
        }
    }
}

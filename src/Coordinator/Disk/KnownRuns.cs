using System.Text.RegularExpressions;
using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Store;

namespace BrainSim.Coordinator.Disk;

/// <summary>Finds what the runs of the journal need of the disk. What a submission names is read once: it never changes, nor does the list of what a run left. One thread at a time.</summary>
internal sealed partial class KnownRuns(DataFolder data)
{
    private readonly Dictionary<long, string[]> submitted = [];
    private readonly Dictionary<long, string[]> left = [];

    public KnownRun[] Of(IReadOnlyCollection<RunView> runs)
    {
        foreach (long gone in left.Keys.Except(runs.Where(run => run.Removed is null).Select(run => run.Submission.Run)).ToList())
        {
            left.Remove(gone);
        }

        return [.. runs.Select(Of)];
    }

    /// <summary>All that looks like a SHA-256: too much is kept rather than too little.</summary>
    public static string[] NamesIn(string text) => [.. Hash().Matches(text).Select(found => found.Value).Distinct()];

    private KnownRun Of(RunView run)
    {
        long number = run.Submission.Run;
        string[] named = submitted.TryGetValue(number, out string[]? known) ? known : submitted[number] = NamesIn(data.Journal.SubmissionOf(number).ToString());
        string[] made = run.Removed is null ? LeftBy(number) : [];
        return new KnownRun(
            number, run.End is null || run.IsAwaited ? null : data.Journal.EndedAt(number), run.HasResults, run.Removed is not null, made.Length > 0, [.. named, .. made]);
    }

    private string[] LeftBy(long run)
    {
        if (!left.TryGetValue(run, out string[]? names) && File.Exists(data.Parts.ListOf(run)))
        {
            names = left[run] = NamesIn(File.ReadAllText(data.Parts.ListOf(run)));
        }

        return names ?? [];
    }

    [GeneratedRegex("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")]
    private static partial Regex Hash();
}

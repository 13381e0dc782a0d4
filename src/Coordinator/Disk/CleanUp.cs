namespace BrainSim.Coordinator.Disk;

/// <summary>A run of the journal, as far as the disk is concerned.</summary>
/// <param name="EndedAt">Null where it has not ended.</param>
/// <param name="HasResults">It is done, or a sweep some of whose points had ended.</param>
/// <param name="HasFiles">Its results have been put together.</param>
/// <param name="Blobs">SHA-256 of the files that it was submitted with, and of those that it left.</param>
public sealed record KnownRun(long Run, DateTimeOffset? EndedAt, bool HasResults, bool IsRemoved, bool HasFiles, IReadOnlyCollection<string> Blobs);

/// <param name="UsedAt">When it was last written or asked for.</param>
public sealed record StoredBlob(string Sha256, DateTimeOffset UsedAt);

/// <summary>What lies on the disk, and what is known of it.</summary>
/// <param name="Folders">Numbers of the runs that have a folder, listed before <paramref name="Runs"/> were looked up.</param>
public sealed record DiskFacts(DateTimeOffset Now, IReadOnlyCollection<long> Folders, IReadOnlyCollection<KnownRun> Runs, IReadOnlyCollection<StoredBlob> Blobs);

/// <summary>What is to be done about it.</summary>
/// <param name="Expired">Runs whose results have been kept long enough.</param>
/// <param name="Folders">Runs of whose folder nothing is needed.</param>
/// <param name="Blobs">That nothing needs.</param>
/// <param name="Unmade">Runs whose results are to be put together, after which their checkpoint is not needed.</param>
public sealed record CleanUp(IReadOnlyList<long> Expired, IReadOnlyList<long> Folders, IReadOnlyList<string> Blobs, IReadOnlyList<long> Unmade)
{
    /// <summary>What is uploaded but not yet named by a submission has so long.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    /// <summary>Decides what may go. Nothing that a run needs that has not ended, whatever else holds.</summary>
    /// <param name="keepDays">Null for ever.</param>
    public static CleanUp Of(DiskFacts facts, int? keepDays)
    {
        bool IsOver(KnownRun run) => run.IsRemoved || (run.EndedAt is { } ended && keepDays is { } days && ended.AddDays(days) <= facts.Now);
        bool LeavesNothing(KnownRun run) => run.EndedAt is not null && (!run.HasResults || IsOver(run));
        Dictionary<long, KnownRun> known = facts.Runs.ToDictionary(run => run.Run);
        HashSet<string> needed = [.. facts.Runs.Where(run => !IsOver(run)).SelectMany(run => run.Blobs)];
        return new CleanUp(
            [.. facts.Runs.Where(run => run is { HasResults: true, IsRemoved: false } && IsOver(run)).Select(run => run.Run)],
            [.. facts.Folders.Where(run => !known.TryGetValue(run, out KnownRun? of) || LeavesNothing(of))],
            [.. facts.Blobs.Where(blob => !needed.Contains(blob.Sha256) && blob.UsedAt + Grace < facts.Now).Select(blob => blob.Sha256)],
            [.. facts.Runs.Where(run => run is { HasResults: true, HasFiles: false } && !IsOver(run)).Select(run => run.Run)]);
    }
}

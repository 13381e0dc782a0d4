using System.Globalization;
using BrainSim.Contracts;
using BrainSim.Contracts.Api;

namespace BrainSim.Coordinator.Service;

/// <summary>A run's journal, told to people: one line for each record.</summary>
internal static class Story
{
    public static LogLine[] Of(IReadOnlyList<(DateTimeOffset At, JournalRecord Record)> history) =>
        [.. history.Select(entry => new LogLine(entry.At, Tell(entry.Record)))];

    public static string Tell(JournalRecord record) => record.BodyCase switch
    {
        JournalRecord.BodyOneofCase.Submitted when record.Submitted.Sweep is not null => Text($"submitted as '{record.Submitted.Name}': a sweep of at most {record.Submitted.Need.Steps:N0} points, priority {record.Submitted.Priority}"),
        JournalRecord.BodyOneofCase.Submitted when record.Submitted.OfSweep > 0 => Text($"begun as point {record.Submitted.Network.Point.Index} of sweep {record.Submitted.OfSweep}: {record.Submitted.Need.Steps:N0} steps"),
        JournalRecord.BodyOneofCase.Submitted => Text($"submitted as '{record.Submitted.Name}': {record.Submitted.Need.Steps:N0} steps, priority {record.Submitted.Priority}"),
        JournalRecord.BodyOneofCase.Begun => Begun(record.Begun),
        JournalRecord.BodyOneofCase.Committed => Text($"checkpoint at step {record.Committed.Step:N0} committed, {record.Committed.Parts.Sum(part => part.Bytes):N0} bytes"),
        JournalRecord.BodyOneofCase.Lost => Text($"checkpoint at step {record.Lost.Step:N0} is damaged and not used any more"),
        JournalRecord.BodyOneofCase.Ended => record.Ended.Outcome == RunOutcome.Done
            ? record.Ended.StateHash.Length > 0 ? $"done, state hash {record.Ended.StateHash}" : Text($"done, {record.Ended.Points:N0} points, {record.Ended.FailedPoints:N0} failed")
            : $"ended as {Word(record.Ended.Outcome)}: {record.Ended.Message}",
        JournalRecord.BodyOneofCase.Removed => Tell(record.Removed),
        JournalRecord.BodyOneofCase.Points => Kept(record.Points),
        _ => "something that this version does not know",
    };

    public static string Tell(ResultsRemoved removed) =>
        Text($"results were removed on {DateTimeOffset.FromUnixTimeMilliseconds(removed.UnixMs):yyyy-MM-dd} after {removed.AfterDays} {(removed.AfterDays == 1 ? "day" : "days")}");

    /// <summary>What kind of decision a record is.</summary>
    public static string Word(JournalRecord record) => record.BodyCase switch
    {
        JournalRecord.BodyOneofCase.Submitted => "submitted",
        JournalRecord.BodyOneofCase.Begun => "placed",
        JournalRecord.BodyOneofCase.Committed => "committed",
        JournalRecord.BodyOneofCase.Lost => "checkpoint damaged",
        JournalRecord.BodyOneofCase.Ended => "ended",
        JournalRecord.BodyOneofCase.Points => "points ended",
        JournalRecord.BodyOneofCase.Removed => "results removed",
        _ => "unknown",
    };

    private static string Begun(EpochBegun begun)
    {
        string where = string.Join(", ", begun.Peers.Select(peer => Text($"{peer.Address} ({peer.Shards} {(peer.Shards == 1 ? "shard" : "shards")})")));
        return begun.Reason.Length == 0 ? $"begun on {where}" : Text($"taken up again (epoch {begun.Epoch.Epoch}) on {where}: {begun.Reason}");
    }

    /// <summary>Points that are done are counted, others named.</summary>
    private static string Kept(PointsKept kept)
    {
        string[] others = [.. kept.Results.Where(r => r.Reason.Length > 0).Select(r => Text($"; point {r.Index} is {r.Status}: {r.Reason}"))];
        string numbers = kept.Results.Count == 1 ? Text($"point {kept.Results[0].Index}") : Text($"{kept.Results.Count} points from {kept.Results.Min(r => r.Index)} to {kept.Results.Max(r => r.Index)}");
        return $"{numbers} ended on {kept.Address}{string.Concat(others)}";
    }

    private static string Word(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Cancelled => RunState.Cancelled,
        RunOutcome.Refused => RunState.Refused,
        _ => RunState.Failed,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

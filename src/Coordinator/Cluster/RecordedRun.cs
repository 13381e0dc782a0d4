using BrainSim.Contracts;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.Cluster;

/// <summary>Finds what a run recorded among all that its epochs put on the disk: of each what lies between the step where it began and the one where the next did.</summary>
public static class RecordedRun
{
    /// <param name="journal">Of the run, which is done.</param>
    /// <param name="onDisk">What an epoch put there.</param>
    /// <returns>By shard, in the order of steps.</returns>
    /// <exception cref="UserMistakeException">Something is missing.</exception>
    public static IReadOnlyList<IReadOnlyList<PartKey>> Parts(IEnumerable<JournalRecord> journal, Func<RunEpoch, IEnumerable<PartKey>> onDisk)
    {
        List<(EpochBegun Begun, long To)> epochs = [];
        foreach (JournalRecord record in journal)
        {
            if (record.Begun is { } begun)
            {
                epochs = [.. epochs.Where(e => e.Begun.FromStep < begun.FromStep).Select(e => (e.Begun, Math.Min(e.To, begun.FromStep))), (begun, long.MaxValue)];
            }
        }

        long last = journal.Select(r => r.Committed).LastOrDefault(c => c is not null)?.Step ?? 0;
        List<PartKey>[] found = [.. Enumerable.Range(0, epochs.Max(e => e.Begun.Peers.Sum(p => p.Shards))).Select(_ => new List<PartKey>())];
        foreach ((EpochBegun begun, long to) in epochs)
        {
            ILookup<int, PartKey> parts = onDisk(begun.Epoch).ToLookup(p => p.Shard);
            for (int shard = 0; shard < begun.Peers.Sum(p => p.Shards); shard++)
            {
                found[shard].AddRange(Between(begun.FromStep, Math.Min(to, last), parts[shard], begun.Epoch.Run));
            }
        }

        return found;
    }

    private static IEnumerable<PartKey> Between(long from, long to, IEnumerable<PartKey> parts, long run)
    {
        Dictionary<long, PartKey> next = parts.ToDictionary(p => p.RecordedAfter);
        for (long step = from; step < to; step = next[step].Step)
        {
            yield return next.TryGetValue(step, out PartKey? part) && part.Step <= to
                ? part
                : throw new UserMistakeException(new Place($"run {run}", 0, 0, "recordings"), $"what was recorded after step {step} is no longer on the coordinator's disk; submit the run again.");
        }
    }
}

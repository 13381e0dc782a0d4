using BrainSim.Contracts;
using BrainSim.Coordinator.Store;
using BrainSim.Coordinator.Sweeps;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;

namespace BrainSim.Coordinator.Service;

/// <summary>The table of a sweep, made of its journal: the same files as of <c>sweep --out</c>.</summary>
internal static class SweepResults
{
    /// <param name="journal">Of the sweep, in order.</param>
    /// <param name="folder">Where the files go.</param>
    public static void Write(IEnumerable<JournalRecord> journal, BlobFolder blobs, string folder)
    {
        Submission submission = journal.Select(r => r.Submitted).First(s => s is not null);
        Dictionary<string, PointOutcome> outcomes = [];
        foreach (PointResult result in journal.Select(r => r.Points).OfType<PointsKept>().SelectMany(kept => kept.Results))
        {
            outcomes.TryAdd(result.Key, WirePoints.FromWire(result)!);
        }

        (SweepPlan plan, var points) = SweepPlans.Of(submission, blobs);
        SweepLogic logic = new(plan, points, point => outcomes.GetValueOrDefault(point.Key));
        while (logic.Next() is not null)
        {
            // A point that a cancelled sweep never finished: it is in no table.
        }

        new PointTable(plan.Spec, logic.Table).Write(folder);
    }
}

using BrainSim.Contracts;
using BrainSim.Coordinator.Sweeps;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;

namespace BrainSim.Coordinator.Service;

/// <summary>The table of a sweep, made of its journal: the same files as of <c>sweep --out</c>.</summary>
internal static class SweepResults
{
    /// <param name="journal">Of the sweep, in order.</param>
    /// <param name="path">Of the network file.</param>
    /// <param name="folder">Where the files go.</param>
    public static void Write(Submission submission, IEnumerable<JournalRecord> journal, string path, NamedFiles files, string folder)
    {
        Dictionary<string, PointOutcome> outcomes = [];
        foreach (PointResult result in journal.Select(r => r.Points).OfType<PointsKept>().SelectMany(kept => kept.Results))
        {
            outcomes.TryAdd(result.Key, WirePoints.FromWire(result)!);
        }

        SweepPlan plan = SweepPlans.Of(submission, path, files);
        SweepLogic logic = new(plan, plan.Points(), point => outcomes.GetValueOrDefault(point.Key));
        while (logic.Next() is not null)
        {
            // A point that a cancelled sweep never finished: it is in no table.
        }

        new PointTable(plan.Spec, logic.Table).Write(folder);
    }
}

using BrainSim.Contracts;
using BrainSim.Contracts.Api;

namespace BrainSim.Coordinator.Service;

/// <summary>What the logic shows, as the API says it.</summary>
internal static class Views
{
    /// <param name="nodes">By name, for their addresses.</param>
    /// <param name="before">What was shown last; returned again where nothing has changed.</param>
    public static RunView Of(Cluster.RunView run, IReadOnlyDictionary<string, Cluster.NodeView> nodes, RunView? before)
    {
        Submission submission = run.Submission;
        string[] addresses = [.. run.Nodes.Select(share => nodes.GetValueOrDefault(share.Node)?.Description?.Address ?? share.Node)];
        (string state, string cause) = StateOf(run);
        long steps = run.Sweep?.Points ?? submission.Need.Steps;
        RunView now = new(
            submission.Run, submission.Name, state, ReasonOf(run), cause, state == RunState.Done ? steps : run.Step, steps, run.Committed,
            run.Epoch, before is not null && before.Nodes.SequenceEqual(addresses) ? before.Nodes : addresses, submission.Priority,
            DateTimeOffset.FromUnixTimeMilliseconds(submission.SubmittedUnixMs), run.End is { Outcome: RunOutcome.Done } end && end.StateHash.Length > 0 ? end.StateHash : null,
            TimesOf(run.Spent) is var times && before is not null && before.Times.SequenceEqual(times) ? before.Times : times,
            run.Removed is { } removed ? DateTimeOffset.FromUnixTimeMilliseconds(removed.UnixMs) : null)
        {
            Sweep = run.Sweep is { } sweep ? new SweepView(sweep.Points, sweep.Finished, sweep.Running, sweep.Failed, sweep.LeftMs / 1000) : null,
            PointOf = submission.OfSweep > 0 ? submission.OfSweep : null,
        };
        return now == before ? before : now;
    }

    /// <summary>Where the nodes' time went, line by line.</summary>
    /// <param name="spent">By node of one epoch.</param>
    public static TimeLine[] TimesOf(IReadOnlyList<TimeSpent> spent)
    {
        List<TimeLine> lines = [];
        for (int node = 0; node < spent.Count; node++)
        {
            TimeSpent of = spent[node];
            void Add(string work, string what, long milliseconds) => lines.Add(new TimeLine(of.Address, work, what, milliseconds / 1000.0));
            for (int s = 0; s < of.ShardBusyMs.Count; s++)
            {
                Add("stepping", $"shard {of.FirstShard + s}", of.ShardBusyMs[s]);
                Add("waiting", $"shard {of.FirstShard + s} for others here", Math.Max(0, of.BusyMs - of.ShardBusyMs[s]));
            }

            for (int peer = 0; peer < Math.Min(spent.Count, of.WaitedMs.Count); peer++)
            {
                Add("waiting", peer == node ? "the coordinator" : spent[peer].Address, of.WaitedMs[peer]);
            }
        }

        return [.. lines];
    }

    public static NodeView Of(Cluster.NodeView node, IEnumerable<Cluster.RunView> runs)
    {
        NodeDescription about = node.Description!;
        long[] hosted = [.. runs.Where(run => run.Nodes.Any(share => share.Node == node.Node)).Select(run => run.Submission.Run)];
        return new NodeView(
            node.Node, about.Address, about.Slots, about.Cores, about.MemoryBytes, about.VectorBits, about.Devices, about.Version, node.IsDraining, node.Used, hosted, node.SilentMs);
    }

    private static string ReasonOf(Cluster.RunView run) => run.Removed is { } removed ? $"its {Story.Tell(removed)}" : run.End?.Message ?? run.Reason;

    private static (string State, string Cause) StateOf(Cluster.RunView run) => run switch
    {
        { End.Outcome: RunOutcome.Done } => (RunState.Done, ""),
        { End.Outcome: RunOutcome.Cancelled } => (RunState.Cancelled, ""),
        { End.Outcome: RunOutcome.Refused } => (RunState.Refused, ""),
        { End.Outcome: RunOutcome.FailedNumerically } => (RunState.Failed, RunCause.Numbers),
        { End.Outcome: RunOutcome.FailedByDefect } => (RunState.Failed, RunCause.Defect),
        { End: not null } => (RunState.Failed, RunCause.Infrastructure),
        { State: Cluster.RunState.Building } => (RunState.Building, ""),
        { State: Cluster.RunState.Running } => (RunState.Running, ""),
        _ => (RunState.Waiting, ""),
    };
}

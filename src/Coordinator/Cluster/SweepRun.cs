using System.Collections.Immutable;
using BrainSim.Contracts;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;

namespace BrainSim.Coordinator.Cluster;

/// <summary>
/// A sweep from its submission to its end: which points nodes are to have, and what came of them. A point's outcome does not depend on where and when it is computed, so it counts whoever
/// tells it, once: when it is written down. Which node has which point is never written down; after a restart nodes tell.
/// </summary>
/// <param name="tell">Sends a message, which may get lost.</param>
/// <param name="write">Makes a record durable; false where that fails now.</param>
/// <param name="runs">For points that no node can hold alone.</param>
internal sealed partial class SweepRun(Submission submission, ClusterSettings settings, Action<string, ToNode> tell, Func<JournalRecord, bool> write, IRunsOfPoints runs) : ISubmitted
{
    private readonly DividedPoints divided = new(runs);
    private readonly Dictionary<string, PointOutcome> outcomes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SweepShare> shares = new(StringComparer.Ordinal);
    private readonly PointPace pace = new();

    /// <summary>Points that nodes had before anybody here gave any.</summary>
    private readonly Dictionary<int, string> claims = [];

    private PointQueue? queue;
    private PointLimits limits = new();
    private bool hasSpread;
    private RunEnded? ending;
    private int failures;
    private long retryAt;
    private int failedPoints;
    private ResultsRemoved? removed;
    private string saidToWait = "";

    public Submission Submission => submission;

    public int SubmittedBytes { get; } = submission.CalculateSize();

    public long Run => submission.Run;

    /// <summary>Slots that a point takes: all on one node, unless none has as many.</summary>
    public int Width => Math.Max(1, submission.Shards);

    public RunState State => End is not null ? RunState.Ended : shares.Values.Any(s => s.Points.Count > 0) || divided.Running > 0 ? RunState.Running : RunState.Queued;

    public string Reason { get; set; } = "waits for its points to be listed";

    public RunEnded? End { get; private set; }

    /// <summary>True until <see cref="Planned"/>, or the end.</summary>
    public bool NeedsPlan => queue is null && ending is null;

    /// <summary>The plan has been asked for.</summary>
    public bool IsPlanAsked { get; set; }

    public bool IsWaiting(long now) => queue is not null && ending is null && retryAt <= now;

    public RunView View(long now)
    {
        SweepTally tally = Tally();
        string reason = State == RunState.Running ? "" : Reason.Length > 0 ? Reason : divided.Waiting?.ToString() ?? "";
        return new(submission, State, reason, tally.Finished, 0, 0, [.. shares.Values.Where(s => s.Points.Count > 0).Select(s => new NodeShareView(s.Node, s.Used * Width, 0))], [], End)
        {
            Sweep = tally, Removed = removed,
        };
    }

    public void Replay(JournalRecord record, long now)
    {
        if (record.Points is { } kept)
        {
            foreach (PointResult result in kept.Results)
            {
                TakeIn(result);
            }
        }
        else if (record.Ended is { } ended)
        {
            Close(ended);
        }
        else if (record.Removed is not null)
        {
            removed = record.Removed;
        }
    }

    /// <summary>It waits for no single node, so that nobody's silence counts; its runs excuse themselves.</summary>
    public void Excuse(long gap, long now) => divided.Excuse(gap);

    public string? WaitsForNews()
    {
        string waits = State != RunState.Queued ? "" : divided.Waiting is { } point ? point.Name : Reason;
        waits = waits.StartsWith(RunLogic.Behind, StringComparison.Ordinal) ? $"{RunLogic.Behind}others" : waits;
        (bool isNews, saidToWait) = (waits != saidToWait, waits);
        return isNews && waits.Length > 0 ? waits : null;
    }

    /// <summary>After a restart nodes say first what they have, so that they keep it.</summary>
    public void WaitForNodes(long now) => retryAt = now + (2 * settings.ResendAfter);

    /// <summary>Takes the list of points.</summary>
    public void Planned(SweepPlan plan, ImmutableArray<SweepPoint> points)
    {
        if (NeedsPlan)
        {
            queue = new PointQueue(new SweepLogic(plan, points, point => outcomes.GetValueOrDefault(point.Key)));
            limits = plan.Spec.Limits;
            _ = queue.HasMore; // Passes over what has come before, so that all points are known that may be under way.
            Reason = "waits to be placed";
        }
    }

    /// <summary>There is no plan, and will be none.</summary>
    public void NotPlanned(RunOutcome outcome, string message)
    {
        if (NeedsPlan)
        {
            TryEnd(outcome, message);
        }
    }

    public IEnumerable<Held> Held => shares.Values.Select(s => new Held(s.Node, s.Used * Width, s.Used * submission.Need.MemoryBytes));

    /// <summary>Takes all that is free: a point for each place first, then so many more as keep a node busy from one message to the next.</summary>
    /// <param name="offers">Of nodes that take work; what this sweep has there is not free.</param>
    /// <param name="idle">The same as if nothing ran.</param>
    /// <returns>True where others wait for what it needs: there are more points than places that it may have, or the next point is about to look for its place.</returns>
    public bool Spread(IReadOnlyList<Offer> offers, IReadOnlyList<Offer> idle, long now)
    {
        hasSpread = true;
        bool divides = Divides(idle);
        int depth = pace.Depth;
        (SweepShare Share, int Room)[] open = [.. offers.Select(offer => (Share(offer.Node), divides ? 0 : Room(offer)))];
        foreach ((SweepShare share, int room) in open)
        {
            queue!.PutBack(share.TakeBack(room * depth));
        }

        queue!.KeepWithTheirNodes(claims, shares);
        for (int layer = 1; layer <= depth; layer++)
        {
            foreach ((SweepShare share, int room) in open)
            {
                while (share.Points.Count < layer * room && Take() is { } point)
                {
                    share.Add(point);
                }
            }
        }

        Array.ForEach(open, o => o.Share.Allow(Math.Min(o.Room, o.Share.Points.Count)));
        bool begins = divides && DivideNext(now);
        if (!divides)
        {
            Undivide(idle);
        }

        Reason = WhyNot(offers);
        TellChanged(now);
        Conclude();
        return begins || (idle.Any(o => o.FreeSlots >= Width) && !divides && queue is { HasMore: true });
    }

    /// <summary>Begins no more points, so that nodes become free for somebody else.</summary>
    public void Hold(string reason, long now)
    {
        foreach (SweepShare share in shares.Values)
        {
            Hold(share);
        }

        Reason = reason;
        TellChanged(now);
    }

    /// <summary>Hears what a node has.</summary>
    public void Hear(string node, SweepStatus status)
    {
        if (shares.TryGetValue(node, out SweepShare? share))
        {
            share.Hear(status);
        }
        else if (hasSpread)
        {
            TellVoid(node);
        }
        else
        {
            foreach (int index in status.Begun.Concat(status.Waiting).Where(i => i >= 0 && i < submission.Need.Steps))
            {
                claims[index] = node;
            }
        }
    }

    /// <param name="address">Of the node, for people.</param>
    public void Hear(string node, string address, PointsEnded ended)
    {
        if (!Keep(address, ended.Results))
        {
            return; // The node tells it again.
        }

        foreach (PointResult result in ended.Results.Where(r => outcomes.ContainsKey(r.Key)))
        {
            shares.GetValueOrDefault(node)?.Remove(result.Index);
        }

        Conclude();
    }

    public void Hear(string node, PointFailed failed, long now)
    {
        if (ending is not null || shares.GetValueOrDefault(node) is not { } share || share.Points.Find(p => p.Index == failed.Index) is not { } point)
        {
            return;
        }

        share.Remove(point.Index);
        queue!.PutBack([point]);
        switch (failed.Cause)
        {
            case FailureCause.UserMistake:
                TryEnd(RunOutcome.Refused, failed.Message);
                break;
            case FailureCause.Infrastructure:
                Fail($"node {node}: {failed.Message}", now);
                break;
            default:
                TryEnd(RunOutcome.FailedByDefect, $"Node {node}: {failed.Message}");
                break;
        }
    }

    public void Lose(string node, string what, long now)
    {
        if (shares.Remove(node, out SweepShare? share))
        {
            queue?.PutBack(share.Points);
            if (share.Points.Count > 0 && ending is null)
            {
                Fail($"node {node} {what}", now);
            }
        }
    }

    /// <summary>Points that run may end, for a while; the others go elsewhere at once.</summary>
    public void HandOver(string node, long since, long now)
    {
        if (!shares.TryGetValue(node, out SweepShare? share))
        {
            return;
        }

        Hold(share);
        if (share.Points.Count == 0 || now - since > settings.HandOverWithin)
        {
            queue?.PutBack(share.Points);
            shares.Remove(node);
            TellVoid(node);
        }
    }

    public bool Cancel()
    {
        if (End is null)
        {
            TryEnd(RunOutcome.Cancelled, "cancelled");
        }

        return End is not null;
    }

    public void Tick(long now)
    {
        if (ending is not null)
        {
            TryEnd(ending.Outcome, ending.Message);
            return;
        }

        TakeEndsOfRuns(now);
        Conclude();
        TellChanged(now);
    }

    /// <summary>Says to a node that nothing of the sweep is wanted there.</summary>
    public void TellVoid(string node) => tell(node, new ToNode { Points = new RunPoints { Run = Run } });

    private SweepShare Share(string node) => shares.TryGetValue(node, out SweepShare? known) ? known : shares[node] = new SweepShare(node);

    /// <summary>Points that a node can run at the same time.</summary>
    private int Room(Offer offer)
    {
        int used = Share(offer.Node).Used;
        long need = submission.Need.MemoryBytes;
        long fit = need > 0 ? Math.Max(0, offer.FreeBytes) / need : int.MaxValue;
        bool isAlone = used == 0 && offer.IsIdle && !hasDivided;
        return (int)Math.Min(used + (Math.Max(0, offer.FreeSlots) / Width), isAlone ? Math.Max(1, fit) : used + fit);
    }

    private string WhyNot(IReadOnlyList<Offer> offers) =>
        offers.Count == 0 ? "waits for a node: none is there"
        : State == RunState.Running ? ""
        : divided.Waiting is { } point ? point.ToString()
        : offers.Max(o => o.FreeSlots) >= Width ? "waits for memory"
        : Width == 1 ? "waits for a free slot"
        : IsDivisible ? $"waits for {Width} free slots, of one node or of several together; start more nodes, or ask for fewer shards"
        : $"waits for a node with {Width} free slots; start one with --slots {Width}, or ask for fewer shards (points with limits of rate or memory, or a condition to stop, are not divided between nodes)";

    /// <returns>False where it is not written down now.</returns>
    private bool Keep(string address, IEnumerable<PointResult> results)
    {
        PointsKept fresh = new() { Run = Run, Address = address };
        fresh.Results.AddRange(results.Where(IsNews).DistinctBy(r => r.Key));
        if (queue is null || ending is not null || (fresh.Results.Count > 0 && !write(new JournalRecord { Points = fresh })))
        {
            return false;
        }

        foreach (PointResult result in fresh.Results)
        {
            TakeIn(result);
            failures = 0;
        }

        return true;
    }

    private bool IsNews(PointResult result) => !outcomes.ContainsKey(result.Key) && queue?.Has(result.Key) == true && PointStatusWords.Parse(result.Status) is not null;

    private void TakeIn(PointResult result)
    {
        if (WirePoints.FromWire(result) is { } outcome && outcomes.TryAdd(result.Key, outcome))
        {
            divided.Drop(result.Key);
            failedPoints += outcome.Status.HasMeasures() ? 0 : 1;
            pace.Took(outcome.Seconds);
            if (queue?.Finish(result.Key, outcome) is { } point)
            {
                foreach (SweepShare share in shares.Values)
                {
                    share.Remove(point.Index);
                }
            }
        }
    }

    private void Hold(SweepShare share)
    {
        queue?.PutBack(share.TakeBack(0));
        share.Allow(0);
    }

    private void Fail(string reason, long now)
    {
        if (++failures > settings.MostFailures)
        {
            TryEnd(RunOutcome.FailedByInfrastructure, $"Given up after {failures} failures without a point that ended between them; the last: {reason}.");
            return;
        }

        Reason = $"tries points again: {reason}";
        retryAt = now + Math.Min(settings.BackOff << Math.Min(failures - 1, 16), settings.LongestBackOff);
    }

    private void TellChanged(long now)
    {
        foreach (SweepShare share in shares.Values.Where(s => s.ToldAt is { } told ? s.IsChanged || now - told >= (s.IsHeard ? settings.LostAfter : settings.ResendAfter) : s.Points.Count > 0))
        {
            RunPoints order = new() { Run = Run, Network = submission.Network, Sweep = submission.Sweep, AtOnce = share.AtOnce, Threads = Width };
            order.Points.AddRange(share.Points.Select(WirePoints.ToWire));
            tell(share.Node, new ToNode { Points = order });
            share.Told(now);
        }
    }

    private void Conclude()
    {
        if (ending is null && queue is { IsOver: true })
        {
            TryEnd(RunOutcome.Done, "");
        }
    }

    private void TryEnd(RunOutcome outcome, string message)
    {
        SweepTally tally = Tally();
        (int points, int failed) = queue is { IsOver: true } ? queue.Rows : (tally.Finished, tally.Failed);
        ending ??= new RunEnded { Run = Run, Outcome = outcome, Message = message, Points = points, FailedPoints = failed };
        if (write(new JournalRecord { Ended = ending }))
        {
            Close(ending);
        }
        else
        {
            Reason = "has ended; waits for the coordinator's disk to take that down";
        }
    }

    private void Close(RunEnded end)
    {
        submission = EndedSubmission.Of(submission);
        (End, ending, Reason) = (end, end, end.Message);
        foreach (string node in shares.Keys)
        {
            TellVoid(node);
        }

        shares.Clear();
        divided.DropAll();
        outcomes.Clear();
        queue = null;
    }

    private SweepTally Tally()
    {
        if (End is not null)
        {
            return new SweepTally(End.Outcome == RunOutcome.Done ? End.Points : (int)submission.Need.Steps, End.Points, 0, End.FailedPoints, null);
        }

        int finished = Math.Max(queue?.Finished ?? 0, outcomes.Count);
        int running = shares.Values.Sum(s => Math.Min(s.Used, s.Points.Count)) + divided.Running;
        return new SweepTally((int)submission.Need.Steps, finished, running, Math.Max(queue?.Failed ?? 0, failedPoints), pace.TimeLeft(submission.Need.Steps - finished, running));
    }
}

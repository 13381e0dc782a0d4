using System.Text.RegularExpressions;
using BrainSim.Contracts;
using BrainSim.Node.Cluster;

namespace BrainSim.Coordinator.Cluster;

/// <summary>
/// One run from its submission to its end: building, opening, running from checkpoint to checkpoint, and beginning again when something breaks. It never counts messages: it
/// compares what its nodes have with what they should have, and says again what is missing.
/// </summary>
/// <param name="tell">Sends a message, which may get lost.</param>
/// <param name="write">Makes a record durable; false where that fails now.</param>
internal sealed class RunLogic(Submission submission, ClusterSettings settings, Action<string, ToNode> tell, Func<JournalRecord, bool> write) : ISubmitted
{
    private readonly Dictionary<(long Step, int Shard), PartKept> parts = [];
    private readonly SortedDictionary<int, ShardEnd> ends = [];
    private readonly HashSet<(string, string)> broken = [];
    private readonly CheckpointDistance distance = new(settings, submission.Need);
    private List<NodeShare> shares = [];
    private RecordedSteps[] recorded = [];
    private List<long> limits = [];
    private CheckpointReference? committed;
    private RunEnded? ending;
    private int epoch;
    private int failures;
    private string version = settings.Version;
    private string lastEnd = "";
    private long committedAt;
    private bool failsNumerically;
    private (long, long, long, int, int) movement;
    private long movedAt;
    private EpochCause lastCause;
    private ResultsRemoved? removed;
    private string saidToWait = "";
    private long spikesAtEnd;

    public Submission Submission => submission;

    public int SubmittedBytes { get; } = submission.CalculateSize();

    public long Run => submission.Run;

    public RunState State { get; private set; } = RunState.Queued;

    public string Reason { get; set; } = "waits to be placed";

    /// <summary>A queued run is not placed before.</summary>
    public long RetryAt { get; private set; }

    public RunEnded? End { get; private set; }

    public RunEpoch Epoch => new() { Run = Run, Epoch = epoch };

    public IReadOnlyList<NodeShare> Shares => shares;

    /// <summary>Begins what a run says that waits for others, which may be another one at any moment.</summary>
    public const string Behind = "waits behind ";

    /// <summary>What a run says that waits for the coordinator's disk.</summary>
    public const string NoRoom = "waits for room on the coordinator's disk";

    /// <summary>True while its parts are not taken: it then stands still through no fault of its nodes.</summary>
    public bool HasNoRoom { get; set; }

    /// <summary>Of a sweep's point: the sweep has what came of it.</summary>
    public bool IsTakenIn { get; set; }

    public IReadOnlySet<(string, string)> Broken => broken;

    public CheckpointReference? Committed => committed;

    public long CommittedStep => committed?.Step ?? 0;

    /// <summary>Where the present epoch began.</summary>
    public long FirstStep { get; private set; }

    private long Steps => submission.Need.Steps;

    /// <summary>As last heard; 0 for a node that has not told.</summary>
    private long SlowestStep => shares.Select(s => s.Step).DefaultIfEmpty(0).Min();

    private int Shards => shares.Sum(s => s.Peer.Shards);

    private long Spikes => shares.Select(s => s.Status?.Spikes ?? 0).Saturated();

    public bool IsWaiting(long now) => State == RunState.Queued;

    public IEnumerable<Held> Held => shares.Select(s => new Held(s.Peer.Node, s.Peer.Shards, (long)((double)submission.Need.MemoryBytes * s.Peer.Shards / Shards)));

    /// <summary>The set of nodes, by its number, that cannot hold the run even when nothing else runs, and what the run says then; 0 where none is known.</summary>
    public (long NodeSet, string Reason) TooLarge { get; set; }

    public RunView View(long now) => new(
        submission, State, HasNoRoom && State == RunState.Running ? NoRoom : IsStill(now) ? $"nothing has moved for {(now - movedAt) / 1000} s" : Reason,
        Math.Max(CommittedStep, SlowestStep), CommittedStep, epoch,
        [.. shares.Select(s => new NodeShareView(s.Peer.Node, s.Peer.Shards, s.Step))], End is null ? [.. shares.Select(s => s.Spent)] : End.Spent, End)
    {
        Spikes = End is null ? Spikes : spikesAtEnd, CheckpointAge = shares.Count > 0 ? now - committedAt : 0, Removed = removed,
        IsAwaited = submission.OfSweep > 0 && !IsTakenIn,
    };

    public void Replay(JournalRecord record, long now)
    {
        switch (record.BodyCase)
        {
            case JournalRecord.BodyOneofCase.Begun:
                Begin(record.Begun, now);
                break;
            case JournalRecord.BodyOneofCase.Committed:
                Commit(record.Committed, now);
                break;
            case JournalRecord.BodyOneofCase.Lost when record.Lost.Step == CommittedStep:
                committed = null;
                break;
            case JournalRecord.BodyOneofCase.Ended:
                Close(record.Ended);
                break;
            case JournalRecord.BodyOneofCase.Removed when State == RunState.Ended:
                removed = record.Removed;
                break;
            default:
                break;
        }
    }

    /// <summary>What the journal holds is taken up. The same bits are promised for one version of this program: what another one began, this one begins again from the first step.</summary>
    public void TakeUp(long now)
    {
        if (shares.Count > 0 && version != settings.Version)
        {
            committed = null;
            Abandon(EpochCause.VersionChanged, $"version {settings.Version} took the place of {(version.Length > 0 ? $"version {version}" : "an older one")}", counts: false, now);
        }
    }

    /// <summary>Begins an epoch on these nodes, once that is written down.</summary>
    public void Begin(IReadOnlyList<Peer> peers, long now)
    {
        distance.Begin(CommittedStep, peers.Sum(p => p.Shards), now);
        EpochBegun begun = new() { Epoch = new RunEpoch { Run = Run, Epoch = ++epoch }, Reason = lastEnd, Failures = failures, FromStep = CommittedStep, Cause = lastCause, Version = settings.Version };
        begun.Peers.AddRange(peers);
        begun.Limits.AddRange(Extended([], CommittedStep));
        if (!write(new JournalRecord { Begun = begun }))
        {
            Reason = "waits for the coordinator's disk";
            RetryAt = now + settings.BackOff;
            return;
        }

        Begin(begun, now);
        TellAll(now);
    }

    /// <summary>Hears what a node has.</summary>
    public void Hear(string node, HostedStatus status, long now)
    {
        if (ShareOf(node, status.Epoch) is not { } share || !IsPossible(share, status, now))
        {
            return;
        }

        share.Status = status;
        if (State == RunState.Building && shares.TrueForAll(s => s.IsOpen))
        {
            State = RunState.Running;
            committedAt = now;
            distance.Open(now);
            TellAll(now);
        }

        limits.FindAll(limit => limit <= SlowestStep).ForEach(limit => distance.Reach(limit, now));
        Conclude(now);
    }

    public void Hear(string node, ShardsBuilt built, long now)
    {
        if (ShareOf(node, built.Epoch) is not { } share)
        {
            return;
        }

        if (!built.Shards.Select(s => s.Shard).SequenceEqual(Enumerable.Range(share.Peer.FirstShard, share.Peer.Shards)) || !built.Shards.All(s => WireShapes.Fits(s, Shards)))
        {
            TryEnd(RunOutcome.FailedByDefect, $"Node {node} built shards that do not belong to this run.");
            return;
        }

        bool isNews = share.Asks is null;
        share.Asks = [.. built.Shards];
        if (isNews && State == RunState.Building && shares.TrueForAll(s => s.IsBuilt))
        {
            TellAll(now);
        }
    }

    public void Hear(string node, ShardsEnded ended, long now)
    {
        if (ShareOf(node, ended.Epoch) is { } share && (ended.Status is null || IsPossible(share, ended.Status, now)))
        {
            foreach (ShardEnd end in ended.Shards.Where(e => e.Shard >= share.Peer.FirstShard && e.Shard < share.Peer.FirstShard + share.Peer.Shards))
            {
                ends[end.Shard] = end;
            }

            share.Status = ended.Status ?? share.Status;

            Conclude(now);
        }
    }

    public void Hear(string node, RunFailed failed, long now)
    {
        if (ShareOf(node, failed.Epoch) is not { } share || share.Failure is not null)
        {
            return;
        }

        share.Failure = failed;
        switch (failed.Cause)
        {
            case FailureCause.Numerical:
                failsNumerically = true;
                Conclude(now);
                break;
            case FailureCause.UserMistake:
                TryEnd(RunOutcome.Refused, InUsersNames(failed.Message));
                break;
            case FailureCause.Defect:
                TryEnd(RunOutcome.FailedByDefect, $"Node {node}: {failed.Message}");
                break;
            case FailureCause.CheckpointDamaged when committed is not null && write(new JournalRecord { Lost = new CheckpointLost { Run = Run, Step = committed.Step } }):
                committed = null;
                Abandon(EpochCause.DamagedCheckpoint, failed.Message, counts: true, now);
                break;
            default:
                Abandon(EpochCause.NodeFailed, $"node {node}: {failed.Message}", counts: true, now);
                break;
        }
    }

    /// <summary>A part is on the disk.</summary>
    public void Hear(PartKept part, long now)
    {
        if (part.Key.Epoch.Epoch != epoch || part.Key.Shard < 0 || part.Key.Shard >= Shards || part.Key.Step > Steps)
        {
            return;
        }

        if (part.Key.IsRecorded)
        {
            recorded[part.Key.Shard].Add(part.Key.RecordedAfter, part.Key.Step);
            Conclude(now);
        }
        else if (limits.Contains(part.Key.Step))
        {
            parts[(part.Key.Step, part.Key.Shard)] = part;
            Conclude(now);
        }
    }

    /// <summary>What no share of this run can be in ends the epoch: who says so has a defect, or lies.</summary>
    private bool IsPossible(NodeShare share, HostedStatus status, long now)
    {
        bool isPossible = status.Epoch.Equals(Epoch) && status.Step <= Steps && status.WaitsFor < shares.Count
            && status.WaitedMs.Count <= shares.Count && status.ShardBusyMs.Count <= share.Peer.Shards;
        if (!isPossible)
        {
            Abandon(EpochCause.NodeFailed, $"node {share.Peer.Node} tells of its shards what cannot be", counts: true, now);
        }

        return isPossible;
    }

    public void Lose(string node, string what, long now)
    {
        if (shares.Exists(s => s.Peer.Node == node))
        {
            Abandon(EpochCause.NodeLost, $"node {node} {what}", counts: true, now);
        }
    }

    /// <summary>The run leaves it with the next checkpoint, or when the time is up.</summary>
    public void HandOver(string node, long since, long now)
    {
        if (shares.Exists(s => s.Peer.Node == node) && ending is null && (committedAt > since || now - since > settings.HandOverWithin))
        {
            Abandon(EpochCause.HandedOver, $"node {node} hands over", counts: false, now);
        }
    }

    public string? WaitsForNews()
    {
        string waits = State == RunState.Queued ? Reason : HasNoRoom ? NoRoom : "";
        waits = waits.StartsWith(Behind, StringComparison.Ordinal) ? $"{Behind}others" : waits;
        (bool isNews, saidToWait) = (waits != saidToWait, waits);
        return isNews && waits.Length > 0 ? waits : null;
    }

    public bool Cancel() => Cancel("by request");

    /// <param name="why">For people.</param>
    public bool Cancel(string why)
    {
        if (State != RunState.Ended)
        {
            TryEnd(RunOutcome.Cancelled, why);
        }

        return State == RunState.Ended;
    }

    /// <summary>Of a sweep's point: one node can hold it now.</summary>
    public void Withdraw() => TryEnd(RunOutcome.FailedByInfrastructure, "its point is not divided any more, since other nodes are there");

    /// <summary>The coordinator itself stood still: for so long nothing could move, whoever is to blame otherwise.</summary>
    public void Excuse(long gap, long now) => movedAt = Math.Min(now, movedAt + gap);

    public void Tick(long now)
    {
        if (ending is not null && State != RunState.Ended)
        {
            TryEnd(ending.Outcome, ending.Message);
            return;
        }

        if (State is RunState.Building or RunState.Running)
        {
            Conclude(now);
            LookForStandstill(now);
            foreach (NodeShare share in shares.Where(s => s.ToldAt is not { } told || now - told >= settings.ResendAfter))
            {
                Tell(share, now);
            }
        }
    }

    private void Begin(EpochBegun begun, long now)
    {
        committed = begun.Version == version || epoch == 0 ? committed : null;
        version = begun.Version;
        epoch = begun.Epoch.Epoch;
        failures = begun.Failures;
        distance.Begin(begun.FromStep, begun.Peers.Sum(p => p.Shards), now);
        FirstStep = begun.FromStep;
        limits = [.. begun.Limits.Where(l => l > CommittedStep)];
        shares = [.. begun.Peers.Select((peer, place) => new NodeShare(peer, place))];
        recorded = [.. Enumerable.Range(0, Shards).Select(_ => new RecordedSteps(FirstStep))];
        parts.Clear();
        ends.Clear();
        failsNumerically = false;
        State = RunState.Building;
        Reason = "";
        (committedAt, movedAt) = (now, now);
    }

    private void Commit(CheckpointReference checkpoint, long now)
    {
        committed = checkpoint;
        limits = [.. checkpoint.Limits];
        failures = 0;
        committedAt = now;
        foreach ((long Step, int Shard) old in parts.Keys.Where(k => k.Step <= checkpoint.Step).ToList())
        {
            parts.Remove(old);
        }
    }

    /// <summary>Does what has become possible: a checkpoint whose parts are all there, an end whose cause is known.</summary>
    private void Conclude(long now)
    {
        if (ending is not null || shares.Count == 0)
        {
            return;
        }

        if (failsNumerically)
        {
            ConcludeNumerically();
            return;
        }

        while (limits.Count > 0 && Enumerable.Range(0, Shards).All(s => parts.ContainsKey((limits[0], s)) && recorded[s].To >= limits[0]))
        {
            if (!TryCommit(now))
            {
                return;
            }
        }

        if (CommittedStep == Steps && ends.Count == Shards)
        {
            string? hash = WireShapes.StateHashOf([.. ends.Values]);
            TryEnd(hash is null ? RunOutcome.FailedByDefect : RunOutcome.Done, hash is null ? "The shards' state does not fit together." : "", hash ?? "");
        }
        else if (State == RunState.Running && limits.Count == 0 && CommittedStep < Steps)
        {
            Abandon(EpochCause.PlaceLost, "the coordinator lost its place", counts: false, now);
        }
    }

    private bool TryCommit(long now)
    {
        long step = limits[0];
        CheckpointReference checkpoint = new() { Epoch = Epoch, Step = step };
        checkpoint.Parts.AddRange(Enumerable.Range(0, Shards).Select(s => parts[(step, s)]));
        distance.Keep(step, shares.Max(s => s.WorkedMs), now);
        checkpoint.Limits.AddRange(Extended(limits.Skip(1), step));
        if (!write(new JournalRecord { Committed = checkpoint }))
        {
            return false;
        }

        Commit(checkpoint, now);
        TellAll(now);
        return true;
    }

    /// <summary>Ends the run when all nodes have come as far as the one whose numbers failed, so that every layout tells of the same neuron.</summary>
    private void ConcludeNumerically()
    {
        long step = shares.Select(s => s.Failure).OfType<RunFailed>().Min(f => f.Step);
        if (shares.TrueForAll(s => s.Failure is not null || (s.Step >= step && s.Status?.Phase != HostedPhase.Failed)))
        {
            EndNumerically();
        }
    }

    private void EndNumerically()
    {
        RunFailed first = shares.Select(s => s.Failure).OfType<RunFailed>().OrderBy(f => f.Step).ThenBy(Order).First();
        TryEnd(RunOutcome.FailedNumerically, first.Message);
    }

    private static (long, long, long, long) Order(RunFailed failed) =>
        (failed.Order.ElementAtOrDefault(0), failed.Order.ElementAtOrDefault(1), failed.Order.ElementAtOrDefault(2), failed.Order.ElementAtOrDefault(3));

    private void LookForStandstill(long now)
    {
        (long, long, long, int, int) seen = (shares.Sum(s => s.Step), CommittedStep, parts.Count + recorded.Sum(r => r.To), shares.Count(s => s.IsBuilt), shares.Count(s => s.IsOpen));
        if (seen != movement || HasNoRoom)
        {
            (movement, movedAt) = (seen, now);
        }

        NodeShare slowest = shares.MinBy(s => (s.Step, s.Status?.WaitsFor < 0))!;
        bool waits = State == RunState.Running && IsStill(now) && slowest.Status?.WaitsFor is >= 0 and var place && place < shares.Count;
        if (!waits && now - movedAt <= settings.StallAfter)
        {
            return;
        }

        if (failsNumerically)
        {
            EndNumerically();
        }
        else if (waits)
        {
            string silent = shares[slowest.Status!.WaitsFor].Peer.Node;
            broken.Add((slowest.Peer.Node, silent));
            Abandon(EpochCause.LinkBroken, $"node {slowest.Peer.Node} hears nothing from node {silent}", counts: true, now);
        }
        else
        {
            Abandon(EpochCause.StoodStill, $"nothing has moved for {settings.StallAfter / 1000} s", counts: true, now);
        }
    }

    private bool IsStill(long now) => State is RunState.Building or RunState.Running && now - movedAt > settings.StuckAfter;

    /// <summary>Ends the epoch; the run is placed anew when its time comes.</summary>
    private void Abandon(EpochCause cause, string reason, bool counts, long now)
    {
        StopAll();
        shares = [];
        failures += counts ? 1 : 0;
        if (failures > settings.MostFailures)
        {
            TryEnd(RunOutcome.FailedByInfrastructure, $"Given up after {failures} failures without a checkpoint between them; the last: {reason}.");
            return;
        }

        State = RunState.Queued;
        (lastEnd, lastCause) = (reason, cause);
        Reason = $"begins again from step {CommittedStep}: {reason}";
        RetryAt = counts ? now + Math.Min(settings.BackOff << Math.Min(failures - 1, 16), settings.LongestBackOff) : now;
    }

    private void TryEnd(RunOutcome outcome, string message, string hash = "")
    {
        ending ??= new RunEnded { Run = Run, Outcome = outcome, Message = message, StateHash = hash, Synapses = { Synapses() }, Spent = { shares.Select(s => s.Spent) } };
        if (write(new JournalRecord { Ended = ending }))
        {
            Close(ending);
        }
        else
        {
            Reason = "has ended; waits for the coordinator's disk to take that down";
        }
    }

    /// <summary>By projection, of all shards.</summary>
    private IEnumerable<long> Synapses() => ends.Count == 0 ? [] : ends.Values.First().Synapses.Select((_, p) => ends.Values.Select(e => e.Synapses.ElementAtOrDefault(p)).Saturated());

    private void Close(RunEnded end)
    {
        spikesAtEnd = Spikes;
        submission = EndedSubmission.Of(submission);
        (End, ending, State, Reason) = (end, end, RunState.Ended, end.Message);
        StopAll();
        shares = [];
        parts.Clear();
        ends.Clear();
    }

    private void StopAll() => shares.ForEach(s => tell(s.Peer.Node, new ToNode { Stop = new StopRun { Epoch = Epoch } }));

    private void TellAll(long now) => shares.ForEach(s => Tell(s, now));

    /// <summary>
    /// Says to a node what it lacks. While others build it is told again to build what it has built: a node gives up runs that nobody mentions, and one whose answer was lost
    /// answers again.
    /// </summary>
    private void Tell(NodeShare share, long now)
    {
        share.ToldAt = now;
        bool hasFailed = share.Status?.Phase == HostedPhase.Failed;
        tell(share.Peer.Node, State == RunState.Running && !hasFailed ? new ToNode { Advance = AdvanceFor(share) }
            : !hasFailed && !share.IsOpen && shares.TrueForAll(s => s.Asks is not null) ? new ToNode { Open = Opening() }
            : new ToNode { Build = BuildFor(share) });
    }

    private BuildShards BuildFor(NodeShare share)
    {
        BuildShards build = new() { Epoch = Epoch, Network = submission.Network, Self = share.Place, From = committed };
        build.Peers.AddRange(shares.Select(s => s.Peer));
        return build;
    }

    private OpenShards Opening()
    {
        OpenShards open = new() { Epoch = Epoch };
        open.Shards.AddRange(shares.SelectMany(s => s.Asks!));
        return open;
    }

    private Advance AdvanceFor(NodeShare share)
    {
        Advance advance = new() { Epoch = Epoch, Committed = CommittedStep, WantsEnd = share.Step == Steps && Of(share).Any(s => !ends.ContainsKey(s)) };
        advance.Limits.AddRange(limits);
        advance.Missing.AddRange(
            from step in limits.Where(l => l <= share.Step)
            from shard in Of(share)
            where !parts.ContainsKey((step, shard))
            select new MissingPart { Step = step, Shard = shard });
        return advance;
    }

    private static IEnumerable<int> Of(NodeShare share) => Enumerable.Range(share.Peer.FirstShard, share.Peer.Shards);

    private NodeShare? ShareOf(string node, RunEpoch of) => of.Epoch == epoch && ending is null ? shares.Find(s => s.Peer.Node == node) : null;

    /// <summary>Two steps of checkpoints, so that nobody waits for the first to be written.</summary>
    private List<long> Extended(IEnumerable<long> known, long from)
    {
        List<long> extended = [.. known];
        while (extended.Count < 2 && extended.Append(from).Max() < Steps)
        {
            extended.Add(Math.Min(extended.Append(from).Max() + distance.Steps, Steps));
        }

        return extended;
    }

    /// <summary>A node knows a file by its hash, in a folder of its own; the user by its name in the network file.</summary>
    private string InUsersNames(string message) =>
        submission.Network.Files.Aggregate(message, (text, file) => Regex.Replace(text, $@"[^\s'""(]*{file.Sha256}", _ => file.Path, RegexOptions.NonBacktracking));
}

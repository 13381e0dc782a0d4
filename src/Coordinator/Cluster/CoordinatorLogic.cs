using BrainSim.Contracts;

namespace BrainSim.Coordinator.Cluster;

/// <summary>
/// All that the coordinator decides: which nodes there are, which runs wait for what, and where the next one goes. The shell calls <see cref="Tick"/> some times a
/// second and carries out what <see cref="TakeEffects"/> gives. One thread at a time. Times are milliseconds since some moment, and never fall.
/// </summary>
public sealed partial class CoordinatorLogic : IRunsOfPoints
{
    private readonly IRunStore store;
    private readonly ClusterSettings settings;
    private readonly SortedDictionary<long, ISubmitted> submitted = [];
    private readonly SortedDictionary<long, ISubmitted> alive = [];
    private readonly SortedDictionary<string, NodeEntry> nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> runOfKey = new(StringComparer.Ordinal);
    private List<CoordinatorEffect> effects = [];
    private List<CoordinatorEffect> taken = [];
    private long lastRun;
    private long tickedAt;
    private DiskState disk;

    /// <summary>Nodes that take work, as if nothing ran; the sets of them that were seen are counted.</summary>
    private List<Offer> idle = [];

    private long nodeSets = 1;

    /// <summary>Nodes of another version.</summary>
    private int foreign;

    /// <summary>Takes up what the store holds: what was running goes on with the nodes that still have it.</summary>
    /// <param name="recorded">What an epoch recorded and has on the disk.</param>
    public CoordinatorLogic(IRunStore store, ClusterSettings settings, long now, Func<RunEpoch, IEnumerable<PartKey>> recorded)
    {
        (this.store, this.settings, tickedAt) = (store, settings, now);
        foreach (JournalRecord record in store.Load())
        {
            Replay(record, now);
        }

        AdoptPoints();
        foreach (RunLogic run in Runs())
        {
            run.TakeUp(now);
        }

        foreach (PartKey part in Runs().Where(r => r.Shares.Count > 0).SelectMany(r => recorded(r.Epoch)).ToList())
        {
            Hear(new PartKept { Key = part }, now);
        }

        foreach (Peer peer in Runs().SelectMany(r => r.Shares).Select(s => s.Peer))
        {
            nodes.TryAdd(peer.Node, new NodeEntry(peer.Node, now));
        }

        foreach (SweepRun sweep in submitted.Values.OfType<SweepRun>())
        {
            sweep.WaitForNodes(now);
        }

        effects.Clear();
        ForgetAgain();
    }

    /// <summary>What is to be done since the last time; valid until the next.</summary>
    public IReadOnlyList<CoordinatorEffect> TakeEffects()
    {
        (effects, taken) = (taken, effects);
        effects.Clear();
        return taken;
    }

    /// <summary>The runs that have not ended, and those that have since this was called before.</summary>
    public IReadOnlyList<RunView> TakeNews(long now)
    {
        RunView[] news = [.. alive.Values.Select(r => r.View(now))];
        foreach (RunView ended in news.Where(r => r.State == RunState.Ended))
        {
            alive.Remove(ended.Submission.Run);
        }

        return news;
    }

    public IEnumerable<RunView> Runs(long now) => submitted.Values.Select(r => r.View(now));

    public RunView? Find(long run, long now) => submitted.GetValueOrDefault(run)?.View(now);

    public IEnumerable<NodeView> Nodes(long now)
    {
        NodeUse use = new(alive.Values);
        return nodes.Values.Select(n => new NodeView(n.Name, n.Description, n.IsDraining, use.SlotsOn(n.Name), now - n.HeardAt, n.MemoryUsed));
    }

    /// <summary>The checkpoint that holds what a run has come to; the results, when it is done.</summary>
    public CheckpointReference? CheckpointOf(long run) => Run(run)?.Committed;

    /// <summary>What a node has to do with a part: nodes are trusted with what they were given, and only with that.</summary>
    public PartClaim ClaimOf(string node, PartKey key) => Run(key.Epoch.Run) is not { Shares.Count: > 0 } run ? default : new PartClaim
    {
        IsUnderWay = run.Epoch.Equals(key.Epoch), IsShared = run.Shares.Any(s => s.Peer.Node == node),
        IsHeld = run.Epoch.Equals(key.Epoch) && run.Shares.Any(s => s.Peer.Node == node && s.Has(key.Shard)), IsCommitted = key.Step <= run.CommittedStep,
    };

    /// <summary>Takes a submission, whose number is given here. The same key again gives the same run.</summary>
    /// <returns>The run's number; the submission survives whatever happens next.</returns>
    /// <exception cref="StoreException">It cannot be kept now: nothing was promised.</exception>
    /// <exception cref="FullException">Too much has not ended.</exception>
    public long Submit(Submission submission, long now)
    {
        if (submission.Key.Length > 0 && runOfKey.TryGetValue(submission.Key, out long known))
        {
            return known;
        }

        CheckRoomFor(submission);
        Number(submission, now);
        Schedule(now);
        return submission.Run;
    }

    /// <summary>Gives a submission its number, which is used for nothing else even where it cannot be written down, and keeps it.</summary>
    /// <exception cref="StoreException">It cannot be kept now.</exception>
    private void Number(Submission submission, long now)
    {
        submission.Run = ++lastRun;
        JournalRecord record = new() { Submitted = submission };
        store.Append(record);
        Replay(record, now);
    }

    /// <summary>What has not ended is held in memory whole.</summary>
    private void CheckRoomFor(Submission submission)
    {
        ISubmitted[] live = [.. alive.Values.Where(r => r.State != RunState.Ended)];
        Require(live.Length < settings.MostRuns, $"{settings.MostRuns:N0} runs wait or go on");
        Require(live.Sum(r => r.SubmittedBytes) + submission.CalculateSize() <= settings.MostSubmittedBytes, $"the submissions of runs that wait or go on, with this one, have more than {settings.MostSubmittedBytes:N0} bytes");
        Require(submission.Sweep is null || live.OfType<SweepRun>().Sum(s => s.Submission.Need.Steps) < settings.MostPoints, $"sweeps that wait or go on have {settings.MostPoints:N0} points or more");
    }

    private static void Require(bool hasRoom, string what)
    {
        if (!hasRoom)
        {
            throw new FullException($"{what}, the most that are taken; wait until some have ended, or cancel some");
        }
    }

    /// <summary>The run of a key; null where none has it.</summary>
    public long? RunOf(string key) => runOfKey.TryGetValue(key, out long run) ? run : null;

    /// <returns>False where there is no such run.</returns>
    /// <exception cref="StoreException">It cannot be written down now; it is tried again.</exception>
    public bool Cancel(long run)
    {
        if (!submitted.TryGetValue(run, out ISubmitted? logic))
        {
            return false;
        }

        return logic.Cancel() ? true : throw new StoreException($"The end of run {run} cannot be written down now.");
    }

    /// <summary>Writes down that the results of a run are not kept any longer; the effects then delete them.</summary>
    /// <param name="afterDays">How long they were kept.</param>
    /// <returns>False where the run has none, or they are removed.</returns>
    /// <exception cref="StoreException">It cannot be written down now: nothing is removed.</exception>
    public bool RemoveResults(long run, int afterDays, DateTimeOffset at)
    {
        if (submitted.GetValueOrDefault(run)?.View(0) is not { HasResults: true, Removed: null })
        {
            return false;
        }

        JournalRecord record = new() { Removed = new ResultsRemoved { Run = run, UnixMs = at.ToUnixTimeMilliseconds(), AfterDays = afterDays } };
        store.Append(record);
        Replay(record, 0);
        effects.Add(new ForgetParts(run, null));
        alive.TryAdd(run, submitted[run]); // Once more in the news.
        return true;
    }

    /// <summary>Hears what room the disk has.</summary>
    public void Hear(DiskState disk)
    {
        this.disk = disk;
        foreach (RunLogic run in Runs())
        {
            run.HasNoRoom = disk == DiskState.Full;
        }
    }

    public void Hear(ToCoordinator message, long now)
    {
        switch (message.BodyCase)
        {
            case ToCoordinator.BodyOneofCase.Report:
                Hear(message.Node, message.Report, now);
                break;
            case ToCoordinator.BodyOneofCase.Built:
                Run(message.Built.Epoch.Run)?.Hear(message.Node, message.Built, now);
                break;
            case ToCoordinator.BodyOneofCase.Ended:
                Run(message.Ended.Epoch.Run)?.Hear(message.Node, message.Ended, now);
                break;
            case ToCoordinator.BodyOneofCase.Failed:
                Run(message.Failed.Epoch.Run)?.Hear(message.Node, message.Failed, now);
                break;
            case ToCoordinator.BodyOneofCase.Points:
                Hear(message.Node, message.Points, now);
                break;
            case ToCoordinator.BodyOneofCase.PointFailed:
                Sweep(message.PointFailed.Run)?.Hear(message.Node, message.PointFailed, now);
                break;
            default:
                break;
        }
    }

    /// <summary>A part is on the disk, and stays there.</summary>
    public void Hear(PartKept part, long now) => Run(part.Key.Epoch.Run)?.Hear(part, now);

    public void Tick(long now)
    {
        ExcuseOwnSilence(now);
        foreach (NodeEntry lost in nodes.Values.Where(n => now - n.HeardAt > settings.LostAfter).ToList())
        {
            nodes.Remove(lost.Name);
            effects.Add(new Decision(Decision.NodeLost, 0, lost.Name, $"node {lost.Name} is lost: it has said nothing for {(now - lost.HeardAt) / 1000.0:0.#} s"));
            ForEachAlive(run => run.Lose(lost.Name, "was lost", now));
        }

        foreach (NodeEntry node in nodes.Values.Where(n => n.IsDraining))
        {
            ForEachAlive(run => run.HandOver(node.Name, node.DrainsSince, now));
        }

        ForEachAlive(run => run.Tick(now));
        TellWhatWaits();
        Schedule(now);
        TellWhatWaits();
    }

    /// <summary>A coordinator that was held up, by a slow disk or a paused machine, heard nobody: that says nothing of the nodes.</summary>
    private void ExcuseOwnSilence(long now)
    {
        long gap = now - tickedAt;
        tickedAt = now;
        if (gap > settings.ExcusedAfter)
        {
            foreach (NodeEntry node in nodes.Values)
            {
                node.Excuse(gap, now);
            }

            ForEachAlive(run => run.Excuse(gap, now));
        }
    }

    /// <summary>Once for every reason.</summary>
    private void TellWhatWaits() => ForEachAlive(run =>
    {
        if (run.WaitsForNews() is { } reason)
        {
            effects.Add(new Decision(Decision.Waits, run.Submission.Run, "", reason));
        }
    });

    private void ForEachAlive(Action<ISubmitted> work)
    {
        foreach (ISubmitted run in alive.Values.Where(r => r.State != RunState.Ended))
        {
            work(run);
        }
    }

    private IEnumerable<RunLogic> Runs() => alive.Values.OfType<RunLogic>();

    private RunLogic? Run(long run) => submitted.GetValueOrDefault(run) as RunLogic;

    private void Hear(string name, NodeReport report, long now)
    {
        if (!nodes.TryGetValue(name, out NodeEntry? node))
        {
            nodes.Add(name, node = new NodeEntry(name, now));
            effects.Add(new Decision(Decision.NodeCame, 0, name, $"node {name} at {report.Description.Address} is there: {report.Description.Slots} slots, {report.Description.Cores} cores"));
        }

        bool drained = node.IsDraining;
        if (!node.Hear(report, now))
        {
            return;
        }

        if (node.IsDraining && !drained)
        {
            effects.Add(new Decision(Decision.NodeDrains, 0, name, $"node {name} at {report.Description.Address} wants to go: its runs leave it at their next checkpoint"));
        }

        Compare(name, node, report, now);
        if (report.Draining && report.Runs.Count == 0 && report.Sweeps.Count == 0 && new NodeUse(alive.Values).SlotsOn(name) == 0)
        {
            effects.Add(new TellNode(name, new ToNode { Released = new Released() }));
        }
    }

    /// <summary>Compares what a node has with what it should have.</summary>
    private void Compare(string name, NodeEntry node, NodeReport report, long now)
    {
        foreach (HostedStatus status in report.Runs)
        {
            if (Run(status.Epoch.Run) is { } run && run.Epoch.Equals(status.Epoch) && run.Shares.Any(s => s.Peer.Node == name))
            {
                Measure(node, run, status);
                run.Hear(name, status, now);
            }
            else
            {
                effects.Add(new TellNode(name, new ToNode { Stop = new StopRun { Epoch = status.Epoch } }));
            }
        }

        Hear(name, report.Sweeps);
        foreach (RunLogic run in Runs().Where(r => r.State != RunState.Ended))
        {
            if (run.Shares.Any(s => s.Peer.Node == name && s.Status is not null) && !report.Runs.Any(s => s.Epoch.Equals(run.Epoch)))
            {
                run.Lose(name, "has given up its shards", now);
            }
        }
    }

    /// <summary>A node's speed is what it has done of a run in the time that it was busy with it.</summary>
    private static void Measure(NodeEntry node, RunLogic run, HostedStatus status)
    {
        const long longEnough = 1000;
        if (status.BusyMs >= longEnough)
        {
            double operationsOfAShard = (double)run.Submission.Need.OperationsPerStep / run.Shares.Sum(s => s.Peer.Shards);
            node.Speed = operationsOfAShard * Math.Max(0, status.Step - run.FirstStep) / status.BusyMs;
        }
    }

    private void Replay(JournalRecord record, long now)
    {
        long run = RunOf(record);
        lastRun = Math.Max(lastRun, run);
        if (record.BodyCase == JournalRecord.BodyOneofCase.Submitted)
        {
            void Tell(string node, ToNode message) => effects.Add(new TellNode(node, message));
            alive[run] = submitted[run] = record.Submitted.Sweep is null ? new RunLogic(record.Submitted, settings, Tell, Write) : new SweepRun(record.Submitted, settings, Tell, Write, this);
            if (record.Submitted.OfSweep == 0)
            {
                runOfKey.TryAdd(record.Submitted.Key, run);
            }
        }
        else if (submitted.TryGetValue(run, out ISubmitted? logic))
        {
            logic.Replay(record, now);
        }
    }

    private bool Write(JournalRecord record)
    {
        try
        {
            store.Append(record);
        }
        catch (StoreException)
        {
            return false;
        }

        switch (record.BodyCase)
        {
            case JournalRecord.BodyOneofCase.Begun:
                effects.Add(new ForgetRecorded(record.Begun.Epoch, record.Begun.FromStep));
                break;
            case JournalRecord.BodyOneofCase.Committed:
                effects.Add(new ForgetParts(record.Committed.Epoch.Run, record.Committed));
                break;
            case JournalRecord.BodyOneofCase.Ended:
                effects.Add(Forgetting(record.Ended));
                break;
            default:
                break;
        }

        return true;
    }

    /// <summary>What an earlier coordinator should have forgotten, or what came to the disk while it ended.</summary>
    private void ForgetAgain()
    {
        foreach (RunLogic run in submitted.Values.OfType<RunLogic>())
        {
            effects.Add(run.End is { } end ? Forgetting(end) : new ForgetRecorded(run.Epoch, run.FirstStep));
        }
    }

    private ForgetParts Forgetting(RunEnded end) => new(end.Run, end.Outcome == RunOutcome.Done && Run(end.Run) is { IsTakenIn: false } run ? run.Committed : null);

    /// <summary>
    /// Places what waits, by priority, then in the order of submission. A run that would fit if others were done is not overtaken by later ones, nor is one that is tried again soon.
    /// </summary>
    private void Schedule(long now)
    {
        AskForPlans();
        NoteNodes(now);
        NodeUse use = new(alive.Values);
        long? ahead = null;
        foreach (ISubmitted next in alive.Values.Where(s => s.IsWaiting(now)).OrderByDescending(s => s.Submission.Priority).ThenBy(Turn).ThenByDescending(s => s.Submission.OfSweep).ThenBy(s => s.Submission.Run).ToList())
        {
            ahead = next is SweepRun sweep ? Place(sweep, use, ahead, now) : Place((RunLogic)next, use, ahead, now);
        }
    }

    /// <summary>What is a point of a sweep has the sweep's turn, and goes before further points.</summary>
    private static long Turn(ISubmitted submitted) => submitted.Submission.OfSweep > 0 ? submitted.Submission.OfSweep : submitted.Submission.Run;

    /// <summary>Another set of nodes gets another number: what was too large for the one may fit the other.</summary>
    private void NoteNodes(long now)
    {
        List<Offer> there = [.. Offers(now, null).Select(offer => offer with { Speed = 0 })];
        int others = nodes.Values.Count(n => n.Description is { } about && about.Version != settings.Version);
        if (others != foreign || !there.SequenceEqual(idle))
        {
            (idle, foreign) = (there, others);
            nodeSets++;
        }
    }

    /// <param name="ahead">The run that waits for what is free.</param>
    /// <returns>Whom those after it wait for.</returns>
    private long? Place(RunLogic run, NodeUse use, long? ahead, long now)
    {
        if (run.RetryAt > now)
        {
            return ahead ?? run.Run;
        }

        if (HasNoRoomFor(run))
        {
            run.Reason = RunLogic.NoRoom;
            return ahead;
        }

        if (ahead is { } first)
        {
            run.Reason = $"{RunLogic.Behind}run {first}";
            return ahead;
        }

        if (run.TooLarge.NodeSet == nodeSets)
        {
            run.Reason = run.TooLarge.Reason;
            return null;
        }

        return TryPlace(run, use, now) ? null : run.Run;
    }

    private bool HasNoRoomFor(RunLogic run) => disk == DiskState.Full || (disk == DiskState.Short && run.Epoch.Epoch == 0);

    /// <returns>False where the run is to be placed before all later ones.</returns>
    private bool TryPlace(RunLogic run, NodeUse use, long now)
    {
        (IReadOnlyList<Peer> peers, string? reason) = PlaceFor(run, Offers(now, use));
        if (reason is null)
        {
            run.Begin(peers, now);
            use.Add(run);
            return true;
        }

        string? never = PlaceFor(run, idle).Reason;
        run.Reason = (never is null || idle.Count == 0 ? reason : $"{never}, even when nothing else runs: start more nodes, or ask for fewer shards")
            + (foreign == 0 ? "" : $"; {foreign} of the nodes there get no shards, being of another version than {settings.Version}");
        run.TooLarge = never is null ? default : (nodeSets, run.Reason);
        return never is not null;
    }

    private (IReadOnlyList<Peer> Peers, string? Reason) PlaceFor(RunLogic run, IReadOnlyList<Offer> offers)
    {
        Submission of = run.Submission;
        return Placement.Of(offers, of.Shards, settings.WorthOf(of.Need), of.Need.MemoryBytes, run.Broken);
    }

    /// <param name="use">What others have; null as if nothing ran.</param>
    private List<Offer> Offers(long now, NodeUse? use) =>
    [
        .. from node in nodes.Values
           where !node.IsDraining && node.Description?.Version == settings.Version && now - node.HeardAt <= settings.LostAfter
           let about = node.Description!
           let slots = use?.SlotsOn(node.Name) ?? 0
           select new Offer(node.Name, about.Address, about.Slots - slots, about.MemoryBytes - (use?.BytesOn(node.Name) ?? 0), node.Speed) { IsIdle = slots == 0 },
    ];

    private static long RunOf(JournalRecord record) => record.BodyCase switch
    {
        JournalRecord.BodyOneofCase.Submitted => record.Submitted.Run,
        JournalRecord.BodyOneofCase.Begun => record.Begun.Epoch.Run,
        JournalRecord.BodyOneofCase.Committed => record.Committed.Epoch.Run,
        JournalRecord.BodyOneofCase.Lost => record.Lost.Run,
        JournalRecord.BodyOneofCase.Ended => record.Ended.Run,
        JournalRecord.BodyOneofCase.Removed => record.Removed.Run,
        JournalRecord.BodyOneofCase.Points => record.Points.Run,
        _ => 0,
    };
}

using BrainSim.Contracts;

namespace BrainSim.Coordinator.Cluster;

/// <summary>
/// All that the coordinator decides: which nodes there are, which runs wait for what, and where the next one goes. The shell calls <see cref="Tick"/> some times a
/// second and carries out what <see cref="TakeEffects"/> gives. One thread at a time. Times are milliseconds since some moment, and never fall.
/// </summary>
public sealed partial class CoordinatorLogic
{
    private readonly IRunStore store;
    private readonly ClusterSettings settings;
    private readonly SortedDictionary<long, ISubmitted> submitted = [];
    private readonly SortedDictionary<string, NodeEntry> nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> runOfKey = new(StringComparer.Ordinal);
    private readonly List<JournalRecord> journal = [];
    private List<CoordinatorEffect> effects = [];
    private List<CoordinatorEffect> taken = [];
    private long lastRun;

    /// <summary>Takes up what the store holds: what was running goes on with the nodes that still have it.</summary>
    /// <param name="recorded">What an epoch recorded and has on the disk.</param>
    public CoordinatorLogic(IRunStore store, ClusterSettings settings, long now, Func<RunEpoch, IEnumerable<PartKey>> recorded)
    {
        (this.store, this.settings) = (store, settings);
        foreach (JournalRecord record in store.Load())
        {
            Replay(record, now);
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
    }

    /// <summary>What is to be done since the last time; valid until the next.</summary>
    public IReadOnlyList<CoordinatorEffect> TakeEffects()
    {
        (effects, taken) = (taken, effects);
        effects.Clear();
        return taken;
    }

    public IEnumerable<RunView> Runs(long now) => submitted.Values.Select(r => r.View(now));

    public RunView? Find(long run, long now) => submitted.GetValueOrDefault(run)?.View(now);

    public IEnumerable<NodeView> Nodes(long now) => nodes.Values.Select(n => new NodeView(n.Name, n.Description, n.IsDraining, UsedSlots(n), now - n.HeardAt));

    /// <summary>What was written down of a run, in order.</summary>
    public IEnumerable<JournalRecord> JournalOf(long run) => journal.Where(r => RunOf(r) == run);

    /// <summary>The checkpoint that holds what a run has come to; the results, when it is done.</summary>
    public CheckpointReference? CheckpointOf(long run) => Run(run)?.Committed;

    /// <summary>Takes a submission, whose number is given here. The same key again gives the same run.</summary>
    /// <returns>The run's number; the submission survives whatever happens next.</returns>
    /// <exception cref="StoreException">It cannot be kept now: nothing was promised.</exception>
    public long Submit(Submission submission, long now)
    {
        if (submission.Key.Length > 0 && runOfKey.TryGetValue(submission.Key, out long known))
        {
            return known;
        }

        submission.Run = ++lastRun;
        JournalRecord record = new() { Submitted = submission };
        store.Append(record);
        Replay(record, now);
        Schedule(now);
        return submission.Run;
    }

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
        foreach (NodeEntry lost in nodes.Values.Where(n => now - n.HeardAt > settings.LostAfter).ToList())
        {
            nodes.Remove(lost.Name);
            ForEachAlive(run => run.Lose(lost.Name, "was lost", now));
        }

        foreach (NodeEntry node in nodes.Values.Where(n => n.IsDraining))
        {
            ForEachAlive(run => run.HandOver(node.Name, node.DrainsSince, now));
        }

        ForEachAlive(run => run.Tick(now));
        Schedule(now);
    }

    private void ForEachAlive(Action<ISubmitted> work)
    {
        foreach (ISubmitted run in submitted.Values.Where(r => r.State != RunState.Ended))
        {
            work(run);
        }
    }

    private IEnumerable<RunLogic> Runs() => submitted.Values.OfType<RunLogic>();

    private RunLogic? Run(long run) => submitted.GetValueOrDefault(run) as RunLogic;

    private void Hear(string name, NodeReport report, long now)
    {
        if (!nodes.TryGetValue(name, out NodeEntry? node))
        {
            nodes.Add(name, node = new NodeEntry(name, now));
        }

        if (!node.Hear(report, now))
        {
            return;
        }

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

        if (report.Draining && report.Runs.Count == 0 && report.Sweeps.Count == 0 && UsedSlots(node) == 0)
        {
            effects.Add(new TellNode(name, new ToNode { Released = new Released() }));
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
        Remember(record);
        lastRun = Math.Max(lastRun, run);
        if (record.BodyCase == JournalRecord.BodyOneofCase.Submitted)
        {
            void Tell(string node, ToNode message) => effects.Add(new TellNode(node, message));
            submitted.TryAdd(run, record.Submitted.Sweep is null ? new RunLogic(record.Submitted, settings, Tell, Write) : new SweepRun(record.Submitted, settings, Tell, Write));
            runOfKey.TryAdd(record.Submitted.Key, run);
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

        Remember(record);
        switch (record.BodyCase)
        {
            case JournalRecord.BodyOneofCase.Begun:
                effects.Add(new ForgetRecorded(record.Begun.Epoch, record.Begun.FromStep));
                break;
            case JournalRecord.BodyOneofCase.Committed:
                effects.Add(new ForgetParts(record.Committed.Epoch.Run, record.Committed));
                break;
            case JournalRecord.BodyOneofCase.Ended:
                effects.Add(new ForgetParts(record.Ended.Run, record.Ended.Outcome == RunOutcome.Done ? Run(record.Ended.Run)?.Committed : null));
                break;
            default:
                break;
        }

        return true;
    }

    /// <summary>Places what waits, by priority, then in the order of submission. A run that would fit if others were done is not overtaken by later ones.</summary>
    private void Schedule(long now)
    {
        AskForPlans();
        long? ahead = null;
        foreach (ISubmitted next in submitted.Values.Where(s => s.IsWaiting(now)).OrderByDescending(s => s.Submission.Priority).ThenBy(s => s.Submission.Run).ToList())
        {
            if (next is SweepRun sweep)
            {
                ahead = Place(sweep, ahead, now);
                continue;
            }

            RunLogic run = (RunLogic)next;
            if (ahead is { } first)
            {
                run.Reason = $"waits behind run {first}";
                continue;
            }

            int worth = (int)Math.Clamp(run.Submission.Need.OperationsPerStep / settings.OperationsOfAShard, 1, 1 << 20);
            (IReadOnlyList<Peer> peers, string? reason) = Placement.Of(Offers(now), run.Submission.Shards, worth, run.Submission.Need.MemoryBytes, run.Broken);
            if (reason is null)
            {
                run.Begin(peers, now);
                continue;
            }

            int all = nodes.Values.Where(n => !n.IsDraining).Sum(n => n.Description?.Slots ?? 0);
            bool fitsLater = all >= Math.Max(1, run.Submission.Shards);
            run.Reason = fitsLater ? reason : $"{reason}; all nodes together have {all} slots: start more nodes, or ask for fewer shards";
            ahead = fitsLater ? run.Run : null;
        }
    }

    private List<Offer> Offers(long now) =>
    [
        .. nodes.Values.Where(n => n is { IsDraining: false, Description: not null } && now - n.HeardAt <= settings.LostAfter)
            .Select(n => new Offer(n.Name, n.Description!.Address, n.Description.Slots - UsedSlots(n), n.Description.MemoryBytes - UsedBytes(n), n.Speed) { IsIdle = UsedSlots(n) == 0 }),
    ];

    private int UsedSlots(NodeEntry node) => submitted.Values.Sum(s => s.SlotsOn(node.Name));

    private long UsedBytes(NodeEntry node) => submitted.Values.Sum(s => s.BytesOn(node.Name));

    private static long RunOf(JournalRecord record) => record.BodyCase switch
    {
        JournalRecord.BodyOneofCase.Submitted => record.Submitted.Run,
        JournalRecord.BodyOneofCase.Begun => record.Begun.Epoch.Run,
        JournalRecord.BodyOneofCase.Committed => record.Committed.Epoch.Run,
        JournalRecord.BodyOneofCase.Lost => record.Lost.Run,
        JournalRecord.BodyOneofCase.Ended => record.Ended.Run,
        JournalRecord.BodyOneofCase.Points => record.Points.Run,
        _ => 0,
    };
}

using BrainSim.Contracts;
using BrainSim.Contracts.Frames;
using BrainSim.Engine.Sweeps;

namespace BrainSim.Node.Cluster;

/// <summary>
/// All that a node of the cluster decides: messages and frames come in, effects go out. It does nothing by itself: the shell calls <see cref="Work"/> while that moves
/// something, <see cref="Tick"/> some times a second, and carries out what <see cref="TakeEffects"/> gives. One thread at a time.
/// </summary>
/// <param name="node">Unlike that of any other process, ever.</param>
/// <param name="clock">Milliseconds since some moment; never falls.</param>
/// <param name="crew">The threads that runs and their shards advance on.</param>
/// <param name="builders">The threads that shards are built on.</param>
public sealed class NodeLogic(string node, NodeDescription description, INetworkSource source, Func<long> clock, Crew crew, Crew builders) : IDisposable
{
    /// <summary>Milliseconds between two heartbeats.</summary>
    public const long ReportEvery = 1000;

    /// <summary>Milliseconds after which a run that the coordinator never mentions is given up: it may be away for as long.</summary>
    public const long OrphanAfter = 600_000;

    /// <summary>Milliseconds for which runs go on side by side before the node looks at what has come.</summary>
    private const long Slice = 20;

    /// <summary>Effects of one run's slice, after which they are carried out: frames must not wait long.</summary>
    private const int MostSaid = 8;

    /// <summary>Milliseconds after which a node that asks to go, and is not answered, goes.</summary>
    public const long LeaveAfter = 20_000;

    private readonly SortedDictionary<long, Assignment> runs = [];

    /// <summary>By run: the job at work. Of two attempts at a run the second waits for the first to stop: memory holds one.</summary>
    private readonly Dictionary<long, BuildJob> building = [];

    private readonly SortedDictionary<long, HostedSweep> sweeps = [];
    private List<NodeEffect> effects = [];
    private List<NodeEffect> taken = [];
    private bool draining;
    private bool needsLess;
    private long answeredAt;
    private long sequence;
    private long? reportedAt;

    /// <summary>Where other nodes reach it.</summary>
    public string Address => description.Address;

    /// <summary>What is to be done since the last time; valid until the next.</summary>
    public IReadOnlyList<NodeEffect> TakeEffects()
    {
        (effects, taken) = (taken, effects);
        effects.Clear();
        return taken;
    }

    public void Hear(ToNode message)
    {
        answeredAt = clock();
        switch (message.BodyCase)
        {
            case ToNode.BodyOneofCase.Build:
                Build(message.Build);
                break;
            case ToNode.BodyOneofCase.Open when Find(message.Open.Epoch) is { } assignment:
                Guard(assignment, effects, () => assignment.Open(message.Open));
                Report();
                break;
            case ToNode.BodyOneofCase.Advance when Find(message.Advance.Epoch) is { } assignment:
                Guard(assignment, effects, () => assignment.Advance(message.Advance, effects, node));
                break;
            case ToNode.BodyOneofCase.Stop:
                Stop(message.Stop.Epoch);
                break;
            case ToNode.BodyOneofCase.Points:
                Hear(message.Points);
                break;
            case ToNode.BodyOneofCase.Released when draining && runs.Count == 0 && sweeps.Count == 0:
                effects.Add(new Exit());
                break;
            default:
                break;
        }
    }

    /// <summary>Says whether a frame with this header is worth reading.</summary>
    public FrameRefusal Admit(FrameHeader header) =>
        !runs.TryGetValue(header.Run, out Assignment? assignment) || (assignment.Run is null && assignment.Epoch.Epoch == header.Epoch) ? FrameRefusal.UnknownRun
        : assignment.Epoch.Epoch != header.Epoch ? FrameRefusal.OtherEpoch
        : FrameRefusal.None;

    /// <summary>Takes a frame of another node, which may be anything.</summary>
    /// <param name="from">Where that node is reached, as the connection knows.</param>
    public FrameRefusal Hear(ReadOnlySpan<byte> frame, string from)
    {
        FrameRefusal refusal = FrameHeader.Read(frame, out FrameHeader header);
        refusal = refusal == FrameRefusal.None ? header.Check(frame) : refusal;
        refusal = refusal == FrameRefusal.None ? Admit(header) : refusal;
        return refusal == FrameRefusal.None ? runs[header.Run].Run!.Hear(header, frame, from, clock()) : refusal;
    }

    /// <summary>A round of the run that can go on; where there are several, a slice of time for each, side by side.</summary>
    /// <returns>False where nothing moves until something is heard.</returns>
    public bool Work()
    {
        if (runs.Count == 1)
        {
            return Work(runs.Values.First(), effects);
        }

        Assignment[] all = [.. runs.Values];
        List<NodeEffect>[] said = Array.ConvertAll(all, _ => new List<NodeEffect>());
        bool[] moved = new bool[all.Length];
        long end = clock() + Slice;
        crew(all.Length, a =>
        {
            while (Work(all[a], said[a]))
            {
                moved[a] = true;
                if (clock() >= end || said[a].Count >= MostSaid)
                {
                    break;
                }
            }
        });
        Array.ForEach(said, effects.AddRange);
        return moved.Contains(true);
    }

    private bool Work(Assignment assignment, List<NodeEffect> said)
    {
        bool moved = false;
        Guard(assignment, said, () => moved = assignment.Work(said, node));
        return moved;
    }

    public void Tick()
    {
        long now = clock();
        foreach (long orphan in runs.Where(r => now - r.Value.HeardAt > OrphanAfter).Select(r => r.Key).ToList())
        {
            runs[orphan].Discard();
            runs.Remove(orphan);
            needsLess = true;
        }

        foreach (long orphan in sweeps.Where(s => now - s.Value.HeardAt > OrphanAfter).Select(s => s.Key).ToList())
        {
            DropSweep(orphan);
        }

        TellNeed();
        foreach (Assignment assignment in runs.Values)
        {
            assignment.Tick(effects);
        }

        foreach (HostedSweep sweep in sweeps.Values)
        {
            sweep.TellNews(effects, node);
        }

        if (draining && now - answeredAt > LeaveAfter)
        {
            effects.Add(new Exit());
        }

        if (reportedAt is null || now - reportedAt >= ReportEvery)
        {
            Report();
        }
    }

    /// <summary>A job has ended, well or with what it threw. It may be one that was given up, though its attempt was ordered a second time.</summary>
    public void Finished(BuildJob job, Exception? problem)
    {
        long run = job.Order.Epoch.Run;
        building.Remove(run);
        needsLess = true;
        if (Find(job.Order.Epoch) is not { } assignment || assignment.Job != job)
        {
            job.Discard();
            Start(run);
            return;
        }

        Guard(assignment, effects, () => assignment.Finished(problem));
        effects.Add(new Tell(assignment.Answer(node)!));
    }

    /// <summary>A job has ended: with an outcome, with what it threw, or with neither where it was dropped.</summary>
    public void Finished(PointJob job, PointOutcome? outcome, Exception? problem) => sweeps.GetValueOrDefault(job.Run)?.Finished(job, outcome, problem, effects, node);

    /// <summary>An upload has ended.</summary>
    /// <param name="kept">It is on the coordinator's disk.</param>
    public void Uploaded(PartKey key, bool kept) => Find(key.Epoch)?.Uploaded(key, kept);

    /// <summary>Asks to go: runs are handed over, then the effects say so. Where no coordinator answers, they say so after <see cref="LeaveAfter"/>.</summary>
    public void Drain()
    {
        draining = true;
        answeredAt = clock();
        Report();
    }

    public void Dispose()
    {
        foreach (Assignment assignment in runs.Values)
        {
            assignment.Discard();
        }

        foreach (HostedSweep sweep in sweeps.Values)
        {
            sweep.Drop();
        }
    }

    private Assignment? Find(RunEpoch epoch)
    {
        if (!runs.TryGetValue(epoch.Run, out Assignment? assignment) || assignment.Epoch.Epoch != epoch.Epoch)
        {
            return null;
        }

        assignment.HeardAt = clock();
        return assignment;
    }

    private void Build(BuildShards order)
    {
        if (Find(order.Epoch) is { } known)
        {
            if (known.Answer(node) is { } answer)
            {
                effects.Add(new Tell(answer));
            }

            return;
        }

        if (runs.TryGetValue(order.Epoch.Run, out Assignment? other) && other.Epoch.Epoch > order.Epoch.Epoch)
        {
            return;
        }

        other?.Discard();
        runs[order.Epoch.Run] = new Assignment(new BuildJob(order, source, builders), crew, clock);
        Start(order.Epoch.Run);
    }

    /// <summary>Begins to build a run's shards, unless older ones are still being built.</summary>
    private void Start(long run)
    {
        if (runs.TryGetValue(run, out Assignment? assignment) && building.TryAdd(run, assignment.Job))
        {
            effects.Add(new StartJob(assignment.Job));
        }
    }

    private void Hear(RunPoints order)
    {
        if (order.Network is null)
        {
            DropSweep(order.Run);
            return;
        }

        if (!sweeps.TryGetValue(order.Run, out HostedSweep? sweep) || !sweep.IsOf(order))
        {
            DropSweep(order.Run); // That of another coordinator, perhaps.
            sweeps.Add(order.Run, sweep = new HostedSweep(order, source, clock));
        }

        sweep.Hear(order, effects);
    }

    private void DropSweep(long run)
    {
        if (sweeps.Remove(run, out HostedSweep? sweep))
        {
            sweep.Drop();
            needsLess = true;
        }
    }

    /// <summary>What is given up leaves files behind, unless others need them.</summary>
    private void TellNeed()
    {
        if (needsLess)
        {
            IEnumerable<NetworkReference> networks = [.. runs.Values.Select(r => r.Job.Order.Network), .. building.Values.Select(j => j.Order.Network), .. sweeps.Values.Select(s => s.Network)];
            effects.Add(new KeepFiles(networks.SelectMany(n => n.Files).Select(f => f.Sha256).ToHashSet()));
            needsLess = false;
        }
    }

    private void Stop(RunEpoch epoch)
    {
        if (runs.TryGetValue(epoch.Run, out Assignment? assignment) && assignment.Epoch.Epoch <= epoch.Epoch)
        {
            assignment.Discard();
            runs.Remove(epoch.Run);
            needsLess = true;
        }
    }

    private void Report()
    {
        NodeReport report = new() { Description = description, Draining = draining, Sequence = ++sequence };
        report.Runs.AddRange(runs.Values.Select(r => r.Status));
        report.Sweeps.AddRange(sweeps.Values.Select(s => s.Status));
        effects.Add(new Tell(new ToCoordinator { Node = node, Report = report }));
        reportedAt = clock();
        foreach (HostedSweep sweep in sweeps.Values)
        {
            sweep.TellAll(effects, node);
        }
    }

    /// <summary>What goes wrong in one run must not end the others: it is reported whole, and the run's shards are given up.</summary>
    private void Guard(Assignment assignment, List<NodeEffect> said, Action work)
    {
        try
        {
            work();
        }
        catch (Exception problem)
        {
            assignment.Fail(problem);
            said.Add(new Tell(assignment.Answer(node)!));
        }
    }
}

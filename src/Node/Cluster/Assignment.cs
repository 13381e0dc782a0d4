using BrainSim.Contracts;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;

namespace BrainSim.Node.Cluster;

/// <summary>One attempt at a run, as far as this node has a share in it: from the order to build up to its results.</summary>
internal sealed class Assignment(BuildJob job, Crew crew, Func<long> clock)
{
    private readonly SortedSet<long> limits = [];
    private readonly List<HeldPart> parts = [];
    private ShardsBuilt? built;
    private HostedRun? run;
    private RecordedParts? recorded;
    private RunFailed? failure;
    private long committed;
    private long spikesBefore;

    public RunEpoch Epoch => job.Order.Epoch;

    public BuildJob Job => job;

    /// <summary>When the coordinator last spoke of it.</summary>
    public long HeardAt { get; set; } = clock();

    public HostedPhase Phase => failure is not null ? HostedPhase.Failed : run is not null ? HostedPhase.Open : built is not null ? HostedPhase.Built : HostedPhase.Building;

    public HostedRun? Run => run;

    public HostedStatus Status
    {
        get
        {
            HostedStatus status = new() { Epoch = Epoch, Phase = Phase, Step = run?.Step ?? 0, WaitsFor = run?.WaitsFor ?? -1, BusyMs = run?.BusyMs ?? 0, Spikes = SpikesSoFar - spikesBefore };
            status.Limits.AddRange(limits);
            status.WaitedMs.AddRange(run?.WaitedMs ?? []);
            status.ShardBusyMs.AddRange(run?.ShardBusyMs ?? []);
            return status;
        }
    }

    /// <summary>What the coordinator wants to hear before the shards can be opened, or instead; null while they are built.</summary>
    public ToCoordinator? Answer(string node) =>
        failure is not null ? new ToCoordinator { Node = node, Failed = failure } : built is not null ? new ToCoordinator { Node = node, Built = built } : null;

    public void Finished(Exception? problem)
    {
        if (problem is not null)
        {
            Fail(problem);
            return;
        }

        built = new ShardsBuilt { Epoch = Epoch };
        built.Shards.AddRange(job.Shards.Select(s => WireShapes.ToWire(s.Shard, s.State.Reach(s.Shards))));
    }

    /// <summary>Opens the shards where they wait for it.</summary>
    public void Open(OpenShards open)
    {
        if (Phase == HostedPhase.Built)
        {
            run = new HostedRun(job, [.. open.Shards.Select(WireShapes.FromWire)], crew, clock);
            recorded = new RecordedParts(Epoch, run.Self.FirstShard, job.Recorded, run.Step);
            committed = run.Step;
            run.Limit = run.Step;
            spikesBefore = SpikesSoFar;
        }
    }

    public void Advance(Advance advance, List<NodeEffect> effects, string node)
    {
        if (run is null || failure is not null)
        {
            return;
        }

        committed = Math.Max(committed, advance.Committed);
        parts.RemoveAll(p => p.Key.Step <= committed);
        limits.UnionWith(advance.Limits.Where(limit => limit > run.SnapshotStep));
        limits.RemoveWhere(limit => limit <= committed);
        SetLimit(run);
        recorded!.SendAgain(effects);
        foreach (HeldPart part in parts.Where(p => !p.IsUnderWay && advance.Missing.Any(m => m.Step == p.Key.Step && m.Shard == p.Key.Shard)))
        {
            part.Send(effects);
        }

        if (advance.WantsEnd && run.IsDone && run.SnapshotStep == run.Step)
        {
            effects.Add(new Tell(End(run, node)));
        }
    }

    /// <returns>True where something moved.</returns>
    public bool Work(List<NodeEffect> effects, string node)
    {
        if (run is null || (failure is not null && failure.Cause != FailureCause.Numerical))
        {
            return false;
        }

        run.IsHeldUp = recorded!.IsFull;
        bool moved = run.Work(effects);
        recorded.Cut(run.Step, all: false, effects);
        if (failure is null && run.Failure is { } found)
        {
            failure = new RunFailed
            {
                Epoch = Epoch, Cause = FailureCause.Numerical, Step = found.Step, Order = { found.Found.Step, found.Found.Population, found.Found.Id, found.Found.Column },
                Message = new NumericalFailureException(run.Shards[0].State, found.Found).Message,
            };
            effects.Add(new Tell(Answer(node)!));
        }
        else if (failure is null && limits.Contains(run.Step) && run.Step > run.SnapshotStep && run.AllHere)
        {
            TakeSnapshot(run, effects, node);
            moved = true;
        }

        return moved;
    }

    public void Tick(List<NodeEffect> effects) => run?.Tick(effects);

    public void Uploaded(PartKey key, bool kept)
    {
        recorded?.Uploaded(key, kept);
        parts.FindAll(p => p.Key.Equals(key)).ForEach(p => p.IsUnderWay = false);
    }

    /// <summary>Ends the share with what went wrong; the shards are given up.</summary>
    public void Fail(Exception problem)
    {
        (FailureCause cause, string message) = Failure.Of(problem);
        failure = new RunFailed { Epoch = Epoch, Cause = cause, Message = message };
        Discard();
    }

    public void Discard()
    {
        job.Cancel();
        if (built is not null)
        {
            job.Discard();
        }

        run?.Dispose();
        (run, recorded, built) = (null, null, null);
        parts.Clear();
    }

    private long SpikesSoFar => run?.Shards.Sum(s => s.Monitors.SpikeCounts.Sum()) ?? spikesBefore;

    private void TakeSnapshot(HostedRun hosted, List<NodeEffect> effects, string node)
    {
        byte[][] contents = new byte[hosted.Shards.Count][];
        crew(contents.Length, s => contents[s] = Contents(hosted.Shards[s]));
        for (int s = 0; s < contents.Length; s++)
        {
            HeldPart part = new(new PartKey { Epoch = Epoch, Step = hosted.Step, Shard = hosted.Shards[s].Shard }, contents[s]);
            parts.Add(part);
            part.Send(effects);
        }

        recorded!.Cut(hosted.Step, all: true, effects);

        hosted.SnapshotStep = hosted.Step;
        SetLimit(hosted);
        if (hosted.IsDone)
        {
            effects.Add(new Tell(End(hosted, node)));
        }
    }

    private static byte[] Contents(ShardRun shard)
    {
        try
        {
            return CheckpointFile.ToBytes(shard.Snapshot());
        }
        catch (IOException tooLarge)
        {
            throw new UserMistakeException(new Place("--shards", 0, 0, ""), $"shard {shard.Shard} cannot be kept in one piece ({tooLarge.Message}); use more shards.");
        }
    }

    private void SetLimit(HostedRun hosted) => hosted.Limit = limits.GetViewBetween(hosted.SnapshotStep, long.MaxValue).FirstOrDefault(limit => limit > hosted.SnapshotStep, hosted.SnapshotStep);

    private ToCoordinator End(HostedRun hosted, string node)
    {
        ShardsEnded ended = new() { Epoch = Epoch, Status = Status };
        foreach (ShardRun shard in hosted.Shards)
        {
            ShardEnd end = new() { Shard = shard.Shard };
            end.Digests.AddRange(StateHash.Part(shard.State, hosted.Step).Select(WireShapes.ToWire));
            end.Synapses.AddRange(shard.State.Arrivals.Select(a => a.Synapses));
            ended.Shards.Add(end);
        }

        return new ToCoordinator { Node = node, Ended = ended };
    }
}

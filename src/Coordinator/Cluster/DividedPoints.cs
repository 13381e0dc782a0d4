using BrainSim.Contracts;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;

namespace BrainSim.Coordinator.Cluster;

/// <summary>What a sweep asks for where points become runs.</summary>
internal interface IRunsOfPoints
{
    /// <returns>The run, which waits for its place; null where it cannot be written down now.</returns>
    RunLogic? Begin(Submission submission, long now);

    /// <summary>The measures of a run that is done are to be taken.</summary>
    void Measure(long run);

    /// <summary>What came of the run is known: nothing of it is needed any more.</summary>
    void Forget(RunLogic run);
}

/// <summary>
/// The points of a sweep that no node can hold alone. Each is a run of its own, divided between nodes, placed and recovered as runs are; its end says what came of the point.
/// </summary>
internal sealed class DividedPoints(IRunsOfPoints runs)
{
    /// <summary>Why a run ends whose sweep has no use for it.</summary>
    public const string Needless = "its sweep does not need it any more";

    private readonly Dictionary<string, DividedPoint> points = new(StringComparer.Ordinal);

    /// <summary>On nodes, or at their end and not taken in yet.</summary>
    public int Running => points.Values.Count(p => p.Run.State != RunState.Queued);

    /// <summary>Has no place yet, or has lost it; null where there is none.</summary>
    public DividedPoint? Waiting => points.Values.FirstOrDefault(p => p.Run.State == RunState.Queued);

    public IReadOnlyList<DividedPoint> Ended => [.. points.Values.Where(p => p.Run.End is not null)];

    /// <summary>True where the point is one of these.</summary>
    public bool Takes(SweepPoint point)
    {
        bool has = points.TryGetValue(point.Key, out DividedPoint? known);
        known?.Point = point;
        return has;
    }

    /// <summary>A run from before.</summary>
    /// <returns>False where another one is the same point: a record of which the disk said that it was not written.</returns>
    public bool TryAdd(RunLogic run) => points.TryAdd(run.Submission.Network.Point.Key, new DividedPoint(run));

    /// <param name="sweep">The submission of the sweep.</param>
    /// <returns>False where that cannot be written down now.</returns>
    public bool Begin(Submission sweep, SweepPoint point, long now)
    {
        RunLogic? run = runs.Begin(SubmissionOf(sweep, point), now);
        if (run is not null)
        {
            points.Add(point.Key, new DividedPoint(run) { Point = point });
        }

        return run is not null;
    }

    public DividedPoint? Find(long run) => points.Values.FirstOrDefault(p => p.Run.Run == run);

    /// <summary>Ends runs that have taken longer than a point may. Waiting for a place does not count.</summary>
    public void EndLate(PointLimits limits, long now)
    {
        foreach (DividedPoint point in points.Values.Where(p => p.Run.End is null))
        {
            point.BegunAt = point.Run.State == RunState.Queued ? null : point.BegunAt ?? now;
            if (now - point.BegunAt > 1000 * limits.Seconds)
            {
                point.Run.Cancel(DividedPoint.Late(limits));
            }
        }
    }

    /// <summary>For so long, in milliseconds, nobody was heard.</summary>
    public void Excuse(long gap)
    {
        foreach (DividedPoint point in points.Values)
        {
            point.BegunAt += gap;
        }
    }

    /// <summary>What came of the point is known.</summary>
    public void Drop(string key)
    {
        if (points.TryGetValue(key, out DividedPoint? point))
        {
            point.Run.Cancel(Needless);
            Remove(point);
        }
    }

    public void DropAll() => points.Keys.ToList().ForEach(Drop);

    public void Remove(DividedPoint point)
    {
        points.Remove(point.Key);
        runs.Forget(point.Run);
    }

    /// <summary>That nodes need for a point that they share.</summary>
    public static long BytesOf(RunNeed need) => Math.Max(need.MemoryBytes, need.DividedMemoryBytes);

    private static Submission SubmissionOf(Submission sweep, SweepPoint point)
    {
        NetworkReference network = sweep.Network.Clone();
        (network.NetworkHash, network.Sweep, network.Point) = (point.NetworkHash, sweep.Sweep, WirePoints.ToWire(point));
        return new Submission
        {
            Name = $"{sweep.Name}, point {point.Index}", Network = network, Shards = sweep.Shards, Priority = sweep.Priority, SubmittedUnixMs = sweep.SubmittedUnixMs, OfSweep = sweep.Run,
            Need = new RunNeed { Steps = point.Steps, OperationsPerStep = sweep.Need.OperationsPerStep, MemoryBytes = BytesOf(sweep.Need) },
        };
    }
}

/// <summary>A point that is a run.</summary>
internal sealed class DividedPoint(RunLogic run)
{
    public RunLogic Run => run;

    public PointOrder Order { get; } = run.Submission.Network.Point;

    public string Key => Order.Key;

    public string Name => $"its point {Order.Index} is run {run.Run}";

    public override string ToString() => $"{Name}, which {run.Reason}";

    /// <summary>Null until the sweep comes to it again, after a restart of the coordinator.</summary>
    public SweepPoint? Point { get; set; }

    /// <summary>When a node first had it, as far as this coordinator knows.</summary>
    public long? BegunAt { get; set; }

    /// <summary>Its measures have been asked for.</summary>
    public bool IsAsked { get; set; }

    /// <summary>What came of it, where it is done and has been measured.</summary>
    public PointResult? Result { get; set; }

    /// <summary>What a run says that took longer than its point may; by that it is known after a restart, too.</summary>
    public static string Late(PointLimits limits) => FormattableString.Invariant($"was not over after {limits.Seconds:R} s");

    /// <summary>What came of it, where that is no result.</summary>
    /// <param name="limits">Of the sweep.</param>
    public PointOutcome Failure(PointLimits limits, long now)
    {
        RunEnded end = run.End!;
        PointOutcome Failed(PointStatus status, string reason) => new(status, reason, [], null, (now - (BegunAt ?? now)) / 1000.0);
        return end.Outcome switch
        {
            RunOutcome.FailedNumerically => Failed(PointStatus.NotFinite, end.Message),
            RunOutcome.Cancelled when end.Message == Late(limits) => Failed(PointStatus.OverTime, end.Message) with { Limit = limits.Seconds },
            RunOutcome.Cancelled => Failed(PointStatus.Refused, $"run {run.Run}, which it was, was cancelled by request"),
            _ => Failed(PointStatus.Refused, end.Message),
        };
    }
}

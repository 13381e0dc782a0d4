using BrainSim.Contracts;
using BrainSim.Engine.Sweeps;

namespace BrainSim.Node.Cluster;

/// <summary>What a node has of one sweep: points that wait, that run, and that have ended and are not known to be written down.</summary>
internal sealed class HostedSweep(RunPoints first, INetworkSource source, Func<long> clock)
{
    /// <summary>Of results in one message, unless one alone has more.</summary>
    private const int MostTogether = 4 << 20;

    private readonly SharedPoints shared = new(first.Network, first.Sweep, source);
    private List<HostedPoint> points = [];
    private int atOnce;
    private int threads;

    public NetworkReference Network => first.Network;

    /// <summary>When the coordinator last spoke of it.</summary>
    public long HeardAt { get; private set; }

    public SweepStatus Status => new()
    {
        Run = first.Run, AtOnce = atOnce, Begun = { points.Where(p => p.IsBegun).Select(p => p.Order.Index) }, Waiting = { points.Where(p => !p.IsBegun).Select(p => p.Order.Index) },
    };

    public bool IsOf(RunPoints order) => first.Network.Equals(order.Network) && first.Sweep.Equals(order.Sweep);

    /// <summary>Takes up what is named, and drops all else.</summary>
    public void Hear(RunPoints order, List<NodeEffect> effects)
    {
        HeardAt = clock();
        (atOnce, threads) = (order.AtOnce, order.Threads);
        Dictionary<int, HostedPoint> known = points.ToDictionary(p => p.Order.Index);
        points = [.. order.Points.DistinctBy(p => p.Index).Select(p => known.Remove(p.Index, out HostedPoint? here) && here.Order.Key == p.Key ? here : new HostedPoint(p))];
        foreach (HostedPoint dropped in known.Values)
        {
            dropped.Job?.Cancel();
        }

        BeginWhatMay(effects);
    }

    /// <summary>A job has ended: with an outcome, with what it threw, or because it was dropped.</summary>
    public void Finished(PointJob job, PointOutcome? outcome, Exception? problem, List<NodeEffect> effects, string node)
    {
        if (points.Find(p => p.Job == job) is not { } point)
        {
            return;
        }

        point.Result = outcome is null ? null : WirePoints.ToWire(job.Order.Key, job.Order.Index, outcome);
        if (point.Result is null)
        {
            Fail(point, problem ?? new InvalidOperationException($"point {job.Order.Index} ended without an outcome."), effects, node);
        }
        else if (WirePoints.TooLarge(point.Result) is { } tooLarge)
        {
            Fail(point, tooLarge, effects, node);
        }

        BeginWhatMay(effects);
        if (points.TrueForAll(p => p.IsBegun))
        {
            TellNews(effects, node);
        }
    }

    /// <summary>Tells of points whose end was never told.</summary>
    public void TellNews(List<NodeEffect> effects, string node) => Tell(points.FindAll(p => p is { Result: not null, IsTold: false }), effects, node);

    /// <summary>Tells of all points that have ended.</summary>
    public void TellAll(List<NodeEffect> effects, string node) => Tell(points.FindAll(p => p.Result is not null), effects, node);

    public void Drop()
    {
        points.ForEach(p => p.Job?.Cancel());
        points.Clear();
        shared.Drop();
    }

    private void BeginWhatMay(List<NodeEffect> effects)
    {
        int running = points.Count(p => p.IsBegun && p.Result is null);
        foreach (HostedPoint point in points.Where(p => !p.IsBegun).Take(atOnce - running).ToList())
        {
            point.Job = new PointJob(first.Run, point.Order, threads, shared);
            effects.Add(new StartPoint(point.Job));
        }
    }

    private void Tell(List<HostedPoint> ended, List<NodeEffect> effects, string node)
    {
        PointsEnded message = new() { Run = first.Run };
        int bytes = 0;
        foreach (HostedPoint point in ended)
        {
            int size = point.Result!.CalculateSize();
            if (bytes > 0 && bytes + size > MostTogether)
            {
                effects.Add(new Tell(new ToCoordinator { Node = node, Points = message }));
                (message, bytes) = (new PointsEnded { Run = first.Run }, 0);
            }

            message.Results.Add(point.Result);
            bytes += size;
            point.IsTold = true;
        }

        if (message.Results.Count > 0)
        {
            effects.Add(new Tell(new ToCoordinator { Node = node, Points = message }));
        }
    }

    private void Fail(HostedPoint point, Exception problem, List<NodeEffect> effects, string node)
    {
        points.Remove(point);
        (FailureCause cause, string message) = Failure.Of(problem);
        effects.Add(new Tell(new ToCoordinator { Node = node, PointFailed = new PointFailed { Run = first.Run, Index = point.Order.Index, Cause = cause, Message = message } }));
    }

    private sealed class HostedPoint(PointOrder order)
    {
        public PointOrder Order => order;

        public PointJob? Job { get; set; }

        public PointResult? Result { get; set; }

        public bool IsTold { get; set; }

        public bool IsBegun => Job is not null;
    }
}

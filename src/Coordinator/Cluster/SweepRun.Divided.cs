using System.Collections.Immutable;
using BrainSim.Contracts;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;

namespace BrainSim.Coordinator.Cluster;

/// <summary>What a sweep does with points that no node can hold alone.</summary>
internal sealed partial class SweepRun
{
    /// <summary>Its points were too large for any node: none is squeezed into one since.</summary>
    private bool hasDivided;

    /// <summary>What is looked at while a point runs is looked at by one node.</summary>
    private bool IsDivisible => limits is { Rates.IsEmpty: true, Stop: null, Gigabytes: null };

    /// <summary>Takes over the run of a point, from before; of several of one point the newest first: it is the one that counts.</summary>
    public void Adopt(RunLogic run)
    {
        if (End is not null || outcomes.ContainsKey(run.Submission.Network.Point.Key) || !divided.TryAdd(run))
        {
            run.Cancel(DividedPoints.Needless);
            runs.Forget(run);
            return;
        }

        hasDivided = true;
    }

    /// <summary>What came of a point that was a run.</summary>
    public void Measured(long run, PointResult result)
    {
        if (divided.Find(run) is { } point)
        {
            point.Result = result;
            Keep(point, result);
            Conclude();
        }
    }

    /// <summary>What a point recorded that was a run cannot be read: it is run again.</summary>
    public void NotMeasured(long run, string message, long now)
    {
        if (divided.Find(run) is { } point && queue is not null && ending is null)
        {
            RunAgain(point, queue, message, now);
        }
    }

    /// <summary>True where no node can hold a point, however little else runs, and several together can.</summary>
    private bool Divides(IReadOnlyList<Offer> idle)
    {
        RunNeed need = submission.Need;
        return IsDivisible && idle.Count > 1 && !idle.Any(Holds)
            && Placement.Of(idle, submission.Shards, settings.WorthOf(need), DividedPoints.BytesOf(need), ImmutableHashSet<(string, string)>.Empty).Reason is null;
    }

    private bool Holds(Offer idle) => idle.FreeSlots >= Width && idle.FreeBytes >= submission.Need.MemoryBytes;

    /// <summary>One that waits for its place is enough: what keeps it waiting would keep the next one, too.</summary>
    /// <returns>True where one was begun.</returns>
    private bool DivideNext(long now)
    {
        hasDivided = true;
        if (divided.Waiting is not null || Take() is not { } point)
        {
            return false;
        }

        bool begins = divided.Begin(submission, point, now);
        queue!.PutBack(begins ? [] : [point]);
        return begins;
    }

    /// <summary>Where a node can hold a point alone, one that was never begun, or that the nodes together cannot hold any more, is no run any longer.</summary>
    private void Undivide(IReadOnlyList<Offer> idle)
    {
        if (idle.Any(Holds) && divided.Waiting is { } point && (point.Run.Epoch.Epoch == 0 || point.Run.TooLarge.NodeSet != 0))
        {
            point.Run.Withdraw();
            GiveBack(point, queue!);
        }
    }

    /// <summary>The point is no run any more, and waits for its turn again.</summary>
    private void GiveBack(DividedPoint point, PointQueue next)
    {
        next.PutBack(point.Point is { } again ? [again] : []);
        divided.Remove(point);
    }

    private SweepPoint? Take()
    {
        SweepPoint? next = queue!.Take();
        while (next is not null && divided.Takes(next))
        {
            next = queue.Take();
        }

        return next;
    }

    /// <summary>Unless it cannot be written down now: it is tried again.</summary>
    private void Keep(DividedPoint point, PointResult result) => Keep($"several nodes, as run {point.Run.Run}", [result]);

    private void RunAgain(DividedPoint point, PointQueue next, string why, long now)
    {
        GiveBack(point, next);
        Fail($"point {point.Order.Index}, run {point.Run.Run}: {why}", now);
    }

    private void TakeEndsOfRuns(long now)
    {
        divided.EndLate(limits, now);
        foreach (DividedPoint point in divided.Ended)
        {
            if (queue is null || ending is not null)
            {
                return;
            }

            TakeEndOf(point, queue, now);
        }
    }

    private void TakeEndOf(DividedPoint point, PointQueue next, long now)
    {
        RunEnded end = point.Run.End!;
        switch (end.Outcome)
        {
            case RunOutcome.Done when point.Result is not null:
                Keep(point, point.Result);
                break;
            case RunOutcome.Done when !point.IsAsked:
                point.IsAsked = true;
                runs.Measure(point.Run.Run);
                break;
            case RunOutcome.Done:
                break;
            case RunOutcome.FailedByDefect:
                TryEnd(RunOutcome.FailedByDefect, $"Point {point.Order.Index}, run {point.Run.Run}: {end.Message}");
                break;
            case RunOutcome.FailedByInfrastructure:
                RunAgain(point, next, end.Message, now);
                break;
            default:
                Keep(point, WirePoints.ToWire(point.Key, point.Order.Index, point.Failure(limits, now)));
                break;
        }
    }
}

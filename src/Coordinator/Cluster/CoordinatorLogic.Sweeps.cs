using System.Collections.Immutable;
using BrainSim.Contracts;
using BrainSim.Engine.Sweeps;

namespace BrainSim.Coordinator.Cluster;

/// <summary>What the coordinator does with sweeps alone.</summary>
public sealed partial class CoordinatorLogic
{
    /// <summary>The points of a sweep have been listed.</summary>
    public void Planned(long run, SweepPlan plan, ImmutableArray<SweepPoint> points, long now)
    {
        Sweep(run)?.Planned(plan, points);
        Schedule(now);
    }

    /// <summary>The points of a sweep cannot be listed, which ends it.</summary>
    public void NotPlanned(long run, RunOutcome outcome, string message) => Sweep(run)?.NotPlanned(outcome, message);

    /// <summary>What came of a point that was a run.</summary>
    /// <param name="run">Of the point.</param>
    public void Measured(long run, PointResult result, long now)
    {
        SweepOf(run)?.Measured(run, result);
        Schedule(now);
    }

    /// <summary>The measures of a run that is a sweep's point cannot be taken.</summary>
    public void NotMeasured(long run, string message, long now) => SweepOf(run)?.NotMeasured(run, message, now);

    /// <summary>The sweep whose point a run is.</summary>
    private SweepRun? SweepOf(long run) => Run(run) is { } point ? Sweep(point.Submission.OfSweep) : null;

    RunLogic? IRunsOfPoints.Begin(Submission submission, long now)
    {
        try
        {
            Number(submission, now);
            return Run(submission.Run);
        }
        catch (StoreException)
        {
            return null;
        }
    }

    void IRunsOfPoints.Measure(long run) => effects.Add(new MeasurePoint(run));

    void IRunsOfPoints.Forget(RunLogic run)
    {
        run.IsTakenIn = true;
        effects.Add(new ForgetParts(run.Run, null));
    }

    /// <summary>Gives sweeps the runs that are their points.</summary>
    private void AdoptPoints()
    {
        foreach (RunLogic point in submitted.Values.OfType<RunLogic>().Where(r => r.Submission.OfSweep > 0).Reverse())
        {
            Sweep(point.Submission.OfSweep)?.Adopt(point);
        }
    }

    private SweepRun? Sweep(long run) => submitted.GetValueOrDefault(run) as SweepRun;

    private void AskForPlans()
    {
        foreach (SweepRun sweep in alive.Values.OfType<SweepRun>().Where(s => s is { NeedsPlan: true, IsPlanAsked: false }))
        {
            sweep.IsPlanAsked = true;
            effects.Add(new PlanSweep(sweep.Submission));
        }
    }

    /// <summary>A sweep takes all that is free, unless somebody ahead of it waits for that.</summary>
    /// <param name="ahead">The run that waits.</param>
    /// <returns>Whom those after it wait for.</returns>
    private long? Place(SweepRun sweep, NodeUse use, long? ahead, long now)
    {
        List<Offer> offers = ahead is null ? Offers(now, use) : [];
        use.Remove(sweep);
        long? waits = Place(sweep, offers, ahead, now);
        use.Add(sweep);
        return waits;
    }

    private long? Place(SweepRun sweep, List<Offer> offers, long? ahead, long now)
    {
        if (ahead is { } first)
        {
            sweep.Hold($"{RunLogic.Behind}run {first}", now);
            return ahead;
        }

        if (disk == DiskState.Full)
        {
            sweep.Hold(RunLogic.NoRoom, now);
            return ahead;
        }

        return sweep.Spread(offers, idle, now) ? sweep.Run : null;
    }

    private void Hear(string node, IEnumerable<SweepStatus> statuses)
    {
        foreach (SweepStatus status in statuses)
        {
            if (Sweep(status.Run) is { State: not RunState.Ended } sweep)
            {
                sweep.Hear(node, status);
            }
            else
            {
                effects.Add(new TellNode(node, new ToNode { Points = new RunPoints { Run = status.Run } }));
            }
        }
    }

    private void Hear(string node, PointsEnded ended, long now)
    {
        if (Sweep(ended.Run) is { State: not RunState.Ended } sweep)
        {
            sweep.Hear(node, nodes.GetValueOrDefault(node)?.Description?.Address ?? node, ended);
            Schedule(now);
        }
    }
}

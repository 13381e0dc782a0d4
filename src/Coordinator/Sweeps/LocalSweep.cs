using System.Runtime.ExceptionServices;
using BrainSim.Engine.Sweeps;
using BrainSim.Node;

namespace BrainSim.Coordinator.Sweeps;

/// <summary>Moves points from the logic to threads of this process, and outcomes back. All that is shared is behind one lock, taken twice a point.</summary>
internal sealed class LocalSweep(SweepLogic logic, PointRun run, Action<SweepPoint, PointOutcome> keep)
{
    private readonly object gate = new();
    private Exception? failure;

    /// <summary>Points done, running and failed, for a progress line; on any thread.</summary>
    public (int Finished, int Running, int Failed) Tally
    {
        get
        {
            lock (gate)
            {
                return (logic.Finished, logic.Running, logic.Failed);
            }
        }
    }

    /// <summary>Runs until nothing is left, or the token is cancelled; points that are cancelled leave nothing behind.</summary>
    /// <param name="atOnce">Points at the same time.</param>
    /// <param name="threads">Of each point.</param>
    public void Run(int atOnce, int threads, CancellationToken cancellation)
    {
        Thread[] workers = [.. Enumerable.Range(0, atOnce).Select(index => new Thread(() => Work(threads, cancellation)) { Name = $"points {index}", IsBackground = true })];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void Work(int threads, CancellationToken cancellation)
    {
        try
        {
            while (Take(cancellation) is { } point && run.Run(point, threads, cancellation) is { } outcome)
            {
                lock (gate)
                {
                    keep(point, outcome);
                    logic.Finish(point, outcome);
                    Monitor.PulseAll(gate);
                }
            }
        }
        catch (Exception problem)
        {
            lock (gate)
            {
                failure ??= problem;
            }
        }
        finally
        {
            lock (gate)
            {
                Monitor.PulseAll(gate);
            }
        }
    }

    /// <summary>Waits where the next point depends on one that runs.</summary>
    /// <returns>Null when there is nothing left for this thread.</returns>
    private SweepPoint? Take(CancellationToken cancellation)
    {
        lock (gate)
        {
            while (!cancellation.IsCancellationRequested && failure is null)
            {
                if (logic.Next() is { } point)
                {
                    return point;
                }

                if (logic.IsDone)
                {
                    return null;
                }

                Monitor.Wait(gate);
            }

            return null;
        }
    }
}

using BrainSim.Contracts;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;

namespace BrainSim.Node.Cluster;

/// <summary>
/// What the points of one sweep have in common on a node: the plan, code and synapses. Made by the first point that needs it, let go when the sweep is dropped and its last point has ended. Thread-safe.
/// </summary>
public sealed class SharedPoints(NetworkReference network, SweepReference sweep, INetworkSource source)
{
    private readonly Lock gate = new();
    private SweepPlan? plan;
    private PointRun? run;
    private int users;
    private bool isDropped;

    /// <param name="reserve">Waits until memory has room for so many bytes.</param>
    /// <returns>Null where it was cancelled.</returns>
    internal PointOutcome? Run(PointOrder order, int threads, Func<double, IDisposable?> reserve, CancellationToken cancellation)
    {
        PointRun points = Enter(reserve);
        try
        {
            return points.Run(WirePoints.FromWire(plan!, order), threads, cancellation);
        }
        finally
        {
            Leave();
        }
    }

    internal void Drop()
    {
        lock (gate)
        {
            isDropped = true;
            DisposeUnused();
        }
    }

    private PointRun Enter(Func<double, IDisposable?> reserve)
    {
        lock (gate)
        {
            plan ??= source.Plan(network, sweep);
            run ??= new PointRun(plan, BackEnd.Cpu) { Reserve = reserve };
            users++;
            return run;
        }
    }

    private void Leave()
    {
        lock (gate)
        {
            users--;
            DisposeUnused();
        }
    }

    private void DisposeUnused()
    {
        if (isDropped && users == 0)
        {
            run?.Dispose();
            run = null;
        }
    }
}

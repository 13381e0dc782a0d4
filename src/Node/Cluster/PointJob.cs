using BrainSim.Contracts;
using BrainSim.Engine.Sweeps;

namespace BrainSim.Node.Cluster;

/// <summary>One point of a sweep, to be run on a thread of its own. Touches nothing of the node until it is handed back.</summary>
public sealed class PointJob
{
    private readonly SharedPoints shared;
    private readonly int threads;
    private readonly CancellationTokenSource cancelled = new();

    internal PointJob(long run, PointOrder order, int threads, SharedPoints shared)
    {
        (Run, Order) = (run, order);
        (this.threads, this.shared) = (threads, shared);
    }

    public long Run { get; }

    public PointOrder Order { get; }

    /// <summary>On any thread. What it gives or throws belongs to <see cref="NodeLogic.Finished(PointJob, PointOutcome, Exception)"/>.</summary>
    /// <param name="reserve">Waits until memory has room for so many bytes.</param>
    /// <returns>Null where the point is not wanted any more.</returns>
    public PointOutcome? Compute(Func<double, IDisposable?> reserve) => cancelled.IsCancellationRequested ? null : shared.Run(Order, threads, reserve, cancelled.Token);

    internal void Cancel() => cancelled.Cancel();
}

using BrainSim.Contracts;

namespace BrainSim.Coordinator.Cluster;

/// <summary>
/// How many steps lie between two checkpoints of a run: what its nodes work in <see cref="ClusterSettings.CheckpointEvery"/>, and more where checkpoints take long to be written.
/// Time in which nodes wait for the coordinator counts for nothing, so that slow writing never brings checkpoints closer together.
/// </summary>
internal sealed class CheckpointDistance(ClusterSettings settings, RunNeed need)
{
    /// <summary>A checkpoint that takes long to be written is followed by that many times as much work.</summary>
    private const int WorkPerWriting = 4;

    /// <summary>From one checkpoint to the next, either way.</summary>
    private const double MostChange = 4;

    /// <summary>Milliseconds of work over which a speed is measured: nodes report once a second.</summary>
    private const long LongEnough = 1000;

    private readonly Dictionary<long, long> reachedAt = [];
    private (long Step, long Worked, long At) mark;

    public long Steps { get; private set; }

    /// <summary>An epoch begins. The first distance is a guess, and short: what the first ones take says how far apart the next are.</summary>
    public void Begin(long step, int shards, long now)
    {
        mark = (step, 0, now);
        reachedAt.Clear();
        Steps = Steps > 0 ? Steps : Fit(settings.CheckpointEvery / 10.0 * settings.OperationsPerMs * shards / Math.Max(1, need.OperationsPerStep));
    }

    /// <summary>All nodes are open and work from now on.</summary>
    public void Open(long now) => mark = mark with { At = now };

    /// <summary>All nodes have come to a checkpoint's step; it is being written.</summary>
    public void Reach(long step, long now) => reachedAt.TryAdd(step, now);

    /// <summary>A checkpoint is written.</summary>
    /// <param name="worked">Milliseconds of the epoch, by the node that worked most, as last heard.</param>
    public void Keep(long step, long worked, long now)
    {
        long writing = reachedAt.Remove(step, out long at) ? now - at : 0;
        long heard = worked - mark.Worked;
        bool isMeasured = heard >= LongEnough;
        long took = isMeasured ? heard : Math.Max(heard, now - mark.At);
        if (took <= 0)
        {
            return;
        }

        double wanted = (double)(step - mark.Step) / took * Math.Max(settings.CheckpointEvery, WorkPerWriting * writing);
        Steps = Fit(Math.Clamp(wanted, isMeasured ? Steps / MostChange : Steps, Steps * MostChange));
        mark = isMeasured ? (step, worked, now) : mark;
    }

    private long Fit(double steps) => (long)Math.Clamp(steps, 1, Math.Max(1, need.Steps));
}

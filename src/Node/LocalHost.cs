using System.Diagnostics;
using System.Runtime.ExceptionServices;
using BrainSim.Engine.Exchange;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;

namespace BrainSim.Node;

/// <summary>Runs a network in this process: shards dealt out to threads, spikes handed over in memory at the end of each window.</summary>
public sealed class LocalHost : IDisposable
{
    private readonly CompiledNetwork compiled;
    private readonly ShardRun[] shards;

    /// <summary>Batches by parity of the window, then shard: a thread is at most one window ahead of another.</summary>
    private readonly SpikeBatch[][] handedOver;

    private readonly bool[] failed;
    private readonly int threads;
    private bool stop;
    private bool checkpointDue;

    /// <summary>Builds all shards, every thread its own.</summary>
    /// <param name="shards">Parts of the network; results do not depend on it.</param>
    /// <param name="threads">At most one per shard is used.</param>
    /// <exception cref="Engine.Units.UserMistakeException">A drawn or listed value does not fit.</exception>
    public LocalHost(CompiledNetwork compiled, int shards, int threads)
    {
        this.compiled = compiled;
        this.threads = Math.Min(threads, shards);
        this.shards = new ShardRun[shards];
        failed = new bool[shards];
        handedOver = [new SpikeBatch[shards], new SpikeBatch[shards]];
        Stopwatch watch = Stopwatch.StartNew();
        OnThreads(thread =>
        {
            foreach (int shard in ShardsOf(thread))
            {
                this.shards[shard] = new ShardRun(compiled, shard, shards);
            }
        });
        int? shortest = this.shards.Min(s => s.State.ShortestDelay);
        Array.ForEach(this.shards, shard => shard.Open(shortest));
        BuildSeconds = watch.Elapsed.TotalSeconds;
    }

    public IReadOnlyList<ShardRun> Shards => shards;

    public int Threads => threads;

    public double BuildSeconds { get; }

    public double RunSeconds { get; private set; }

    public long Step => shards[0].Step;

    public Recordings Recordings => new(compiled.Network, [.. shards.Select(s => s.Monitors)]);

    public string StateHash => Engine.Simulation.StateHash.Of([.. shards.Select(s => s.State)], Step);

    /// <summary>What is asked after every window, on any thread; where it answers true a checkpoint is taken.</summary>
    public Func<long, bool> IsCheckpointDue { get; init; } = _ => false;

    /// <summary>Keeps a checkpoint; all threads wait for it.</summary>
    public Action<Checkpoint> KeepCheckpoint { get; init; } = _ => { };

    /// <summary>The run as it stands, while no window is under way.</summary>
    public Checkpoint TakeCheckpoint() => Checkpoint.Of(compiled.Network, shards);

    /// <summary>Goes on from a checkpoint, before <see cref="Run"/>.</summary>
    public void Restore(Checkpoint checkpoint) => Array.ForEach(shards, shard => shard.Restore(checkpoint));

    /// <summary>Runs to the end, or to the end of the window in which the token is cancelled or a state variable is no number; all shards stop at the same step.</summary>
    /// <param name="progress">Told the step at hand after every window, on any thread.</param>
    /// <exception cref="NumericalFailureException">A state variable became NaN or infinite. What was recorded up to there can be kept.</exception>
    public void Run(Action<long> progress, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        WindowBarrier barrier = new(threads, () =>
        {
            stop = cancellation.IsCancellationRequested || failed.Contains(true);
            checkpointDue = !failed.Contains(true) && IsCheckpointDue(shards[0].Step);
            progress(shards[0].Step);
        });
        WindowBarrier betweenWindows = new(threads, () => KeepCheckpoint(TakeCheckpoint()));
        OnThreads(thread =>
        {
            try
            {
                RunShards([.. ShardsOf(thread).Select(shard => shards[shard])], barrier, betweenWindows);
            }
            catch
            {
                betweenWindows.Break();
                barrier.Break();
                throw;
            }
        });
        RunSeconds = watch.Elapsed.TotalSeconds;
        if (failed.Contains(true))
        {
            SerialRun.CheckState([.. shards.Select(s => s.State)], Step);
        }
    }

    public void Dispose() => Array.ForEach(shards, shard => shard?.Dispose());

    /// <summary>Shards are dealt out in turn.</summary>
    private IEnumerable<int> ShardsOf(int thread) => Enumerable.Range(0, shards.Length).Where(shard => shard % threads == thread);

    private void RunShards(ShardRun[] mine, WindowBarrier barrier, WindowBarrier betweenWindows)
    {
        long nextCheck = mine[0].Step + SerialRun.CheckEvery;
        for (int window = 0; !mine[0].IsDone && !stop; window++)
        {
            SpikeBatch[] batches = handedOver[window & 1];
            foreach (ShardRun shard in mine)
            {
                batches[shard.Shard] = shard.Advance();
            }

            if (mine[0].Step >= nextCheck || mine[0].IsDone)
            {
                nextCheck += SerialRun.CheckEvery;
                foreach (ShardRun shard in mine)
                {
                    failed[shard.Shard] = shard.State.FindNonFinite() is not null;
                }
            }

            if (!barrier.Meet())
            {
                return;
            }

            foreach (ShardRun shard in mine)
            {
                foreach (SpikeBatch batch in batches)
                {
                    shard.Accept(batch);
                }
            }

            if (checkpointDue && !betweenWindows.Meet())
            {
                return;
            }
        }
    }

    /// <summary>Does the work of every thread, of the first on this one; the first thread's failure is thrown when all have ended.</summary>
    private void OnThreads(Action<int> work)
    {
        Exception?[] failures = new Exception?[threads];
        void Guarded(int thread)
        {
            try
            {
                work(thread);
            }
            catch (Exception problem)
            {
                failures[thread] = problem;
            }
        }

        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(index => new Thread(() => Guarded(index)) { Name = $"shards {index}", IsBackground = true })];
        Array.ForEach(others, thread => thread.Start());
        Guarded(0);
        Array.ForEach(others, thread => thread.Join());
        if (failures.OfType<Exception>().FirstOrDefault() is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}

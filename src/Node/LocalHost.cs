using System.Diagnostics;
using System.Runtime.ExceptionServices;
using BrainSim.Engine.Exchange;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;

namespace BrainSim.Node;

/// <summary>Runs a network in this process: one shard per thread, spikes handed over in memory at the end of each window.</summary>
public sealed class LocalHost : IDisposable
{
    private readonly CompiledNetwork compiled;
    private readonly ShardRun[] shards;

    /// <summary>Batches by parity of the window, then shard: a thread is at most one window ahead of another.</summary>
    private readonly SpikeBatch[][] handedOver;

    private readonly bool[] failed;
    private Exception? failure;
    private bool stop;

    /// <summary>Builds all shards, each on a thread of its own.</summary>
    /// <exception cref="Engine.Units.UserMistakeException">A drawn or listed value does not fit.</exception>
    public LocalHost(CompiledNetwork compiled, int threads)
    {
        this.compiled = compiled;
        shards = new ShardRun[threads];
        failed = new bool[threads];
        handedOver = [new SpikeBatch[threads], new SpikeBatch[threads]];
        Stopwatch watch = Stopwatch.StartNew();
        OnThreads(shard => shards[shard] = new ShardRun(compiled, shard, threads));
        int? shortest = shards.Min(s => s.State.ShortestDelay);
        Array.ForEach(shards, shard => shard.Open(shortest));
        BuildSeconds = watch.Elapsed.TotalSeconds;
    }

    public IReadOnlyList<ShardRun> Shards => shards;

    public double BuildSeconds { get; }

    public double RunSeconds { get; private set; }

    public long Step => shards[0].Step;

    public Recordings Recordings => new(compiled.Network, [.. shards.Select(s => s.Monitors)]);

    public string StateHash => Engine.Simulation.StateHash.Of([.. shards.Select(s => s.State)], Step);

    /// <summary>Runs to the end, or to the end of the window in which the token is cancelled or a state variable is no number; all shards stop at the same step.</summary>
    /// <param name="progress">Told the step at hand after every window, on any thread.</param>
    /// <exception cref="NumericalFailureException">A state variable became NaN or infinite. What was recorded up to there can be kept.</exception>
    public void Run(Action<long> progress, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        WindowBarrier barrier = new(shards.Length, () =>
        {
            stop = cancellation.IsCancellationRequested || failed.Contains(true);
            progress(shards[0].Step);
        });
        OnThreads(shard =>
        {
            try
            {
                RunShard(shards[shard], barrier);
            }
            catch
            {
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

    private void RunShard(ShardRun shard, WindowBarrier barrier)
    {
        long nextCheck = shard.Step + SerialRun.CheckEvery;
        for (int window = 0; !shard.IsDone && !stop; window++)
        {
            SpikeBatch[] batches = handedOver[window & 1];
            batches[shard.Shard] = shard.Advance();
            if (shard.Step >= nextCheck || shard.IsDone)
            {
                nextCheck += SerialRun.CheckEvery;
                failed[shard.Shard] = shard.State.FindNonFinite() is not null;
            }

            if (!barrier.Meet())
            {
                return;
            }

            foreach (SpikeBatch batch in batches)
            {
                shard.Accept(batch);
            }
        }
    }

    /// <summary>Does the work of every shard on a thread of its own, the first on this one; the first failure is thrown when all have ended.</summary>
    private void OnThreads(Action<int> work)
    {
        void Guarded(int shard)
        {
            try
            {
                work(shard);
            }
            catch (Exception problem)
            {
                Interlocked.CompareExchange(ref failure, problem, null);
            }
        }

        Thread[] others = [.. Enumerable.Range(1, shards.Length - 1).Select(shard => new Thread(() => Guarded(shard)) { Name = $"shard {shard}", IsBackground = true })];
        Array.ForEach(others, thread => thread.Start());
        Guarded(0);
        Array.ForEach(others, thread => thread.Join());
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}

using System.Diagnostics;
using System.Runtime.ExceptionServices;
using BrainSim.Contracts;
using BrainSim.Engine.Exchange;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;

namespace BrainSim.Node;

/// <summary>
/// Runs a network in this process: shards dealt out to threads, spikes handed over in memory. A shard waits for those that project to it only; now and then all
/// meet at the same step, where the run can be looked at, kept or ended.
/// </summary>
public sealed class LocalHost : IDisposable
{
    private readonly CompiledNetwork compiled;
    private readonly ShardRun[] shards;
    private readonly IChunkStore recording;
    private readonly ExchangePlan plan;
    private readonly Outbox[] outboxes;

    /// <summary>By receiving shard: the outboxes that it reads, and as which of their readers.</summary>
    private readonly (Outbox Outbox, int Reader)[][] subscriptions;

    private readonly bool[] failed;
    private readonly bool pinned;
    private readonly int threads;
    private readonly long[] waited;
    private readonly bool profiled;
    private Bill? bill;

    /// <summary>Builds all shards, every thread its own.</summary>
    /// <param name="shards">Parts of the network; results do not depend on it.</param>
    /// <param name="threads">At most one per shard is used.</param>
    /// <param name="pinned">Binds each thread to a processor.</param>
    /// <param name="profiled">Notes what the run costs; takes some 30 ns per step and line of the profile.</param>
    /// <param name="recording">Keeps what is recorded; memory where null.</param>
    /// <param name="wiring">Shared with other runs; null for wiring of its own.</param>
    /// <exception cref="UserMistakeException">A drawn or listed value does not fit, or threads cannot be bound here.</exception>
    public LocalHost(
        CompiledNetwork compiled, int shards, int threads, bool pinned = false, bool profiled = false, IChunkStore? recording = null, Wiring? wiring = null)
    {
        this.compiled = compiled;
        this.recording = recording ?? new MemoryChunks();
        this.threads = Math.Min(threads, shards);
        this.pinned = pinned;
        this.profiled = profiled;
        this.shards = new ShardRun[shards];
        failed = new bool[shards];
        waited = new long[this.threads];
        Stopwatch watch = Stopwatch.StartNew();
        ShardReach[] reaches = new ShardReach[shards];
        ForEachShard(shard =>
        {
            this.shards[shard] = new ShardRun(compiled, shard, shards, profiled ? Stopwatch.GetTimestamp : null, this.recording, wiring);
            reaches[shard] = this.shards[shard].State.Reach(shards);
        });
        plan = new ExchangePlan(compiled.Network.Schedule, reaches);
        ForEachShard(shard => this.shards[shard].Open(plan));
        outboxes = [.. this.shards.Select(s => new Outbox(s.Shard, compiled.Network.Populations.Length, plan.ReceiversOf[s.Shard].Length))];
        subscriptions = [.. this.shards.Select(s => plan.SendersTo[s.Shard].Select(sender => (outboxes[sender], plan.ReceiversOf[sender].IndexOf(s.Shard))).ToArray())];
        BuildSeconds = watch.Elapsed.TotalSeconds;
    }

    public IReadOnlyList<ShardRun> Shards => shards;

    public int Threads => threads;

    /// <summary>Most steps between two exchanges of a pair of shards.</summary>
    public int WindowSteps => plan.BatchSteps;

    public double BuildSeconds { get; }

    public double RunSeconds { get; private set; }

    /// <summary>By thread: seconds of the run spent waiting for other threads, and for what is done where all meet.</summary>
    public IReadOnlyList<double> WaitSeconds => Array.ConvertAll(waited, ticks => ticks / (double)Stopwatch.Frequency);

    public long Step => shards[0].Step;

    /// <summary>What was recorded up to here, while the run does not run.</summary>
    public Recordings Recordings => ShardRun.RecordingsOf(shards, compiled.Network, recording);

    public string StateHash => Engine.Simulation.StateHash.Of([.. shards.Select(s => s.State)], Step);

    /// <summary>What is asked at every meeting, on any thread; where it answers true a checkpoint is taken.</summary>
    public Func<long, bool> IsCheckpointDue { get; init; } = _ => false;

    /// <summary>Given a step, a later one at which all must meet at the latest.</summary>
    public Func<long, long> NextMeeting { get; init; } = _ => long.MaxValue;

    /// <summary>Measures the stretches between two meetings; no result depends on it.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Keeps a checkpoint; all threads wait for it.</summary>
    public Action<Checkpoint> KeepCheckpoint { get; init; } = _ => { };

    /// <summary>The run as it stands, while it does not run.</summary>
    public Checkpoint TakeCheckpoint() => Checkpoint.Join([.. shards.Select(s => s.Snapshot())]);

    /// <summary>Goes on from a checkpoint, before <see cref="Run"/>; null begins anew. Needed only where the store holds what an earlier run recorded.</summary>
    /// <exception cref="UserMistakeException">What was recorded before the checkpoint is no longer there.</exception>
    public void Begin(Checkpoint? checkpoint)
    {
        recording.DropAfter(checkpoint?.Step ?? -1);
        foreach (ShardRun shard in checkpoint is null ? [] : shards)
        {
            shard.Restore(checkpoint!);
        }
    }

    /// <summary>Runs to the end, or to the meeting at which the token is cancelled or a state variable is no number; all shards stop at the same step.</summary>
    /// <param name="progress">Told the step at hand at every meeting, on any thread.</param>
    /// <exception cref="NumericalFailureException">A state variable became NaN or infinite. What was recorded up to there can be kept.</exception>
    public void Run(Action<long> progress, CancellationToken cancellation)
    {
        bill = profiled ? new Bill(compiled.Network, shards) : null;
        Stopwatch watch = Stopwatch.StartNew();
        Stretch stretch = new(compiled.Network.Steps, NextMeeting, Clock);
        Bell news = new();
        MeetingPoint end = new(threads, () =>
        {
            bool anyFailed = failed.Contains(true);
            stretch.Decide(cancellation.IsCancellationRequested || anyFailed, !anyFailed && IsCheckpointDue(Step) && !shards.Any(s => s.State.IsUnsound));
            stretch.Begin(Step);
            progress(Step);
        });
        MeetingPoint keeping = new(threads, () =>
        {
            KeepCheckpoint(TakeCheckpoint());
            stretch.Begin(Step);
        });
        stretch.Begin(Step);
        OnThreads(thread =>
        {
            try
            {
                RunShards(thread, stretch, news, end, keeping);
            }
            catch
            {
                news.Break();
                keeping.Break();
                end.Break();
                throw;
            }
        });
        RunSeconds = watch.Elapsed.TotalSeconds;
        if (failed.Contains(true))
        {
            SerialRun.CheckState([.. shards.Select(s => s.State)], Step);
        }
    }

    /// <summary>What the run cost, once it has ended; measures the memory, which takes some 50 ms. Null where the run was not profiled.</summary>
    public RunProfile? TakeProfile()
    {
        if (bill is null)
        {
            return null;
        }

        using CopyLoop copy = new(threads);
        OnThreads(copy.Work);
        return bill.Add(RunSeconds, WaitSeconds, copy.GigabytesPerSecond);
    }

    public void Dispose()
    {
        Array.ForEach(shards, shard => shard?.Dispose());
        Array.ForEach(outboxes ?? [], outbox => outbox.Dispose());
    }

    /// <summary>Does something for every shard on its thread. Of several failures that of the lowest shard is thrown, whatever the threads.</summary>
    private void ForEachShard(Action<int> work)
    {
        Exception?[] failures = new Exception?[shards.Length];
        OnThreads(thread =>
        {
            foreach (int shard in ShardsOf(thread))
            {
                try
                {
                    work(shard);
                }
                catch (UserMistakeException mistake)
                {
                    failures[shard] = mistake;
                    return;
                }
            }
        });
        if (failures.OfType<Exception>().FirstOrDefault() is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Shards are dealt out in turn.</summary>
    private IEnumerable<int> ShardsOf(int thread) => Enumerable.Range(0, shards.Length).Where(shard => shard % threads == thread);

    private void RunShards(int thread, Stretch stretch, Bell news, MeetingPoint end, MeetingPoint keeping)
    {
        ShardRun[] mine = [.. ShardsOf(thread).Select(shard => shards[shard])];
        while (!stretch.IsLast)
        {
            if (!RunTo(stretch.To, mine, news, ref waited[thread]))
            {
                return;
            }

            foreach (ShardRun shard in mine)
            {
                failed[shard.Shard] = stretch.IsChecked && shard.State.FindNonFinite(shard.Step - 1) is not null;
            }

            if (!Meet(end, ref waited[thread]))
            {
                return;
            }

            if (stretch.KeepsCheckpoint && !Meet(keeping, ref waited[thread]))
            {
                return;
            }
        }
    }

    /// <summary>Advances shards to a step, each as soon as it can, and takes in what the others send up to there: a sender must not be left with full hands.</summary>
    /// <returns>False where another thread cannot go on.</returns>
    private bool RunTo(long step, ShardRun[] mine, Bell news, ref long waitedTicks)
    {
        while (true)
        {
            long heard = news.Rings;
            bool moved = false;
            bool done = true;
            foreach (ShardRun shard in mine)
            {
                moved |= TakeIn(shard) | Advance(shard, step);
                done &= shard.IsComplete(step);
            }

            if (moved && threads > 1)
            {
                news.Ring();
            }

            if (done)
            {
                return true;
            }

            if (!moved)
            {
                long began = Stopwatch.GetTimestamp();
                if (!news.Wait(heard))
                {
                    return false;
                }

                waitedTicks += Stopwatch.GetTimestamp() - began;
            }
        }
    }

    private static bool Meet(MeetingPoint point, ref long waitedTicks)
    {
        long began = Stopwatch.GetTimestamp();
        bool goesOn = point.Meet();
        waitedTicks += Stopwatch.GetTimestamp() - began;
        return goesOn;
    }

    private bool Advance(ShardRun shard, long step)
    {
        if (!shard.IsReady(step) || outboxes[shard.Shard].Next() is not { } batch)
        {
            return false;
        }

        shard.Advance(step, batch);
        outboxes[shard.Shard].Send();
        return true;
    }

    /// <returns>True where a batch was taken.</returns>
    private bool TakeIn(ShardRun shard)
    {
        bool taken = false;
        foreach ((Outbox outbox, int reader) in subscriptions[shard.Shard])
        {
            while (outbox.Unread(reader) is { } batch)
            {
                Acceptance acceptance = shard.Accept(batch);
                if (acceptance == Acceptance.Early)
                {
                    break;
                }

                if (acceptance != Acceptance.Accepted)
                {
                    throw new InvalidOperationException($"shard {shard.Shard} refuses a batch of shard {batch.Shard} as {acceptance}.");
                }

                outbox.Take(reader);
                taken = true;
            }
        }

        return taken;
    }

    /// <summary>Does the work of every thread, of the first on this one unless threads are bound; the first thread's failure is thrown when all have ended.</summary>
    private void OnThreads(Action<int> work)
    {
        Exception?[] failures = new Exception?[threads];
        void Guarded(int thread)
        {
            try
            {
                if (pinned && !Processors.Pin(thread))
                {
                    throw new UserMistakeException(new Place("--pin", 0, 0, ""), "threads cannot be bound to processors on this system; leave it out.");
                }

                work(thread);
            }
            catch (Exception problem)
            {
                failures[thread] = problem;
            }
        }

        int first = pinned ? 0 : 1;
        Thread[] others = [.. Enumerable.Range(first, threads - first).Select(index => new Thread(() => Guarded(index)) { Name = $"shards {index}", IsBackground = true })];
        Array.ForEach(others, thread => thread.Start());
        if (!pinned)
        {
            Guarded(0);
        }

        Array.ForEach(others, thread => thread.Join());
        if (failures.OfType<Exception>().FirstOrDefault() is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}

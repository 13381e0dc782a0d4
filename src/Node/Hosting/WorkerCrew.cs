using System.Runtime.ExceptionServices;

namespace BrainSim.Node.Hosting;

/// <summary>Threads that share the work of a node's shards, the caller's among them. Of two callers at once, one has the threads and the other works alone.</summary>
public sealed class WorkerCrew : IDisposable
{
    private readonly Bell begin = new();
    private readonly Bell end = new();
    private readonly Lock turn = new();
    private volatile Task? current;

    /// <param name="threads">In all, at least 1.</param>
    public WorkerCrew(int threads)
    {
        for (int helper = 1; helper < threads; helper++)
        {
            new Thread(Help) { IsBackground = true, Name = $"shards {helper}" }.Start();
        }
    }

    /// <summary>Does work for 0 to count - 1 and returns when all is done.</summary>
    /// <exception cref="Exception">What the lowest of them threw.</exception>
    public void Do(int count, Action<int> work)
    {
        Task task = new(count, work);
        if (count > 1 && turn.TryEnter())
        {
            try
            {
                current = task;
                begin.Ring();
                task.Share(end);
                for (long heard = end.Rings; !task.IsDone; heard = end.Rings)
                {
                    end.Wait(heard);
                }
            }
            finally
            {
                turn.Exit();
            }
        }
        else
        {
            task.Share(end);
        }

        task.ThrowFirst();
    }

    public void Dispose() => begin.Break();

    private void Help()
    {
        for (long heard = begin.Rings; begin.Wait(heard);)
        {
            heard = begin.Rings;
            current?.Share(end);
        }
    }

    /// <summary>One call's work. Who comes late finds nothing left of it.</summary>
    private sealed class Task(int count, Action<int> work)
    {
        private int next = -1;
        private int done;
        private Exception?[]? failures;

        public bool IsDone => Volatile.Read(ref done) == count;

        public void Share(Bell end)
        {
            for (int item = Interlocked.Increment(ref next); item < count; item = Interlocked.Increment(ref next))
            {
                try
                {
                    work(item);
                }
                catch (Exception problem)
                {
                    LazyInitializer.EnsureInitialized(ref failures, () => new Exception?[count])[item] = problem;
                }

                if (Interlocked.Increment(ref done) == count)
                {
                    end.Ring();
                }
            }
        }

        public void ThrowFirst()
        {
            if (failures?.OfType<Exception>().FirstOrDefault() is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }
        }
    }
}

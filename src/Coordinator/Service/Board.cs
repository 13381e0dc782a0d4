using System.Collections.Immutable;
using BrainSim.Contracts.Api;

namespace BrainSim.Coordinator.Service;

/// <summary>What can be seen of the cluster, as of one moment. Immutable.</summary>
public sealed record Snapshot(ImmutableSortedDictionary<long, RunView> Runs, ImmutableArray<NodeView> Nodes)
{
    public static Snapshot Empty { get; } = new(ImmutableSortedDictionary<long, RunView>.Empty, []);
}

/// <summary>Where the coordinator's thread hangs out what can be seen, and any thread reads it or waits for news. Who reads slowly misses what lies between, and holds nobody up.</summary>
public sealed class Board
{
    private sealed record Page(Snapshot Snapshot, TaskCompletionSource Next);

    private volatile Page page = new(Snapshot.Empty, NewSignal());

    public Snapshot Now => page.Snapshot;

    public void Show(Snapshot snapshot)
    {
        TaskCompletionSource next = page.Next;
        page = new Page(snapshot, NewSignal());
        next.SetResult();
    }

    /// <summary>What is to be seen, and a task that ends when something else is.</summary>
    public (Snapshot Snapshot, Task Changed) Look()
    {
        Page seen = page;
        return (seen.Snapshot, seen.Next.Task);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

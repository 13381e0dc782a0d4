using System.Collections.Concurrent;

namespace BrainSim.Coordinator.Service;

/// <summary>Work that several ask for is done once: who comes while it goes on waits for the same, and who goes away ends it for nobody. Any thread may use it.</summary>
internal sealed class SharedWork<TKey, TResult>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TResult>>> underWay = new();

    /// <param name="work">Begun on another thread, unless it goes on already.</param>
    /// <param name="cancellation">Of the waiting only.</param>
    public Task<TResult> Of(TKey key, Func<Task<TResult>> work, CancellationToken cancellation) =>
        underWay.GetOrAdd(key, _ => new Lazy<Task<TResult>>(() => Task.Run(() => Do(key, work), CancellationToken.None))).Value.WaitAsync(cancellation);

    /// <summary>What has ended is not kept: who asks then asks anew, the more so after a failure.</summary>
    private async Task<TResult> Do(TKey key, Func<Task<TResult>> work)
    {
        try
        {
            return await work();
        }
        finally
        {
            underWay.TryRemove(key, out _);
        }
    }
}

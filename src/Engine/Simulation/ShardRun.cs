using BrainSim.Engine.Exchange;
using BrainSim.Engine.Monitors;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Simulation;

/// <summary>
/// One shard of a run as an actor without input and output: it advances window by window, hands out its spikes and takes in those of all shards, its own too.
/// Owned by one thread at a time.
/// </summary>
public sealed class ShardRun : IDisposable
{
    private readonly SpikeBatch[] outgoing;
    private readonly CompiledNetwork compiled;
    private readonly ShardState state;
    private Inbox? inbox;

    /// <exception cref="UserMistakeException">A drawn or listed value does not fit.</exception>
    public ShardRun(CompiledNetwork compiled, int shard, int shards)
    {
        NetworkSpec network = compiled.Network;
        this.compiled = compiled;
        Shard = shard;
        Shards = shards;
        state = new ShardState(network, compiled.Programs, compiled.Kernels, [.. network.Populations.Select(p => Partition.Of(p.Size, shard, shards))]);
        Monitors = new ShardMonitors(state);
        outgoing = [new SpikeBatch(shard, network.Populations.Length), new SpikeBatch(shard, network.Populations.Length)];
    }

    public int Shard { get; }

    public int Shards { get; }

    public ShardState State => state;

    public ShardMonitors Monitors { get; }

    /// <summary>Steps done.</summary>
    public long Step { get; private set; }

    /// <summary>First step of the window at hand.</summary>
    public long WindowStart { get; private set; }

    /// <summary>Steps of a window; known once <see cref="Open"/> was called.</summary>
    public int WindowSteps { get; private set; }

    /// <summary>First step after the window at hand.</summary>
    public long WindowEnd => Math.Min(WindowStart + WindowSteps, state.Network.Steps);

    public bool IsDone => Step == state.Network.Steps;

    /// <summary>Fixes the window, before the first step.</summary>
    /// <param name="shortestDelay">In steps, over the synapses of all shards; null where there are none.</param>
    public void Open(int? shortestDelay)
    {
        WindowSteps = compiled.WindowSteps(shortestDelay);
        state.CountEventsAfter(shortestDelay ?? 0);
        inbox = new Inbox(Shards, [.. state.Network.Populations.Select(p => p.Size)], state.Partners);
    }

    /// <summary>Goes on from a checkpoint of the same network, after <see cref="Open"/> and before the first window.</summary>
    public void Restore(Checkpoint checkpoint)
    {
        checkpoint.ApplyTo(this);
        Step = checkpoint.Step;
        WindowStart = checkpoint.Step;
    }

    /// <summary>Does all steps of the window at hand.</summary>
    /// <returns>The shard's spikes, for all shards including this one. Valid until the next window but one begins.</returns>
    public SpikeBatch Advance()
    {
        SpikeBatch batch = outgoing[(WindowStart / Math.Max(1, WindowSteps)) & 1];
        batch.Begin(WindowStart);
        for (long end = WindowEnd; Step < end; Step++)
        {
            state.RunUntilObserve(Step);
            Monitors.Observe(Step);
            state.RunAfterObserve(Step);
            Monitors.TakeSpikes(Step);
            for (int p = 0; p < state.Populations.Count; p++)
            {
                batch.Add(state.Fired[p].Span, state.Populations[p].Slice.From);
            }
        }

        state.Partners.AppendOwn(batch.Values);
        return batch;
    }

    /// <summary>Takes in the spikes of one shard. With the last missing one, the next window opens.</summary>
    public Acceptance Accept(SpikeBatch batch)
    {
        Acceptance acceptance = inbox!.Accept(batch, WindowStart, WindowEnd);
        if (inbox.IsComplete && Step == WindowEnd)
        {
            inbox.Merge(state.Histories);
            WindowStart = Step;
        }

        return acceptance;
    }

    public void Dispose()
    {
        Monitors.Dispose();
        state.Dispose();
        Array.ForEach(outgoing, batch => batch.Dispose());
    }
}

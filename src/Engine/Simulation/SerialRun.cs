using BrainSim.Engine.Exchange;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Shards;

namespace BrainSim.Engine.Simulation;

/// <summary>A whole run on the calling thread: all shards, one after the other, window by window. Other hosts do the same with threads and networks.</summary>
public sealed class SerialRun : IDisposable
{
    /// <summary>Steps between two searches for NaN and infinities.</summary>
    public const int CheckEvery = 1000;

    private readonly CompiledNetwork compiled;
    private readonly ShardRun[] shards;
    private readonly SpikeBatch[] batches;
    private long nextCheck = CheckEvery;

    public SerialRun(CompiledNetwork compiled, int shards = 1)
    {
        this.compiled = compiled;
        this.shards = [.. Enumerable.Range(0, shards).Select(s => new ShardRun(compiled, s, shards))];
        batches = new SpikeBatch[shards];
        int? shortest = this.shards.Min(s => s.State.ShortestDelay);
        Array.ForEach(this.shards, shard => shard.Open(shortest));
    }

    public IReadOnlyList<ShardRun> Shards => shards;

    public Recordings Recordings => new(compiled.Network, [.. shards.Select(s => s.Monitors)]);

    public string StateHash => Simulation.StateHash.Of(States, shards[0].Step);

    private ShardState[] States => Array.ConvertAll(shards, shard => shard.State);

    /// <exception cref="NumericalFailureException">A state variable became NaN or infinite.</exception>
    public SerialRun Run()
    {
        RunTo(compiled.Network.Steps);

        CheckState(States, shards[0].Step);
        return this;
    }

    /// <summary>Runs whole windows until a step is reached or passed.</summary>
    public void RunTo(long step)
    {
        while (shards[0].Step < step && !shards[0].IsDone)
        {
            RunWindow();
        }
    }

    /// <summary>Goes on from a checkpoint, before the first window; null begins.</summary>
    public void Restore(Checkpoint? checkpoint)
    {
        foreach (ShardRun shard in checkpoint is null ? [] : shards)
        {
            shard.Restore(checkpoint!);
        }
    }

    public void Dispose() => Array.ForEach(shards, shard => shard.Dispose());

    /// <exception cref="NumericalFailureException">A state variable is NaN or infinite.</exception>
    public static void CheckState(IReadOnlyList<ShardState> states, long step)
    {
        NonFinite[] found = [.. states.Select(state => state.FindNonFinite()).OfType<NonFinite>()];
        if (found.Length > 0)
        {
            throw new NumericalFailureException(states.First(), found.MinBy(f => f.Order), step);
        }
    }

    private void RunWindow()
    {
        foreach (ShardRun shard in shards)
        {
            batches[shard.Shard] = shard.Advance();
        }

        foreach (ShardRun shard in shards)
        {
            foreach (SpikeBatch batch in batches)
            {
                shard.Accept(batch);
            }
        }

        if (shards[0].Step >= nextCheck)
        {
            nextCheck += CheckEvery;
            CheckState(States, shards[0].Step);
        }
    }
}

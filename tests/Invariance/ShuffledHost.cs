using BrainSim.Engine.Exchange;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Invariance;

/// <summary>
/// A host whose messages travel as they please: now a shard that can goes on by a drawn number of steps, now one of the batches under way reaches one of its
/// receivers, and once more, as if it had been sent again.
/// </summary>
internal sealed class ShuffledHost : IDisposable
{
    private readonly CompiledNetwork compiled;
    private readonly Random random;
    private readonly MemoryChunks recording = new();
    private readonly ShardRun[] shards;
    private readonly ExchangePlan plan;
    private readonly List<(ShardRun Receiver, SpikeBatch Batch)> underWay = [];
    private readonly List<SpikeBatch> sent = [];

    /// <param name="random">Draws who is next.</param>
    public ShuffledHost(CompiledNetwork compiled, int shards, Random random)
    {
        (this.compiled, this.random) = (compiled, random);
        this.shards = [.. Enumerable.Range(0, shards).Select(s => new ShardRun(compiled, s, shards, clock: null, recording))];
        plan = new ExchangePlan(compiled.Network.Schedule, this.shards.Select(s => s.State.Reach(shards)));
        Array.ForEach(this.shards, s => s.Open(plan));
    }

    public IReadOnlyList<ShardRun> Shards => shards;

    public string StateHash => BrainSim.Engine.Simulation.StateHash.Of([.. shards.Select(s => s.State)], shards[0].Step);

    public Recordings Recordings => ShardRun.RecordingsOf(shards, compiled.Network, recording);

    /// <exception cref="NumericalFailureException">At the end, a state variable is NaN or infinite.</exception>
    public ShuffledHost Run()
    {
        while (!shards.All(s => s.IsDone))
        {
            ShardRun[] ready = [.. shards.Where(s => s.IsReady(compiled.Network.Steps))];
            Assert.True(ready.Length + underWay.Count > 0, "no shard can go on, and no batch is under way");
            if (ready.Length > 0 && (underWay.Count == 0 || random.Next(2) == 0))
            {
                Send(ready[random.Next(ready.Length)]);
            }
            else
            {
                Deliver(random.Next(underWay.Count));
            }
        }

        // What is still under way has nothing to do any more but to be counted.
        while (underWay.Count > 0)
        {
            Deliver(underWay.Count - 1);
        }

        SerialRun.CheckState([.. shards.Select(s => s.State)], compiled.Network.Steps);
        return this;
    }

    public void Dispose()
    {
        Array.ForEach(shards, s => s.Dispose());
        sent.ForEach(batch => batch.Dispose());
    }

    private void Send(ShardRun shard)
    {
        SpikeBatch batch = new(shard.Shard, compiled.Network.Populations.Length);
        sent.Add(batch);
        shard.Advance(shard.Step + random.Next(1, 4), batch);
        underWay.AddRange(plan.ReceiversOf[shard.Shard].Select(receiver => (shards[receiver], batch)));
    }

    private void Deliver(int one)
    {
        (ShardRun receiver, SpikeBatch batch) = underWay[one];
        Acceptance acceptance = receiver.Accept(batch);
        if (acceptance == Acceptance.Early)
        {
            return;
        }

        Assert.Equal(Acceptance.Accepted, acceptance);
        Assert.NotEqual(Acceptance.Accepted, receiver.Accept(batch));
        underWay.RemoveAt(one);
    }
}

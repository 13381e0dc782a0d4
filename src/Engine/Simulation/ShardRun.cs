using BrainSim.Engine.Exchange;
using BrainSim.Engine.Monitors;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Simulation;

/// <summary>
/// One shard of a run as an actor without input and output: it advances as far as the others' spikes allow, hands out its own, and takes in theirs.
/// Owned by one thread at a time.
/// </summary>
public sealed class ShardRun : IDisposable
{
    private readonly ShardState state;
    private readonly string networkHash;
    private ExchangePlan? plan;
    private Inbox? inbox;

    /// <param name="clock">Where what the steps cost is to be known: counts ticks, and never falls.</param>
    /// <param name="sink">Takes what is recorded; null where nothing is.</param>
    /// <param name="wiring">Shared with other runs; null for wiring of its own.</param>
    /// <exception cref="UserMistakeException">A drawn or listed value does not fit.</exception>
    public ShardRun(CompiledNetwork compiled, int shard, int shards, Func<long>? clock = null, IChunkSink? sink = null, Wiring? wiring = null)
    {
        NetworkSpec network = compiled.Network;
        Shard = shard;
        Shards = shards;
        networkHash = network.Hash;
        state = new ShardState(network, compiled.Programs, compiled.Kernels, [.. network.Populations.Select(p => Partition.Of(p.Size, shard, shards))], wiring ?? new Wiring());
        Monitors = new ShardMonitors(state, shard, shards, sink);
        Profile = clock is null ? null : new StepProfile(clock, network.Populations.Length, network.Projections.Length);
    }

    public int Shard { get; }

    public int Shards { get; }

    public ShardState State => state;

    public ShardMonitors Monitors { get; }

    /// <summary>Null where no clock was given.</summary>
    public StepProfile? Profile { get; }

    /// <summary>Steps done.</summary>
    public long Step { get; private set; }

    public bool IsDone => Step == state.Network.Steps;

    /// <summary>Agrees with the other shards on the exchange, before the first step.</summary>
    public void Open(ExchangePlan agreed)
    {
        plan = agreed;
        inbox = new Inbox(Shard, agreed, [.. state.Network.Populations.Select(p => p.Size)], state.Partners);
        state.Open([.. state.Network.Populations.Select(p => agreed.HistorySteps(p.Index))]);
        state.PlaceSynapses(projection => agreed.SynapsesBefore(Shard, projection), projection => agreed.SynapsesBefore(Shards, projection));
        Monitors.Open();
        Monitors.TakeSpikesBeforeStart();
    }

    /// <summary>Goes on from a checkpoint of the same network, after <see cref="Open"/> and before the first step.</summary>
    public void Restore(Checkpoint checkpoint)
    {
        checkpoint.ApplyTo(this);
        state.Restore(checkpoint.Step);
        Monitors.Restore(checkpoint.Step);
        Step = checkpoint.Step;
        inbox!.Restore(Step);
    }

    /// <summary>This shard's part of a checkpoint. All parts of one are taken at the same step, when the spikes of all shards before it have been accepted.</summary>
    /// <remarks>What was recorded up to here is handed over first: it is no part of a checkpoint.</remarks>
    public Checkpoint Snapshot()
    {
        HandOver();
        return Checkpoint.Part(networkHash, this, plan!);
    }

    /// <summary>What all shards recorded up to the step at which they stand.</summary>
    public static Recordings RecordingsOf(IReadOnlyList<ShardRun> shards, NetworkSpec network, IChunkStore recording)
    {
        foreach (ShardRun shard in shards)
        {
            shard.HandOver();
        }

        return new Recordings(network, recording, [.. network.Populations.Select(p => shards.Sum(shard => shard.Monitors.SpikeCounts[p.Index]))]);
    }

    /// <summary>Hands over all that was recorded, when all shards stand at the same step.</summary>
    public void HandOver() => Monitors.HandOver(Step);

    /// <summary>The first step that cannot be done with the spikes that are here.</summary>
    public long Horizon => inbox!.Horizon;

    /// <summary>True where at least one step before the limit can be done with the spikes that are here.</summary>
    public bool IsReady(long limit) => Step < limit && Step < inbox!.Horizon && !IsDone;

    /// <summary>True where the shard has done all steps before one and has the others' spikes up to there.</summary>
    public bool IsComplete(long step) => Step >= step && inbox!.HasAllBefore(step);

    /// <summary>Does the steps that can be done: up to the limit, and at most as many as a batch may have.</summary>
    /// <param name="batch">Emptied, then filled with the shard's spikes, for those that <see cref="ExchangePlan.ReceiversOf"/> names.</param>
    public void Advance(long limit, SpikeBatch batch)
    {
        if (Profile is null)
        {
            Advance(limit, batch, default(NoNotes));
        }
        else
        {
            Advance(limit, batch, new ProfileNotes(Profile));
        }
    }

    /// <summary>Takes in the spikes of another shard, in any order. The batch may be filled again afterwards.</summary>
    public Acceptance Accept(SpikeBatch batch)
    {
        Profile?.Begin();
        Acceptance acceptance = inbox!.Accept(batch, Step, state.Histories);
        if (acceptance == Acceptance.Accepted)
        {
            state.CountEvents(batch.Counts, batch.Ids);
        }

        Profile?.Charge(StepWork.Exchange);
        return acceptance;
    }

    public void Dispose()
    {
        Monitors.Dispose();
        state.Dispose();
    }

    private unsafe void Advance<TNotes>(long limit, SpikeBatch batch, TNotes notes)
        where TNotes : struct, IStepNotes
    {
        notes.Begin();
        batch.Begin(Step);
        long end = Math.Min(Math.Min(limit, inbox!.Horizon), Math.Min(Step + plan!.BatchSteps, state.Network.Steps));
        for (; Step < end; Step++)
        {
            state.RunUntilObserve(Step, notes);
            Monitors.Observe(Step);
            notes.Charge(StepWork.Recording);
            state.RunAfterObserve(Step, notes);
            Monitors.TakeSpikes(Step);
            Monitors.HandOverFull(Step + 1);
            notes.Charge(StepWork.Recording);
            for (int p = 0; p < state.Populations.Count; p++)
            {
                long first = batch.Ids.Length;
                batch.Add(state.Fired[p].Span, state.Populations[p].Slice.From);
                state.Histories[p].Begin(Step + plan.BatchSteps);
                state.Histories[p].Insert(Step, batch.Ids.Pointer + first, (int)(batch.Ids.Length - first));
            }

            state.Partners.TakeOwn();
            notes.Charge(StepWork.Exchange);
        }

        state.CountEvents(batch.Counts, batch.Ids);
        state.Partners.AppendOwn(batch.Values);
        notes.Charge(StepWork.Exchange);
    }
}

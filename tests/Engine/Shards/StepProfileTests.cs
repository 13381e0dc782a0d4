using BrainSim.Engine.Exchange;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Engine.Shards;

/// <summary>Under a clock that ticks once whenever somebody looks at it, what is done once costs one tick.</summary>
public sealed class StepProfileTests
{
    private const string Network = """
        name: net
        dt: 0.1
        duration: 5
        populations:
          A: {size: 6, model: lif, init: {V: "uniform(0, 19)"} }
          R: {size: 4, model: spike_source, spikes: {t: [1, 2], id: [0, 3]} }
        projections:
          - {pre: A, post: A, connect: all_to_all, synapse: exponential, weight: 1, delay: 0.5}
          - {pre: R, post: A, connect: all_to_all, synapse: exponential, weight: 1, delay: "uniform(0.1, 2)"}
          - {pre: A, post: A, connect: all_to_all, synapse: exp_cond, weight: 0.1, delay: 0.3}
        inputs: [{to: A.I, value: 21}]
        monitors: [{name: spikes, of: A, record: spikes}]
        """;

    private const string Coupled = """
        name: coupled
        dt: 0.1
        duration: 5
        models: [{model: sine, kind: synapse, current: weight*sin(pre.V + post.V)}]
        populations: {A: {size: 6, model: lif}}
        projections:
          - {pre: A, post: A, connect: all_to_all, synapse: exponential, weight: 1, delay: 0.5}
          - {pre: A, post: A, connect: all_to_all, synapse: sine, weight: 1}
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_part_of_a_step_is_charged_to_what_it_was(int shards)
    {
        (StepProfile[] profiles, int steps, int rounds) = Run(Network, shards);
        Assert.All(profiles, profile =>
        {
            Assert.Equal(steps, profile.Ticks(StepWork.Inputs));
            Assert.Equal([steps, 0, steps], Enumerable.Range(0, 3).Select(p => profile.Ticks(StepWork.Arrivals, p)));
            Assert.Equal([0, 0, 0], Enumerable.Range(0, 3).Select(p => profile.Ticks(StepWork.Couplings, p)));
            Assert.Equal(steps, profile.Ticks(StepWork.Rows));
            Assert.Equal([steps, 0], Enumerable.Range(0, 2).Select(p => profile.Ticks(StepWork.Passes, p)));
            Assert.Equal(2 * steps, profile.Ticks(StepWork.Recording));

            // After each step the histories, after each round the batch, and one batch of every other shard.
            Assert.Equal(steps + (rounds * shards), profile.Ticks(StepWork.Exchange));
            Assert.Equal((8 * steps) + (rounds * shards), profile.TotalTicks);
        });
    }

    [Fact]
    public void Couplings_are_charged_to_their_projection()
    {
        (StepProfile[] profiles, int steps, _) = Run(Coupled, 2);
        Assert.All(profiles, profile =>
        {
            Assert.Equal([0, steps], Enumerable.Range(0, 2).Select(p => profile.Ticks(StepWork.Couplings, p)));
            Assert.Equal([steps, 0], Enumerable.Range(0, 2).Select(p => profile.Ticks(StepWork.Arrivals, p)));
            Assert.Equal(0, profile.Ticks(StepWork.Rows));
        });
    }

    [Fact]
    public void Who_gives_no_clock_gets_no_profile()
    {
        using ShardRun run = new(Runs.Compile(Network), 0, 1);
        Assert.Null(run.Profile);
    }

    /// <summary>V and what the three projections add to, each of 8 bytes, are read and written, the refractory limit of 4 is read; all else is one number for all neurons. A synapse has its target in 16 bits, and in rows a float32 size.</summary>
    [Fact]
    public void Bytes_are_those_of_columns_and_synapses()
    {
        using SerialRun run = new(Runs.Compile(Network));
        ShardState state = run.Shards[0].State;
        Assert.Equal((2, 6, 2), (state.Arrivals[0].BytesPerEvent, state.Arrivals[1].BytesPerEvent, state.Arrivals[2].BytesPerEvent));
        Assert.Equal((4 * 16) + 4, Assert.Single(state.Populations[0].Passes).BytesPerNeuron);
    }

    /// <returns>By shard; steps of each; rounds in which all advanced.</returns>
    private static (StepProfile[] Profiles, int Steps, int Rounds) Run(string text, int shards)
    {
        CompiledNetwork compiled = Runs.Compile(text);
        long now = 0;
        ShardRun[] all = [.. Enumerable.Range(0, shards).Select(s => new ShardRun(compiled, s, shards, () => now++))];
        SpikeBatch[] batches = [.. all.Select(s => new SpikeBatch(s.Shard, compiled.Network.Populations.Length))];
        ExchangePlan plan = new(compiled.Network.Schedule, all.Select(s => s.State.Reach(shards)));
        Array.ForEach(all, s => s.Open(plan));
        int rounds = 0;
        for (; !all[0].IsDone; rounds++)
        {
            Array.ForEach(all, s => s.Advance(s.Step + 2, batches[s.Shard]));
            foreach (ShardRun shard in all)
            {
                Assert.All(batches.Where(batch => batch.Shard != shard.Shard), batch => Assert.Equal(Acceptance.Accepted, shard.Accept(batch)));
            }
        }

        Array.ForEach(all, s => s.Dispose());
        Array.ForEach(batches, batch => batch.Dispose());
        return ([.. all.Select(s => s.Profile!)], (int)compiled.Network.Steps, rounds);
    }
}

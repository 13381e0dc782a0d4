using BrainSim.Engine.Simulation;
using BrainSim.Node;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Node;

public sealed class LocalHostTests
{
    /// <summary>Shard 0 needs news of shard 1 every 101 steps only, and is done with a stretch long before; it must go on taking what shard 1 sends every 2 steps.</summary>
    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(1, 0, 2)]
    [InlineData(2, 0, 1)]
    public void A_shard_that_is_done_goes_on_taking_batches(int far, int a, int b)
    {
        CompiledNetwork compiled = Runs.Compile($$"""
            name: chain
            dt: 0.1
            duration: 300
            populations: {P: {size: 3, model: lif, init: {V: "uniform(0, 19)"} } }
            projections:
              - {pre: P, post: P, connect: {pairs: {pre: [{{a}}, {{b}}], post: [{{b}}, {{a}}]} }, synapse: exponential, weight: 3, delay: 0.1}
              - {pre: P, post: P, connect: {pairs: {pre: [{{a}}], post: [{{far}}]} }, synapse: exponential, weight: 3, delay: 10}
            inputs: [{to: P.I, value: 21}]
            """);
        using SerialRun serial = new SerialRun(compiled).Run();
        foreach (int threads in new[] { 2, 3 })
        {
            using LocalHost host = new(compiled, 3, threads);
            host.Run(_ => { }, TestContext.Current.CancellationToken);
            Assert.Equal(serial.StateHash, host.StateHash);
        }
    }

    /// <summary>Also where the others are not waiting yet when it happens.</summary>
    [Fact]
    public void What_a_thread_throws_ends_all()
    {
        CompiledNetwork compiled = Runs.Compile("""
            name: net
            dt: 0.1
            duration: 100
            populations: {P: {size: 4, model: lif}}
            projections: [{pre: P, post: P, connect: all_to_all, synapse: exponential, weight: 1}]
            inputs: [{to: P.I, value: 30}]
            """);
        for (int shards = 2; shards <= 4; shards++)
        {
            using LocalHost host = new(compiled, shards, shards) { NextMeeting = step => step + 1 };
            Assert.Throws<InvalidTimeZoneException>(() => host.Run(step => throw new InvalidTimeZoneException(), TestContext.Current.CancellationToken));
        }
    }

    /// <summary>Time passes only while checkpoints are written, so the run itself is fast and its stretches double: 1 + 2 + ... + 512 > 1000 steps are ten meetings.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Writing_checkpoints_does_not_shorten_the_stretches(int threads)
    {
        CompiledNetwork compiled = Runs.Compile("{name: net, dt: 0.1, duration: 100, populations: {P: {size: 4, model: lif}}}");
        ManualClock clock = new();
        int kept = 0;
        List<long> meetings = [];
        using LocalHost host = new(compiled, 2, threads)
        {
            Clock = clock,
            IsCheckpointDue = _ => true,
            KeepCheckpoint = _ =>
            {
                kept++;
                clock.Advance(TimeSpan.FromMinutes(1));
            },
        };
        host.Run(meetings.Add, TestContext.Current.CancellationToken);
        Assert.Equal([1, 3, 7, 15, 31, 63, 127, 255, 511, 1000], meetings);
        Assert.Equal(meetings.Count, kept);
    }

    [Fact]
    public void A_broken_bell_keeps_nobody()
    {
        Bell bell = new();
        bell.Break();
        Assert.False(bell.Wait(bell.Rings));
    }

    /// <summary>Neurons 50 and 900 are both wrong; shard 18, on the first thread, meets 900 before anybody meets 50.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(20, 2)]
    [InlineData(7, 3)]
    public void The_first_of_several_mistakes_is_reported_whatever_the_split(int shards, int threads)
    {
        CompiledNetwork compiled = Runs.Compile("""
            name: net
            dt: 0.1
            duration: 1
            populations: {P: {size: 1000, model: lif, params: {t_ref: "where(abs(i - 475) == 425, -1, 2)"}}}
            """);
        Assert.Contains("neuron 50 ", Assert.Throws<BrainSim.Engine.Units.UserMistakeException>(() => new LocalHost(compiled, shards, threads)).Message, StringComparison.Ordinal);
    }
}

using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Engine.Shards;

/// <summary>Wiring that keeps what nobody uses, for runs one after the other.</summary>
public class WiringTests
{
    /// <summary>One projection with one delay, two that share rows.</summary>
    private const string Text = """
        name: kept
        dt: 0.1
        duration: 5
        seed: 3
        populations:
          E: {size: 40, model: lif, params: {tau: 10, V_th: 10}, init: {V: "uniform(0, 12)"} }
          I: {size: 10, like: E}
        projections:
          - {pre: E, post: I, connect: {fixed_prob: 0.2, seed: 1}, synapse: exp_cond, params: {E: 60}, weight: 0.6, delay: 0.1}
          - {pre: I, post: [E, I], connect: {fixed_prob: 0.2}, synapse: exp_cond, params: {E: -20}, weight: 0.7, delay: "uniform(0.1, 2)"}
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void WhatNobodyUsesIsKeptUntilSomethingElseTakesItsPlace(int shards)
    {
        Wiring wiring = new(keeps: true);
        string first = Hash(wiring, shards);
        Assert.Equal((2 * shards, 2 * shards), (wiring.Wired, wiring.Count));
        Assert.NotEqual(first, Hash(wiring, shards, "populations.E.params.tau=12"));
        Assert.Equal(2 * shards, wiring.Wired);

        // The first projection draws from a seed of its own, and stays as it is.
        Assert.NotEqual(first, Hash(wiring, shards, "seed=4"));
        Assert.Equal((3 * shards, 2 * shards), (wiring.Wired, wiring.Count));
        Assert.Equal(first, Hash(wiring, shards));
        Assert.Equal((4 * shards, 2 * shards), (wiring.Wired, wiring.Count));
        wiring.Dispose();
        Assert.Equal(0, wiring.Count);
    }

    [Fact]
    public void WhatIsInUseOutlivesTheWiring()
    {
        Wiring wiring = new(keeps: true);
        using (SerialRun run = new(CompiledNetwork.Of(Read()), 2, wiring: wiring))
        {
            wiring.Dispose();
            Assert.Equal(4, wiring.Count);
            Assert.Equal(Hash(new Wiring(), 1), run.Run().StateHash);
        }

        Assert.Equal(0, wiring.Count);
    }

    private static NetworkSpec Read(params string[] settings) => NetworkReader.ReadText("kept.yaml", Text, ".", settings);

    private static string Hash(Wiring wiring, int shards, params string[] settings)
    {
        using SerialRun run = new(CompiledNetwork.Of(Read(settings)), shards, wiring: wiring);
        return run.Run().StateHash;
    }
}

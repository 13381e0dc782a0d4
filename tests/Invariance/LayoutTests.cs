using BrainSim.Engine.Exchange;
using BrainSim.Engine.Kernels.Cpu;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Node;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Invariance;

/// <summary>State, spikes and recordings are the same bits for every shard count, vector width, thread count and order of messages.</summary>
public sealed class LayoutTests
{
    [Theory]
    [MemberData(nameof(InvariantNetworks.Cases), MemberType = typeof(InvariantNetworks))]
    public void Shards_and_widths_do_not_matter(string name, string precision)
    {
        NetworkSpec network = Runs.Read(InvariantNetworks.Text(name, precision));
        Fingerprint one = SameForAll(network);
        Assert.True(one.Recorded["spike counts"].All(n => n > 0), $"a population never spiked: {string.Join(", ", one.Recorded["spike counts"])}");
    }

    [Theory]
    [MemberData(nameof(LibraryModels.NamesAndPrecisions), MemberType = typeof(LibraryModels))]
    public void Every_library_model(string model, string precision) => SameForAll(Runs.Read(LibraryModels.Network(model, TestSeed.Of(model), precision)));

    /// <summary>The projections matter: without them the state is another. So the other tests compare something that they have changed. Events are counted where spikes do something.</summary>
    [Theory]
    [MemberData(nameof(InvariantNetworks.Names), MemberType = typeof(InvariantNetworks))]
    public void Synapses_change_the_state(string name)
    {
        NetworkSpec network = Runs.Read(InvariantNetworks.Text(name, "float64"));
        NetworkSpec apart = network with { Projections = [.. network.Projections.Select(p => p with { Weight = new FromExpression(0.0), Connect = WithoutWeights(p.Connect) })] };
        using SerialRun whole = new SerialRun(CompiledNetwork.Of(network)).Run();
        using SerialRun parts = new SerialRun(CompiledNetwork.Of(apart)).Run();
        Assert.NotEqual(parts.StateHash, whole.StateHash);
        Assert.All(whole.Shards[0].State.Arrivals.Zip(network.Projections), a => Assert.True(a.First.Synapses > 0 && a.First.Events > 0 != a.Second.Synapse.OnPre.IsEmpty));
    }

    [Theory]
    [InlineData("coba, random delays")]
    [InlineData("two onto one variable")]
    [InlineData("gap junctions")]
    [InlineData("coupling only")]
    public void The_order_in_which_batches_arrive_does_not_matter(string name)
    {
        CompiledNetwork compiled = Runs.Compile(InvariantNetworks.Text(name, "float64"));
        using SerialRun serial = new SerialRun(compiled, 1).Run();
        Random random = TestSeed.Of(name);
        ShardRun[] shards = [.. Enumerable.Range(0, 5).Select(s => new ShardRun(compiled, s, 5))];
        ExchangePlan plan = new(compiled.Network.Schedule, shards.Select(s => s.State.Reach(5)));
        Array.ForEach(shards, s => s.Open(plan));
        List<(ShardRun Receiver, SpikeBatch Batch)> underWay = [];
        while (!shards.All(s => s.IsDone))
        {
            // Someone who can moves on by at most some steps, or someone gets one of the batches under way.
            ShardRun[] ready = [.. shards.Where(s => s.IsReady(compiled.Network.Steps))];
            if (ready.Length > 0 && random.Next(2) == 0)
            {
                Send(ready[random.Next(ready.Length)]);
            }
            else if (underWay.Count > 0)
            {
                Deliver(random.Next(underWay.Count));
            }
        }

        Assert.Equal(serial.StateHash, StateHash.Join([.. shards.Select(s => StateHash.Part(s.State, s.Step))]));
        Array.ForEach(shards, s => s.Dispose());

        void Send(ShardRun shard)
        {
            SpikeBatch batch = new(shard.Shard, compiled.Network.Populations.Length);
            shard.Advance(shard.Step + random.Next(1, 4), batch);
            underWay.AddRange(plan.ReceiversOf[shard.Shard].Select(receiver => (shards[receiver], batch)));
        }

        void Deliver(int one)
        {
            Acceptance acceptance = underWay[one].Receiver.Accept(underWay[one].Batch);
            Assert.Contains(acceptance, new[] { Acceptance.Accepted, Acceptance.Early });
            if (acceptance == Acceptance.Accepted)
            {
                Assert.NotEqual(Acceptance.Accepted, underWay[one].Receiver.Accept(underWay[one].Batch));
                underWay.RemoveAt(one);
            }
        }
    }

    [Theory]
    [InlineData("coba")]
    [InlineData("coba, random delays")]
    [InlineData("coba, spikes first")]
    [InlineData("sources")]
    [InlineData("gap junctions")]
    [InlineData("coupling only")]
    public void Threads_do_not_matter(string name)
    {
        NetworkSpec network = Runs.Read(InvariantNetworks.Text(name, "float64"));
        CompiledNetwork compiled = CompiledNetwork.Of(network);
        using SerialRun serial = new SerialRun(compiled, 1).Run();
        Fingerprint one = Fingerprint.Of(serial, network);
        foreach ((int shards, int threads) in new[] { (1, 1), (2, 2), (3, 3), (3, 2), (7, 2), (1, 4) })
        {
            using LocalHost host = new(compiled, shards, threads);
            Assert.Equal(Math.Min(shards, threads), host.Threads);
            host.Run(_ => { }, TestContext.Current.CancellationToken);
            Assert.Equal(network.Steps, host.Step);
            Assert.Null(Fingerprint.Of(host.StateHash, host.Recordings, network).DifferenceFrom(one));
        }
    }

    private static ConnectRule WithoutWeights(ConnectRule rule) => rule switch
    {
        Pairs pairs => pairs with { Weight = null },
        GaussianWeights bells => new GaussianProbability(bells.Grid, bells.Bells[0].Sigma, 0),
        _ => rule,
    };

    private static Fingerprint SameForAll(NetworkSpec network)
    {
        Fingerprint? one = null;
        foreach (int bits in VectorWidth.Supported)
        {
            CompiledNetwork compiled = CompiledNetwork.Of(network, BackEnd.Cpu, bits);
            foreach (int shards in new[] { 1, 2, 3, 7 })
            {
                using SerialRun run = new SerialRun(compiled, shards).Run();
                Fingerprint found = Fingerprint.Of(run, network);
                one ??= found;
                string? difference = found.DifferenceFrom(one);
                Assert.True(difference is null, $"{difference} between {VectorWidth.Supported.First()} bits on one shard and {bits} bits on {shards}");
            }
        }

        return one!;
    }
}

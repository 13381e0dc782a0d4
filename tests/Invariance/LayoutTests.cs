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

    /// <summary>Where a model spikes and has an input, its neurons spike at each other, so the shards have something to tell.</summary>
    [Theory]
    [MemberData(nameof(LibraryModels.NamesAndPrecisions), MemberType = typeof(LibraryModels))]
    public void Every_library_model(string model, string precision)
    {
        string text = LibraryModels.Network(model, TestSeed.Of(model), precision, coupled: true);
        Fingerprint one = SameForAll(Runs.Read(text));
        Assert.All(one.Recorded["events"], n => Assert.True(n > 0));
        SameOnOtherHosts(text, model);
    }

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
    [MemberData(nameof(InvariantNetworks.Cases), MemberType = typeof(InvariantNetworks))]
    public void The_order_of_messages_and_threads_do_not_matter(string name, string precision) => SameOnOtherHosts(InvariantNetworks.Text(name, precision), name);

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
            Assert.Null(Fingerprint.Of(host, network).DifferenceFrom(one));
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

    private static void SameOnOtherHosts(string text, string name)
    {
        CompiledNetwork compiled = Runs.Compile(text);
        using SerialRun serial = new SerialRun(compiled).Run();
        Assert.Null(OtherHosts.DifferenceFrom(Fingerprint.Of(serial, compiled.Network), compiled, shards: 5, TestSeed.Of(name)));
    }
}

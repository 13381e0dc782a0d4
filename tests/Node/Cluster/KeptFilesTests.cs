using BrainSim.Contracts;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;
using BrainSim.Tests.ClusterSimulation;
using Xunit;

namespace BrainSim.Tests.Node.Cluster;

/// <summary>Which files of networks a node says that it needs.</summary>
public sealed class KeptFilesTests : INetworkSource
{
    [Fact]
    public void FilesAreNeededWhileARunOrItsJobOrASweepNamesThem()
    {
        using NodeLogic node = new("n", new NodeDescription { Address = "n:1", Slots = 2 }, this, () => 0, Crews.Alone, Crews.Alone);
        BuildJob job = Assert.Single(After(node, l => l.Hear(new ToNode { Build = new() { Epoch = Epoch(1), Network = Files("a", "b"), Peers = { new Peer { Node = "n", Address = "n:1", Shards = 1 } } } })).OfType<StartJob>()).Job;
        node.Hear(new ToNode { Points = new() { Run = 2, Network = Files("b", "c"), Sweep = new(), Threads = 1 } });
        Assert.Empty(Kept(node));

        node.Hear(new ToNode { Stop = new() { Epoch = Epoch(1) } });
        Assert.Equal(["a", "b", "c"], Assert.Single(Kept(node)).Order());
        node.Finished(job, new OperationCanceledException());
        Assert.Equal(["b", "c"], Assert.Single(Kept(node)).Order());
        Assert.Empty(Kept(node));
        node.Hear(new ToNode { Points = new() { Run = 2 } });
        Assert.Empty(Assert.Single(Kept(node)));
    }

    CompiledNetwork INetworkSource.Compile(NetworkReference network, double share) => throw new InvalidOperationException("nothing is built here.");

    SweepPlan INetworkSource.Plan(NetworkReference network, SweepReference sweep) => throw new InvalidOperationException("no point is run here.");

    byte[]? INetworkSource.Read(PartKept part) => null;

    private static IReadOnlySet<string>[] Kept(NodeLogic node) => [.. After(node, l => l.Tick()).OfType<KeepFiles>().Select(keep => keep.Sha256)];

    private static NodeEffect[] After(NodeLogic node, Action<NodeLogic> what)
    {
        what(node);
        return [.. node.TakeEffects()];
    }

    private static RunEpoch Epoch(long run) => new() { Run = run, Epoch = 1 };

    private static NetworkReference Files(params string[] names) => new() { Files = { names.Select(name => new NamedBlob { Path = name, Sha256 = name }) } };
}

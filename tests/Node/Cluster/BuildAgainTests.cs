using BrainSim.Contracts;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;
using BrainSim.Tests.ClusterSimulation;
using Xunit;

namespace BrainSim.Tests.Node.Cluster;

/// <summary>An attempt that is given up while its shards are built, and ordered again: the coordinator restarted in between, or a message came twice.</summary>
public sealed class BuildAgainTests : INetworkSource
{
    private static readonly TinyNetwork Network = TinyNetwork.All.First(n => n.Compiled is not null);

    [Fact]
    public void TheJobGivenUpDoesNotSpeakForItsSuccessor()
    {
        using NodeLogic node = new("n", new NodeDescription { Address = "n", Slots = 2 }, this, () => 0, Crews.Alone, Crews.Alone);
        RunEpoch epoch = new() { Run = 1, Epoch = 1 };
        BuildShards order = new() { Epoch = epoch, Network = new NetworkReference(), Peers = { new Peer { Node = "n", Address = "n", Shards = 2 } } };
        BuildJob first = Job(node, new ToNode { Build = order })!;
        Assert.Null(Job(node, new ToNode { Stop = new StopRun { Epoch = epoch } }));
        Assert.Null(Job(node, new ToNode { Build = order }));

        Exception stopped = Assert.Throws<OperationCanceledException>(first.Run);
        node.Finished(first, stopped);
        NodeEffect[] after = [.. node.TakeEffects()];
        Assert.DoesNotContain(after, effect => effect is Tell { Message.Failed: not null });
        BuildJob second = Assert.Single(after.OfType<StartJob>()).Job;

        second.Run();
        node.Finished(second, null);
        Assert.Equal(2, Assert.Single(node.TakeEffects().OfType<Tell>(), t => t.Message.Built is not null).Message.Built.Shards.Count);
    }

    CompiledNetwork INetworkSource.Compile(NetworkReference network, double share) => Network.Compiled!;

    SweepPlan INetworkSource.Plan(NetworkReference network, SweepReference sweep) => throw new InvalidOperationException("this node shares one run.");

    byte[]? INetworkSource.Read(PartKept part) => null;

    private static BuildJob? Job(NodeLogic node, ToNode order)
    {
        node.Hear(order);
        return node.TakeEffects().OfType<StartJob>().SingleOrDefault()?.Job;
    }
}

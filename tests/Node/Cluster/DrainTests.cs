using BrainSim.Contracts;
using BrainSim.Node.Cluster;
using BrainSim.Tests.ClusterSimulation;
using Xunit;

namespace BrainSim.Tests.Node.Cluster;

/// <summary>How a node goes.</summary>
public sealed class DrainTests
{
    private long now;

    [Fact]
    public void ANodeThatHasNothingGoesWhenTheCoordinatorSaysSo()
    {
        using NodeLogic node = Node();
        node.Hear(new ToNode { Released = new Released() });
        Assert.DoesNotContain(node.TakeEffects(), effect => effect is Exit);
        node.Drain();
        Assert.True(node.TakeEffects().OfType<Tell>().Single().Message.Report.Draining);
        node.Hear(new ToNode { Released = new Released() });
        Assert.Single(node.TakeEffects(), effect => effect is Exit);
    }

    [Fact]
    public void ANodeThatNobodyAnswersGoesAfterAWhile()
    {
        using NodeLogic node = Node();
        now = 2 * NodeLogic.LeaveAfter;
        node.Tick();
        node.Drain();
        Assert.DoesNotContain(Later(node, NodeLogic.LeaveAfter), effect => effect is Exit);
        Assert.Contains(Later(node, 1), effect => effect is Exit);
    }

    [Fact]
    public void AnAnswerKeepsIt()
    {
        using NodeLogic node = Node();
        node.Drain();
        Later(node, NodeLogic.LeaveAfter);
        node.Hear(new ToNode { Stop = new StopRun { Epoch = new RunEpoch { Run = 1, Epoch = 1 } } });
        Assert.DoesNotContain(Later(node, NodeLogic.LeaveAfter), effect => effect is Exit);
        Assert.Contains(Later(node, 1), effect => effect is Exit);
    }

    private IReadOnlyList<NodeEffect> Later(NodeLogic node, long milliseconds)
    {
        node.TakeEffects();
        now += milliseconds;
        node.Tick();
        return node.TakeEffects();
    }

    /// <summary>One that is never asked to build.</summary>
    private NodeLogic Node() => new("n", new NodeDescription { Address = "n", Slots = 1 }, null!, () => now, Crews.Alone, Crews.Alone);
}

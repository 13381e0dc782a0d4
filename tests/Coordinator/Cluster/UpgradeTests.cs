using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using Xunit;

namespace BrainSim.Tests.Coordinator.Cluster;

/// <summary>The same bits are promised for one version: a run that one version began goes on with it, or begins again.</summary>
public sealed class UpgradeTests
{
    private const long Run = 1;

    private readonly MemoryStore store = new();

    [Fact]
    public void TheSameVersionGoesOnFromTheCheckpoint()
    {
        long committed = RunToACheckpoint("1");
        CoordinatorLogic logic = Start("1");
        Assert.Equal((RunState.Building, committed), (logic.Find(Run, 0)!.State, logic.Find(Run, 0)!.Committed));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("")]
    public void AnotherVersionBeginsAgainFromTheFirstStepAndSaysSo(string before)
    {
        RunToACheckpoint(before);
        CoordinatorLogic logic = Start("2");
        string why = $"version 2 took the place of {(before.Length > 0 ? "version 1" : "an older one")}";
        Assert.Equal((RunState.Queued, 0, $"begins again from step 0: {why}"), (logic.Find(Run, 0)!.State, logic.Find(Run, 0)!.Committed, logic.Find(Run, 0)!.Reason));
        logic.Tick(0);
        Assert.Contains(logic.TakeEffects().OfType<Decision>(), d => d.Kind == Decision.Waits && d.Text == $"begins again from step 0: {why}");

        Report(logic, "2");
        BuildShards build = Assert.Single(logic.TakeEffects().OfType<TellNode>(), t => t.Message.Build is not null).Message.Build;
        Assert.Equal((2, null), (build.Epoch.Epoch, build.From));
        EpochBegun begun = store.Records[^1].Begun;
        Assert.Equal((0, "2", EpochCause.VersionChanged, why), (begun.FromStep, begun.Version, begun.Cause, begun.Reason));

        CoordinatorLogic again = Start("2");
        Assert.Equal((RunState.Building, 0, 2), (again.Find(Run, 0)!.State, again.Find(Run, 0)!.Committed, again.Find(Run, 0)!.Epoch));
    }

    private CoordinatorLogic Start(string version) => new(store, new ClusterSettings { Version = version }, 0, _ => []);

    private long RunToACheckpoint(string version)
    {
        CoordinatorLogic logic = Start(version);
        logic.Submit(new Submission { Key = "r", Shards = 1, Network = new(), Need = new() { Steps = 1_000_000_000, OperationsPerStep = 1000 } }, 0);
        Report(logic, version);
        RunEpoch epoch = new() { Run = Run, Epoch = 1 };
        long limit = store.Records[^1].Begun.Limits[0];
        logic.Hear(new PartKept { Key = new PartKey { Epoch = epoch, Step = limit, IsRecorded = true } }, 0);
        logic.Hear(new PartKept { Key = new PartKey { Epoch = epoch, Step = limit } }, 0);
        Assert.Equal(limit, logic.CheckpointOf(Run)!.Step);
        return limit;
    }

    private static void Report(CoordinatorLogic logic, string version)
    {
        logic.Hear(new ToCoordinator { Node = $"n{version}", Report = new() { Sequence = 1, Description = new() { Address = "n:1", Slots = 1, Version = version } } }, 0);
        logic.Tick(0);
    }
}

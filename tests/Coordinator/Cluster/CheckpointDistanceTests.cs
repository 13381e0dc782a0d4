using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using Xunit;

namespace BrainSim.Tests.Coordinator.Cluster;

public sealed class CheckpointDistanceTests
{
    private static readonly ClusterSettings Settings = new();

    /// <summary>The nodes do 1000 steps per second, report once a second, and wait where they are two checkpoints ahead.</summary>
    [Theory]
    [InlineData(0, 5_000)]
    [InlineData(1_000, 5_000)]
    [InlineData(6_000, 24_000)]
    [InlineData(20_000, 80_000)]
    public void Checkpoints_lie_apart_what_the_nodes_work_in_five_seconds_or_four_times_what_writing_takes(long writing, long steps)
    {
        CheckpointDistance distance = new(Settings, new RunNeed { Steps = 10_000_000, OperationsPerStep = 1_000_000 });
        distance.Begin(0, 1, 0);
        distance.Open(0);
        (long step, long worked, long now) = (0, 0, 0);
        for (int checkpoint = 0; checkpoint < 12; checkpoint++)
        {
            step += distance.Steps;
            worked += distance.Steps;
            now += distance.Steps;
            distance.Reach(step, now);
            now += writing;
            distance.Keep(step, worked / 1000 * 1000, now);
        }

        Assert.InRange(distance.Steps, steps * 0.75, steps * 1.25);
    }

    /// <summary>From one checkpoint to the next ten times as long as the work between them: it was spent waiting.</summary>
    [Fact]
    public void Waiting_for_the_coordinator_brings_checkpoints_no_closer_together()
    {
        CheckpointDistance distance = new(Settings, new RunNeed { Steps = 10_000_000, OperationsPerStep = 1_000_000 });
        distance.Begin(0, 1, 0);
        distance.Open(0);
        long now = 0;
        for (long step = 5000; step <= 100_000; step += 5000)
        {
            long before = distance.Steps;
            now += 50_000;
            distance.Keep(step, step, now);
            Assert.True(distance.Steps >= before || distance.Steps >= 5000, $"{before} steps became {distance.Steps}");
        }

        Assert.Equal(5000, distance.Steps);
    }

    /// <summary>Both of the two that are under way may be written at one moment, when a disk answers again.</summary>
    [Fact]
    public void Two_at_once_say_nothing_of_the_speed()
    {
        CheckpointDistance distance = new(Settings, new RunNeed { Steps = 10_000_000, OperationsPerStep = 1_000_000 });
        distance.Begin(0, 1, 0);
        distance.Open(0);
        distance.Keep(5000, 5000, 5000);
        long before = distance.Steps;
        distance.Keep(10_000, 5000, 5000);
        Assert.Equal(before, distance.Steps);
    }

    [Fact]
    public void A_run_of_no_steps_has_a_distance_all_the_same()
    {
        CheckpointDistance distance = new(Settings, new RunNeed { Steps = 0, OperationsPerStep = 1 });
        distance.Begin(0, 1, 0);
        Assert.Equal(1, distance.Steps);
    }
}

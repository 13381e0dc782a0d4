using BrainSim.Coordinator.CommandLine;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Coordinator;

public sealed class CheckpointRhythmTests
{
    private readonly ManualClock clock = new();

    /// <summary>Writing takes five times as long as the rhythm: the run still gets its second between two checkpoints.</summary>
    [Fact]
    public void SecondsCountFromTheEndOfTheWriting()
    {
        CheckpointRhythm rhythm = Read("1s");
        for (int kept = 0; kept < 3; kept++)
        {
            clock.Advance(TimeSpan.FromSeconds(0.9));
            Assert.False(rhythm.IsDue(10));
            clock.Advance(TimeSpan.FromSeconds(0.1));
            Assert.True(rhythm.IsDue(10));
            clock.Advance(TimeSpan.FromSeconds(5));
            rhythm.Kept(10);
            Assert.False(rhythm.IsDue(10));
            Assert.Equal(long.MaxValue, rhythm.NextStep);
        }
    }

    [Fact]
    public void MillisecondsCountFromTheStepOfTheCheckpoint()
    {
        CheckpointRhythm rhythm = Read("2ms");
        Assert.Equal(120, rhythm.NextStep);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.False(rhythm.IsDue(119));
        Assert.True(rhythm.IsDue(121));
        rhythm.Kept(121);
        Assert.Equal(141, rhythm.NextStep);
        Assert.False(rhythm.IsDue(140));
    }

    private CheckpointRhythm Read(string text) => CheckpointRhythm.Read(text, new TimeGrid(0.1), from: 100, clock);
}

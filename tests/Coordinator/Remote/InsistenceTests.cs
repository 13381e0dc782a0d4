using BrainSim.Coordinator.Remote;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Coordinator.Remote;

/// <summary>When a coordinator that is away or busy is asked again.</summary>
public sealed class InsistenceTests
{
    private static readonly Place There = new("http://c:7411", 0, 0, "");

    private static readonly UnreachableException Away = new(There, "away");

    private readonly ManualClock clock = new();

    [Fact]
    public void PausesGrowAndEndWithinAMinute()
    {
        Insistence insistence = new(clock);
        List<double> pauses = [];
        while (insistence.PauseAfter(Away) is { } pause)
        {
            pauses.Add(pause.TotalSeconds);
            clock.Advance(pause);
        }

        Assert.Equal([0.2, 0.3, 0.45], pauses.Take(3));
        Assert.Equal(1, pauses.Max());
        Assert.InRange(pauses.Sum(), 58, 60);
        insistence.Restart();
        Assert.Equal(Insistence.First, insistence.PauseAfter(Away));
    }

    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(7, 7.0)]
    [InlineData(60, 60.0)]
    [InlineData(61, null)]
    public void TheCoordinatorSaysWhenToComeAgain(int seconds, double? pause) =>
        Assert.Equal(pause, new Insistence(clock).PauseAfter(new ClusterTroubleException(There, "busy", TimeSpan.FromSeconds(seconds)))?.TotalSeconds);

    [Fact]
    public void WhatDoesNotPassIsNotAskedAgain()
    {
        Insistence insistence = new(clock);
        Assert.Null(insistence.PauseAfter(new ClusterTroubleException(There, "our fault")));
        Assert.Null(insistence.PauseAfter(new UserMistakeException(There, "wrong")));
    }
}

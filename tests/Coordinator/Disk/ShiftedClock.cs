namespace BrainSim.Tests.Coordinator.Disk;

/// <summary>The system's clock, whose date can be set forward.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private TimeSpan ahead;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;

    public void Forward(TimeSpan time) => ahead += time;
}

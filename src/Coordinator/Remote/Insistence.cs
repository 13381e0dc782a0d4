namespace BrainSim.Coordinator.Remote;

/// <summary>How often a coordinator is asked again that is away or busy, as while it starts anew: at growing intervals, not before it says, for a minute in all.</summary>
internal sealed class Insistence(TimeProvider clock)
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(0.2), Longest = TimeSpan.FromSeconds(1), InAll = TimeSpan.FromMinutes(1);

    private long start = clock.GetTimestamp();
    private TimeSpan next = First;

    /// <summary>It has answered: the minute begins again.</summary>
    public void Restart() => (start, next) = (clock.GetTimestamp(), First);

    /// <returns>How long to wait before it is asked again; null where that is of no use, or the minute would be over.</returns>
    public TimeSpan? PauseAfter(Exception problem)
    {
        TimeSpan? asked = problem switch
        {
            UnreachableException => TimeSpan.Zero,
            ClusterTroubleException { ComesAgain: var after } => after,
            _ => null,
        };
        TimeSpan pause = asked > next ? asked.Value : next;
        if (asked is null || clock.GetElapsedTime(start) + pause > InAll)
        {
            return null;
        }

        next = next * 1.5 < Longest ? next * 1.5 : Longest;
        return pause;
    }
}

namespace BrainSim.Node.Cluster;

/// <summary>Steps of a round: so few that a node hears what it is told while it works on a large network. No result depends on it.</summary>
internal sealed class RoundLength(long most)
{
    private const long WantedMs = 200;

    private readonly long most = most;

    public long Steps { get; private set; } = most;

    /// <summary>Of all rounds.</summary>
    public long BusyMs { get; private set; }

    public void Took(long milliseconds)
    {
        BusyMs += milliseconds;
        Steps = milliseconds > 2 * WantedMs ? Math.Max(1, Steps / 2) : milliseconds < WantedMs / 2 ? Math.Min(most, 2 * Steps) : Steps;
    }
}

using BrainSim.Engine.NetworkFile;

namespace BrainSim.Engine.Exchange;

/// <summary>How long a shard can go on without the spikes of another.</summary>
public static class Window
{
    /// <summary>Longest window, so that a network without projections still reports and stops in good time.</summary>
    public const int Longest = 1000;

    /// <summary>Steps between exchanges: a spike of step k acts in step k + offset + delay at the earliest, so that many steps need no news.</summary>
    /// <param name="shortestDelay">In steps, over the synapses from the one to the other; null where there are none.</param>
    public static int Steps(Schedule schedule, int? shortestDelay) =>
        shortestDelay is { } delay ? Math.Clamp(delay + schedule.ArrivalOffset, 1, Longest) : Longest;
}

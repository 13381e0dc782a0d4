namespace BrainSim.Coordinator.Cluster;

/// <summary>How long points take, as far as is known.</summary>
internal sealed class PointPace
{
    /// <summary>Milliseconds of work that a node is given beyond what it runs: longer than its results and the next points are on their way.</summary>
    private const double AheadMs = 500;

    private const int MostAhead = 256;

    /// <summary>Of what is known, what a new point replaces.</summary>
    private const double Weight = 0.1;

    private double? meanMs;

    /// <summary>Points that a node has for each that it runs.</summary>
    public int Depth => meanMs is { } mean ? (int)Math.Clamp(Math.Ceiling(AheadMs / Math.Max(mean, 1e-3)), 1, MostAhead) : 1;

    public void Took(double seconds) => meanMs = meanMs is { } mean ? mean + (Weight * ((1000 * seconds) - mean)) : 1000 * seconds;

    /// <returns>Milliseconds; null where nothing is known, or nothing runs.</returns>
    public long? TimeLeft(long points, int atOnce) => meanMs is { } mean && atOnce > 0 ? (long)(mean * points / atOnce) : null;
}

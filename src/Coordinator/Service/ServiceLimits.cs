using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.Service;

/// <summary>How much of everything a coordinator takes from others. Each has one answer that says so; sizes of single files are in the folders that keep them.</summary>
public sealed record ServiceLimits
{
    /// <summary>Of a body that is no file.</summary>
    public long MostJsonBytes { get; init; } = 4 << 20;

    /// <summary>Connections at once; one more is closed.</summary>
    public long MostConnections { get; init; } = 10_000;

    /// <summary>Connections at once of one address; one more is closed. Half of all, since many clients may come from behind one.</summary>
    public int MostConnectionsOfOne { get; init; } = 5000;

    /// <summary>Requests at once; one more is answered with 503. Submissions and what is asked before them, streams of events, lines of nodes and probes are counted apart.</summary>
    public int MostRequests { get; init; } = 2000;

    /// <summary>Submissions that are read at once, and as many questions for files; one more is answered with 503.</summary>
    public int MostSubmissions { get; init; } = 256;

    /// <summary>Of the bodies of all submissions that are read at once, and as many of questions; one more is answered with 503.</summary>
    public long MostSubmissionBytes { get; init; } = 64 << 20;

    /// <summary>Submitted sweeps whose points are listed, or wait for that; one more is answered with 503.</summary>
    public int MostSweeps { get; init; } = 64;

    /// <summary>For the points of a submitted sweep to be listed: the time of a reader is not to be had for ever.</summary>
    public TimeSpan PatienceForSweep { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>That the arrays of all networks may take that are read at the same time.</summary>
    public long MostArrayBytes { get; init; } = NamedFiles.HalfTheMemory;

    /// <summary>Streams of events at once; one more is answered with 503.</summary>
    public int MostFollowers { get; init; } = 1000;

    /// <summary>Lines of nodes at once; one more is answered with 503.</summary>
    public int MostNodes { get; init; } = 2000;

    /// <summary>Files that are kept by their hash; one more is answered with 429.</summary>
    public int MostBlobs { get; init; } = 1_000_000;

    public double MostNeurons { get; init; } = 1e9;

    /// <summary>As estimated before the network is built.</summary>
    public double MostSynapses { get; init; } = 1e12;

    /// <summary>For a request's head to arrive.</summary>
    public TimeSpan PatienceForHead { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For the next request of a connection that has none under way. Lines of nodes and streams of events are requests under way.</summary>
    public TimeSpan PatienceBetween { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A body that comes at less than <see cref="LeastBytesPerSecond"/> is given up after so long. More than 1 s.</summary>
    public TimeSpan PatienceForBody { get; init; } = TimeSpan.FromSeconds(5);

    public double LeastBytesPerSecond { get; init; } = 240;

    /// <summary>An answer that is taken more slowly is given up, <see cref="PatienceForBody"/> after the time that its pieces should have needed: some 16 s for one of 64 KB.</summary>
    public double LeastAnswerBytesPerSecond { get; init; } = 4096;

    /// <exception cref="UserMistakeException">The network is larger than is taken.</exception>
    internal void Check(NetworkSpec network)
    {
        double neurons = network.Populations.Sum(population => (double)population.Size);
        double synapses = network.Projections.Sum(projection => MemoryNeed.Synapses(network, projection));
        Require(neurons, MostNeurons, "neurons", network);
        Require(synapses, MostSynapses, "synapses", network);
    }

    private static void Require(double count, double most, string what, NetworkSpec network)
    {
        if (count > most)
        {
            throw new UserMistakeException(new Place(network.Name, 0, 0, ""), FormattableString.Invariant($"the network has some {count:N0} {what}; this coordinator takes at most {most:N0}."));
        }
    }
}

using System.Collections.Concurrent;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Engine.Sweeps;

/// <summary>Networks between the planning of their points, which reads them, and their runs: as many as take little memory; the others are read again. One thread keeps, any takes.</summary>
public sealed class NetworksRead
{
    /// <summary>Bytes that are allocated while networks are read; what is kept of them is less.</summary>
    private const long MostBytes = 512 << 20;

    private readonly ConcurrentDictionary<string, NetworkSpec> networks = new(StringComparer.Ordinal);
    private readonly long allocated = GC.GetAllocatedBytesForCurrentThread();

    /// <summary>Keeps a network where there is room. On the thread that has made this object, and reads the networks.</summary>
    public void Keep(NetworkSpec network)
    {
        if (GC.GetAllocatedBytesForCurrentThread() - allocated <= MostBytes)
        {
            networks[network.Hash] = network;
        }
    }

    /// <summary>Gives a point's network away; null where it is not here.</summary>
    public NetworkSpec? Take(SweepPoint point) => networks.TryRemove(point.NetworkHash, out NetworkSpec? network) ? network : null;
}

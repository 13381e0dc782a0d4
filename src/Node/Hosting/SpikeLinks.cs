using BrainSim.Node.Tls;
using Microsoft.Extensions.Logging;

namespace BrainSim.Node.Hosting;

/// <summary>
/// The connections to other nodes, one for each pair: opened by whoever has something to send first, used by both. Frames that cannot go out now are dropped, as the
/// protocol allows: the logic sends again what nobody owns up to. Memory is bounded by the queues, and what a stranger's greeting has made goes with its connection.
/// </summary>
/// <param name="self">Where other nodes reach this one.</param>
/// <param name="security">Null for connections in clear.</param>
internal sealed class SpikeLinks(string self, FrameSink hear, ILogger log, LinkSecurity? security) : IDisposable
{
    /// <summary>For what comes before the first frame.</summary>
    public static readonly TimeSpan PatienceToGreet = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, SpikeLink> links = [];
    private readonly SpikeReaders readers = new(hear, log);
    private readonly CancellationTokenSource over = new();

    /// <summary>Other nodes that are known.</summary>
    public int Count
    {
        get
        {
            lock (links)
            {
                return links.Count;
            }
        }
    }

    /// <inheritdoc cref="SpikeLink.Send"/>
    public void Send(string address, ReadOnlySpan<byte> frames) => Wanted(address).Send(frames);

    /// <summary>Serves a connection that another node has opened, to its end.</summary>
    /// <param name="from">Where it comes from, for the log.</param>
    public void Serve(SpikeConnection connection, string from)
    {
        if (Greeted(connection, from) is not { } address)
        {
            return;
        }

        SpikeLink link = Enter(address);
        try
        {
            link.Serve(connection);
        }
        finally
        {
            Leave(address, link);
        }
    }

    public void Dispose()
    {
        over.Cancel();
        SpikeLink[] all;
        lock (links)
        {
            all = [.. links.Values];
        }

        Array.ForEach(all, link => link.Writer.Join());
    }

    /// <returns>The opener's address; null where it is none, does not come, or is somebody else's.</returns>
    private string? Greeted(SpikeConnection connection, string from)
    {
        string? address = null;
        try
        {
            using Timer late = new(_ => connection.Dispose(), null, PatienceToGreet, Timeout.InfiniteTimeSpan);
            if (security is not null)
            {
                connection.Secure(security.ForCalled());
            }

            address = LinkGreeting.Read(connection.Input, out bool shares);
            if (address is not null && security is not null && !(connection.Certificate is { } certificate && Certificates.Names(certificate, address)))
            {
                SpikeLog.Lies(log, from, address);
                return null;
            }

            if (address is not null && shares)
            {
                connection.ShareAsCalled();
            }
        }
        catch (Exception problem) when (SpikeConnection.IsBroken(problem))
        {
            address = null; // It has said nothing, or nothing that a node says.
        }

        if (address is null)
        {
            SpikeLog.NoGreeting(log, from);
        }

        return address;
    }

    private SpikeLink Wanted(string address)
    {
        lock (links)
        {
            SpikeLink link = Find(address);
            link.IsWanted = true;
            return link;
        }
    }

    private SpikeLink Enter(string address)
    {
        lock (links)
        {
            SpikeLink link = Find(address);
            link.Guests++;
            return link;
        }
    }

    /// <summary>A link of which nobody wants anything any more is forgotten.</summary>
    private void Leave(string address, SpikeLink link)
    {
        lock (links)
        {
            if (--link.Guests == 0 && !link.IsWanted)
            {
                links.Remove(address);
                link.Close();
            }
        }
    }

    private SpikeLink Find(string address)
    {
        if (!links.TryGetValue(address, out SpikeLink? link))
        {
            link = new SpikeLink(self, address, readers, log, security, over.Token);
            links.Add(address, link);
        }

        return link;
    }
}

using System.IO.Pipelines;
using BrainSim.Contracts.Frames;
using BrainSim.Node.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace BrainSim.Node.Hosting;

/// <summary>
/// The connections to other nodes, one for each pair: opened by whoever has something to send first, used by both. Frames that cannot go out now are dropped, as the
/// protocol allows: the logic sends again what nobody owns up to. Memory is bounded by the queues, and what a stranger's greeting has made goes with its connection.
/// </summary>
/// <param name="self">Where other nodes reach this one.</param>
/// <param name="hear">Takes a frame; while it does not end, no more is read from that connection.</param>
/// <param name="security">Null for connections in clear.</param>
internal sealed class SpikeLinks(string self, Func<ReceivedFrame, ValueTask> hear, ILogger log, LinkSecurity? security) : IAsyncDisposable
{
    /// <summary>For what comes before the first frame.</summary>
    public static readonly TimeSpan PatienceToGreet = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, SpikeLink> links = [];
    private readonly CancellationTokenSource over = new();

    /// <param name="frame">Is copied.</param>
    public void Send(string address, ReadOnlySpan<byte> frame) => Wanted(address).Send(frame);

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

    /// <summary>Serves a connection that another node has opened, to its end.</summary>
    public async Task Serve(ConnectionContext connection)
    {
        string from = connection.RemoteEndPoint?.ToString() ?? "";
        if (await Greeted(connection.Transport.Input) is not { } address)
        {
            SpikeLog.NoGreeting(log, from);
            return;
        }

        if (security is not null && !(connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is { } certificate && Certificates.Names(certificate, address)))
        {
            SpikeLog.Lies(log, from, address);
            return;
        }

        SpikeLink link = Enter(address);
        try
        {
            await link.Serve(connection.Transport, over.Token);
        }
        finally
        {
            Leave(address, link);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        SpikeLink[] all;
        lock (links)
        {
            all = [.. links.Values];
        }

        foreach (SpikeLink link in all)
        {
            await link.Ended;
        }
    }

    /// <returns>The opener's address; null where it is none, or does not come.</returns>
    private async Task<string?> Greeted(PipeReader input)
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        late.CancelAfter(PatienceToGreet);
        try
        {
            return await LinkGreeting.Read(input, late.Token);
        }
        catch (OperationCanceledException) when (!over.IsCancellationRequested)
        {
            return null;
        }
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
            link = new SpikeLink(self, address, hear, log, security, over.Token);
            links.Add(address, link);
        }

        return link;
    }
}

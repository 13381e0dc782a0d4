using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;
using BrainSim.Contracts.Frames;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace BrainSim.Node.Hosting;

/// <summary>
/// The connections to other nodes, one for each pair: opened by whoever has something to send first, used by both. Frames that cannot go out now are dropped, as the
/// protocol allows: the logic sends again what nobody owns up to. Memory is bounded by the queues.
/// </summary>
/// <param name="self">Where other nodes reach this one.</param>
/// <param name="hear">Takes a frame; while it does not end, no more is read from that connection.</param>
internal sealed class SpikeLinks(string self, Func<ReceivedFrame, ValueTask> hear, ILogger log) : IAsyncDisposable
{
    private readonly Dictionary<string, SpikeLink> links = [];
    private readonly CancellationTokenSource over = new();

    /// <param name="frame">Is copied.</param>
    public void Send(string address, ReadOnlySpan<byte> frame) => Find(address).Send(frame);

    /// <summary>Serves a connection that another node has opened, to its end.</summary>
    public async Task Serve(ConnectionContext connection)
    {
        if (await LinkGreeting.Read(connection.Transport.Input, over.Token) is not { } address)
        {
            SpikeLog.NoGreeting(log, connection.RemoteEndPoint?.ToString() ?? "");
            return;
        }

        await Find(address).Serve(connection.Transport, over.Token);
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

    private SpikeLink Find(string address)
    {
        lock (links)
        {
            if (!links.TryGetValue(address, out SpikeLink? link))
            {
                link = new SpikeLink(self, address, hear, log, over.Token);
                links.Add(address, link);
            }

            return link;
        }
    }
}

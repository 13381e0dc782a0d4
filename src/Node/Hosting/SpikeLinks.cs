using Microsoft.Extensions.Logging;

namespace BrainSim.Node.Hosting;

/// <summary>
/// The connections to other nodes, one for each pair: opened by whoever has something to send first, used by both. Frames that cannot go out now are dropped, as the
/// protocol allows: the logic sends again what nobody owns up to. Memory is bounded by the queues.
/// </summary>
/// <param name="self">Where other nodes reach this one.</param>
internal sealed class SpikeLinks(string self, FrameSink hear, ILogger log) : IDisposable
{
    /// <summary>Milliseconds in which an opener must have said who it is.</summary>
    private const int PatienceToGreet = 5000;

    private readonly Dictionary<string, SpikeLink> links = [];
    private readonly SpikeReaders readers = new(hear, log);
    private readonly CancellationTokenSource over = new();

    /// <param name="frame">Is copied where it must wait.</param>
    public void Send(string address, ReadOnlySpan<byte> frame) => Find(address).Send(frame);

    /// <summary>Serves a connection that another node has opened, to its end.</summary>
    /// <param name="from">Where it comes from, for the log.</param>
    public void Serve(SpikeConnection connection, string from)
    {
        connection.ReadPatience = PatienceToGreet;
        if (LinkGreeting.Read(connection.Input) is not { } address)
        {
            SpikeLog.NoGreeting(log, from);
            return;
        }

        connection.ReadPatience = 0;
        Find(address).Serve(connection);
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

    private SpikeLink Find(string address)
    {
        lock (links)
        {
            if (!links.TryGetValue(address, out SpikeLink? link))
            {
                link = new SpikeLink(self, address, readers, log, over.Token);
                links.Add(address, link);
            }

            return link;
        }
    }
}

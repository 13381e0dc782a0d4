using System.Net.Sockets;
using BrainSim.Contracts.Frames;
using BrainSim.Node.Tls;
using Microsoft.Extensions.Logging;

namespace BrainSim.Node.Hosting;

/// <summary>Takes what another node sends. The frame is valid during the call; while it does not return, no more is read from that connection.</summary>
/// <param name="from">Where that node is reached: by its certificate where nodes have some, else as it says.</param>
internal delegate void FrameSink(ReadOnlySpan<byte> frame, string from);

/// <summary>
/// The way to one other node. A frame that the kernel takes at once is written by whoever sends it; what it does not take, and what needs a connection first, is left to a
/// thread of the link. Thread-safe.
/// </summary>
internal sealed class SpikeLink
{
    /// <summary>Frames that wait to go out. The logic has at most eight under way, and receipts.</summary>
    private const int MostWaiting = 64;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50), LongestPause = TimeSpan.FromSeconds(2), PatienceToConnect = TimeSpan.FromSeconds(3);

    private readonly string self;
    private readonly string address;
    private readonly SpikeReaders readers;
    private readonly ILogger log;
    private readonly LinkSecurity? security;
    private readonly CancellationTokenSource closing;
    private readonly Lock sending = new();
    private readonly Queue<byte[]> waiting = new();
    private readonly SemaphoreSlim news = new(0);
    private volatile SpikeConnection? output;

    public SpikeLink(string self, string address, SpikeReaders readers, ILogger log, LinkSecurity? security, CancellationToken over)
    {
        (this.self, this.address, this.readers, this.log, this.security) = (self, address, readers, log, security);
        closing = CancellationTokenSource.CreateLinkedTokenSource(over);
        Writer = new Thread(WriteWaiting) { IsBackground = true, Name = "spikes out" };
        Writer.Start();
    }

    /// <summary>Ends when the node does, or the link is closed.</summary>
    public Thread Writer { get; }

    /// <summary>Connections of the other node that are open; for the owner of the links to count.</summary>
    public int Guests { get; set; }

    /// <summary>Whether this node has ever had something to send; for the owner of the links to say.</summary>
    public bool IsWanted { get; set; }

    /// <summary>Nothing is sent any more.</summary>
    public void Close() => closing.Cancel();

    /// <summary>Sends frames, or drops them where too many wait.</summary>
    /// <param name="frames">Whole ones, one behind the other. Copied where they must wait.</param>
    public void Send(ReadOnlySpan<byte> frames)
    {
        lock (sending)
        {
            if (waiting.Count == 0 && output is { } connection && TryWrite(connection, frames))
            {
                return;
            }

            if (waiting.Count < MostWaiting)
            {
                waiting.Enqueue(frames.ToArray());
                news.Release();
            }
        }
    }

    /// <summary>Uses a connection until it ends: what comes in is heard, and frames go out by it while there is no other.</summary>
    public void Serve(SpikeConnection connection)
    {
        output = connection;
        try
        {
            readers.Read(connection, address);
        }
        finally
        {
            Interlocked.CompareExchange(ref output, null, connection);
            connection.Dispose();
        }
    }

    private bool TryWrite(SpikeConnection connection, ReadOnlySpan<byte> frames)
    {
        try
        {
            return connection.TryWrite(frames);
        }
        catch (Exception problem) when (SpikeConnection.IsBroken(problem))
        {
            GiveUp(connection, problem);
            return false;
        }
    }

    private void GiveUp(SpikeConnection connection, Exception problem)
    {
        SpikeLog.NotSent(log, address, problem.Message);
        Interlocked.CompareExchange(ref output, null, connection);
        connection.Dispose();
    }

    /// <summary>The first that waits stays in the queue while it is written, so that none overtakes it by the short way.</summary>
    private void WriteWaiting()
    {
        TimeSpan pause = FirstPause;
        try
        {
            while (true)
            {
                news.Wait(closing.Token);
                byte[] frame;
                lock (sending)
                {
                    frame = waiting.Peek();
                }

                bool sent = Write(frame);
                lock (sending)
                {
                    waiting.Dequeue();
                }

                if (!sent)
                {
                    closing.Token.WaitHandle.WaitOne(pause);
                }

                pause = sent ? FirstPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException)
        {
            output?.Dispose();
        }
    }

    /// <returns>False where the frame is lost.</returns>
    private bool Write(byte[] frame)
    {
        SpikeConnection? connection = output;
        try
        {
            connection ??= Open();
            connection.Write(frame);
            return true;
        }
        catch (Exception problem) when (SpikeConnection.IsBroken(problem))
        {
            if (connection is not null)
            {
                GiveUp(connection, problem);
            }
            else
            {
                SpikeLog.NotSent(log, address, problem.Message);
            }

            return false;
        }
    }

    private SpikeConnection Open()
    {
        int colon = address.LastIndexOf(':');
        string host = address[..colon].Trim('[', ']');
        SpikeConnection connection = Connect(host, int.Parse(address[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        output = connection;
        new Thread(() => Serve(connection)) { IsBackground = true, Name = "spikes in" }.Start();
        return connection;
    }

    /// <summary>Connects and greets. Whoever connects asynchronously has a socket whose reads go by the thread pool ever after: the time limit is that of closing it from outside.</summary>
    private SpikeConnection Connect(string host, int port)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        using Timer late = new(_ => socket.Dispose(), null, PatienceToConnect, Timeout.InfiniteTimeSpan);
        try
        {
            socket.Connect(host, port);
            SpikeConnection connection = new(socket);
            if (security is not null)
            {
                connection.Secure(security.ForCaller(host));
            }

            bool shares = connection.IsWithinMachine;
            connection.Write(LinkGreeting.Of(self, shares));
            if (shares)
            {
                connection.ShareAsCaller();
            }

            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

internal static partial class SpikeLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "frames from {Address} are refused as {Refusal}; the connection is closed")]
    public static partial void Refused(ILogger log, string address, FrameRefusal refusal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a connection from {Address} does not begin as one of a node; it is closed")]
    public static partial void NoGreeting(ILogger log, string address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a connection from {From} says that it is {Address}, which its certificate does not name; it is closed")]
    public static partial void Lies(ILogger log, string from, string address);

    [LoggerMessage(Level = LogLevel.Information, Message = "frames to {Address} are not sent now: {Why}")]
    public static partial void NotSent(ILogger log, string address, string why);
}

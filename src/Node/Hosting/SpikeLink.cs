using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;
using BrainSim.Contracts.Frames;
using BrainSim.Node.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace BrainSim.Node.Hosting;

/// <summary>The connection to one other node, opened again when there is something to send and it is closed.</summary>
internal sealed class SpikeLink
{
    /// <summary>Frames that wait to go out. The logic has at most eight under way, and receipts.</summary>
    private const int MostWaiting = 64;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50), LongestPause = TimeSpan.FromSeconds(2), PatienceToConnect = TimeSpan.FromSeconds(3);

    private readonly string self;
    private readonly string address;
    private readonly Func<ReceivedFrame, ValueTask> hear;
    private readonly ILogger log;
    private readonly LinkSecurity? security;
    private readonly Channel<ReceivedFrame> waiting;
    private volatile PipeWriter? output;

    public SpikeLink(string self, string address, Func<ReceivedFrame, ValueTask> hear, ILogger log, LinkSecurity? security, CancellationToken over)
    {
        (this.self, this.address, this.hear, this.log, this.security) = (self, address, hear, log, security);
        waiting = Channel.CreateBounded<ReceivedFrame>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
        Ended = Write(over);
    }

    /// <summary>Ends when the node does, or the link is closed.</summary>
    public Task Ended { get; }

    /// <summary>Connections of the other node that are open; for the owner of the links to count.</summary>
    public int Guests { get; set; }

    /// <summary>Whether this node has ever had something to send; for the owner of the links to say.</summary>
    public bool IsWanted { get; set; }

    /// <summary>Nothing is sent any more.</summary>
    public void Close() => waiting.Writer.TryComplete();

    public void Send(ReadOnlySpan<byte> frame)
    {
        ReceivedFrame copy = ReceivedFrame.Of(frame);
        if (!waiting.Writer.TryWrite(copy))
        {
            copy.Return();
        }
    }

    /// <summary>Uses a connection until it ends: what comes in is heard, and frames go out by it while there is no other.</summary>
    public async Task Serve(IDuplexPipe connection, CancellationToken over)
    {
        output = connection.Output;
        try
        {
            while (true)
            {
                (ReceivedFrame? frame, FrameRefusal refusal) = await ReceivedFrame.Read(connection.Input, over);
                if (frame is not { } whole)
                {
                    if (refusal != FrameRefusal.None)
                    {
                        SpikeLog.Refused(log, address, refusal);
                    }

                    return;
                }

                await hear(whole);
            }
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException or ConnectionResetException or InvalidOperationException)
        {
            // The connection has broken, or the node ends: the next frame opens another.
        }
        finally
        {
            Interlocked.CompareExchange(ref output, null, connection.Output);
        }
    }

    private async Task Write(CancellationToken over)
    {
        TimeSpan pause = FirstPause;
        try
        {
            await foreach (ReceivedFrame frame in waiting.Reader.ReadAllAsync(over))
            {
                bool sent = await Write(frame, over);
                frame.Return();
                if (sent)
                {
                    pause = FirstPause;
                    continue;
                }

                await Task.Delay(pause, over);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The node ends.
        }
    }

    /// <returns>False where the frame is lost.</returns>
    private async Task<bool> Write(ReceivedFrame frame, CancellationToken over)
    {
        try
        {
            PipeWriter to = output ?? await Open(over);
            FlushResult flushed = await to.WriteAsync(frame.Rented.AsMemory(0, frame.Length), over);
            return !flushed.IsCompleted;
        }
        catch (Exception problem) when (problem is IOException or SocketException or ConnectionResetException or InvalidOperationException or AuthenticationException
            || (problem is OperationCanceledException && !over.IsCancellationRequested))
        {
            SpikeLog.NotSent(log, address, problem.Message);
            output = null;
            return false;
        }
    }

    private async Task<PipeWriter> Open(CancellationToken over)
    {
        int colon = address.LastIndexOf(':');
        string host = address[..colon].Trim('[', ']');
        Stream? stream = null;
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(over);
            late.CancelAfter(PatienceToConnect);
            await socket.ConnectAsync(host, int.Parse(address[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture), late.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            stream = security is null ? stream : await security.Call(stream, host, late.Token);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        SocketPipes pipes = new(stream);
        await pipes.Output.WriteAsync(LinkGreeting.Of(self), over);
        _ = ServeOwn(pipes, over);
        return pipes.Output;
    }

    private async Task ServeOwn(SocketPipes pipes, CancellationToken over)
    {
        await Serve(pipes, over);
        await pipes.DisposeAsync();
    }

    private sealed class SocketPipes(Stream stream) : IDuplexPipe, IAsyncDisposable
    {
        public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));

        public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));

        public ValueTask DisposeAsync() => stream.DisposeAsync();
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

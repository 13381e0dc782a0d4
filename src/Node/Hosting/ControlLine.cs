using System.Threading.Channels;
using BrainSim.Contracts;
using BrainSim.Node.Tls;
using Google.Protobuf;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using System.Net;

namespace BrainSim.Node.Hosting;

/// <summary>
/// The node's line to its coordinator. What is told while the line is down, or faster than it takes it, is lost, as the protocol allows: the next heartbeat says it
/// again. It is opened again for as long as the node lives.
/// </summary>
public sealed partial class ControlLine : IAsyncDisposable
{
    /// <summary>Messages that wait to be sent.</summary>
    private const int MostWaiting = 256;

    /// <summary>How often either side says at least that it is there.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    /// <summary>Who says nothing for so long is gone; the line is opened anew.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100), LongestPause = TimeSpan.FromSeconds(3);

    /// <summary>For one attempt to connect: where packets vanish, the system would try for two minutes.</summary>
    private static readonly TimeSpan PatienceToConnect = TimeSpan.FromSeconds(5);

    private readonly HubConnection hub;
    private readonly Channel<byte[]> waiting = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly CancellationTokenSource over = new();
    private readonly TaskCompletionSource entry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger log;
    private readonly Task work;

    /// <param name="hear">Given what the coordinator says, on any thread.</param>
    public ControlLine(CoordinatorAccess access, Func<ToNode, ValueTask> hear, ILogger log)
    {
        this.log = log;
        UriBuilder address = new(new Uri(access.Address, Addresses.Control)) { Scheme = access.Address.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs };
        HubConnectionBuilder builder = new();
        builder.Services.AddSingleton<EndPoint>(new HubAddress(address.Uri)).AddSingleton<IConnectionFactory>(new WebSocketFactory(access));
        hub = builder.WithServerTimeout(Silence).WithKeepAliveInterval(Heartbeat).Build();
        hub.On<byte[]>(Addresses.Hear, async message =>
        {
            try
            {
                await hear(Messages.ReadToNode(message));
            }
            catch (MalformedMessageException problem)
            {
                NotUnderstood(problem.Message);
            }
        });
        work = Work();
    }

    public bool IsConnected => hub.State == HubConnectionState.Connected;
    /// <summary>Fails where the coordinator lets nobody in with this token or certificate, before it ever did. Later that may be mended while the node lives, so it is tried again.</summary>
    public Task Entry => entry.Task;

    public void Tell(ToCoordinator message) => waiting.Writer.TryWrite(message.ToByteArray());

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await work;
        await hub.DisposeAsync();
        over.Dispose();
    }

    private async Task Work()
    {
        try
        {
            while (true)
            {
                await Connect();
                await foreach (byte[] message in waiting.Reader.ReadAllAsync(over.Token))
                {
                    if (hub.State != HubConnectionState.Connected || !await Send(message))
                    {
                        break;
                    }
                }
            }
        }
        catch (Exception) when (over.IsCancellationRequested)
        {
            // The node ends, and with it what the line was about to do.
        }
        catch (NoEntryException)
        {
            // Told by Entry.
        }
    }

    private async Task<bool> Send(byte[] message)
    {
        try
        {
            await hub.SendAsync(Addresses.Tell, message, over.Token).WaitAsync(Silence, over.Token);
            return true;
        }
        catch (Exception problem) when (!over.IsCancellationRequested && problem is not OutOfMemoryException)
        {
            return false; // However the line breaks, it is opened again.
        }
    }

    private async Task Connect()
    {
        bool told = false;
        for (TimeSpan pause = FirstPause; hub.State != HubConnectionState.Connected; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
                late.CancelAfter(PatienceToConnect);
                await hub.StartAsync(late.Token);
                entry.TrySetResult();
                Connected();
                return;
            }
            catch (NoEntryException problem) when (entry.TrySetException(problem))
            {
                throw;
            }
            catch (Exception problem) when (!over.IsCancellationRequested && problem is not OutOfMemoryException)
            {
                if (!told)
                {
                    NotConnected(problem.Message);
                    told = true;
                }
            }

            await Task.Delay(pause, over.Token);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "the coordinator is reached")]
    private partial void Connected();

    [LoggerMessage(Level = LogLevel.Warning, Message = "the coordinator is not reached ({Why}); it is tried again until it is")]
    private partial void NotConnected(string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the coordinator says what this version does not understand: {Why}")]
    private partial void NotUnderstood(string why);
}

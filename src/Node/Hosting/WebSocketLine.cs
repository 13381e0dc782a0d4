using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using BrainSim.Node.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace BrainSim.Node.Hosting;

/// <summary>The address of a hub, for SignalR's client, which takes its connections from a factory.</summary>
internal sealed class HubAddress(Uri address) : EndPoint
{
    public Uri Address => address;

    public override string ToString() => address.ToString();
}

/// <summary>Opens web sockets to a hub.</summary>
internal sealed class WebSocketFactory(CoordinatorAccess access) : IConnectionFactory
{
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellation)
    {
        ClientWebSocket socket = new();
        try
        {
            access.Apply(socket.Options);
            socket.Options.CollectHttpResponseDetails = true;
            await socket.ConnectAsync(((HubAddress)endpoint).Address, cancellation);
            return new WebSocketLine(socket);
        }
        catch (WebSocketException) when (socket.HttpStatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            int status = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw new NoEntryException(status);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A web socket as a pair of pipes.</summary>
internal sealed class WebSocketLine : ConnectionContext
{
    private readonly WebSocket socket;
    private readonly CancellationTokenSource closed = new();

    public WebSocketLine(WebSocket socket)
    {
        this.socket = socket;
        Stream stream = WebSocketStream.Create(socket, WebSocketMessageType.Text, ownsWebSocket: false);
        Transport = new Pipes(PipeReader.Create(stream), PipeWriter.Create(stream));
        ConnectionClosed = closed.Token;
    }

    public override string ConnectionId { get; set; } = "coordinator";

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        closed.Cancel();
        socket.Abort();
    }

    public override ValueTask DisposeAsync()
    {
        closed.Cancel();
        socket.Abort();
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

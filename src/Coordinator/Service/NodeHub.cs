using BrainSim.Contracts;
using BrainSim.Coordinator.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace BrainSim.Coordinator.Service;

/// <summary>The nodes' line to the coordinator: messages of <c>cluster.proto</c> as bytes, both ways, nothing else.</summary>
internal sealed partial class NodeHub(CoordinatorLoop loop, Guard guard, ILogger<NodeHub> log) : Hub
{
    private static readonly Needed ToConnect = new(Role.Node);

    /// <summary>Called by nodes.</summary>
    /// <param name="message">A <see cref="ToCoordinator"/>.</param>
    public async Task Tell(byte[] message)
    {
        try
        {
            ToCoordinator read = Messages.ReadToCoordinator(message);
            CheckAgain(read);
            await loop.Hear(Context.ConnectionId, read);
        }
        catch (AccessException problem)
        {
            Refused(Node, problem.Message);
            Context.Abort();
            throw new HubException(problem.Message);
        }
        catch (MalformedMessageException problem)
        {
            if (Context.Items.TryAdd(nameof(Refused), problem))
            {
                Refused(Node, problem.Message);
            }

            throw new HubException(problem.Message);
        }
    }

    /// <summary>The line lasts longer than a token may, and a node's address is not known before it reports. Who speaks on it is settled by how it was opened.</summary>
    private void CheckAgain(ToCoordinator message)
    {
        HttpContext context = Http;
        guard.Check(context, ToConnect);
        if (message.Node != Node)
        {
            throw AccessException.NotAllowed($"it speaks for node {message.Node}");
        }

        if (message.Report?.Description is { } about)
        {
            guard.CheckAddress(context, about.Address);
        }
    }

    private HttpContext Http => Context.GetHttpContext() ?? throw new InvalidOperationException("the nodes' line is not one of HTTP.");

    private string Node => Guard.NodeOf(Http);

    [LoggerMessage(Level = LogLevel.Warning, Message = "what node {Node} says is refused: {Why}")]
    private partial void Refused(string node, string why);

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        loop.Forget(Context.ConnectionId);
        return Task.CompletedTask;
    }
}

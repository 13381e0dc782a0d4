using BrainSim.Contracts;
using BrainSim.Coordinator.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;

namespace BrainSim.Coordinator.Service;

/// <summary>The nodes' line to the coordinator: messages of <c>cluster.proto</c> as bytes, both ways, nothing else.</summary>
internal sealed class NodeHub(CoordinatorLoop loop, Guard guard) : Hub
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
            Context.Abort();
            throw new HubException(problem.Message);
        }
        catch (MalformedMessageException problem)
        {
            throw new HubException(problem.Message);
        }
    }

    /// <summary>The line lasts longer than a token may, and a node's address is not known before it reports.</summary>
    private void CheckAgain(ToCoordinator message)
    {
        HttpContext context = Context.GetHttpContext() ?? throw new InvalidOperationException("the nodes' line is not one of HTTP.");
        guard.Check(context, ToConnect);
        if (message.Report?.Description is { } about)
        {
            guard.CheckAddress(context, about.Address);
        }
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        loop.Forget(Context.ConnectionId);
        return Task.CompletedTask;
    }
}

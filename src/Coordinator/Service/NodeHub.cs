using BrainSim.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace BrainSim.Coordinator.Service;

/// <summary>The nodes' line to the coordinator: messages of <c>cluster.proto</c> as bytes, both ways, nothing else.</summary>
internal sealed class NodeHub(CoordinatorLoop loop) : Hub
{
    /// <summary>Called by nodes.</summary>
    /// <param name="message">A <see cref="ToCoordinator"/>.</param>
    public async Task Tell(byte[] message)
    {
        try
        {
            await loop.Hear(Context.ConnectionId, Messages.ReadToCoordinator(message));
        }
        catch (MalformedMessageException problem)
        {
            throw new HubException(problem.Message);
        }
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        loop.Forget(Context.ConnectionId);
        return Task.CompletedTask;
    }
}

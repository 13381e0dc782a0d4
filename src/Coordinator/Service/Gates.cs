using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BrainSim.Coordinator.Service;

/// <summary>Lets so many in at once, and nobody wait. Any thread may use it.</summary>
internal sealed class Gate(int most, string what)
{
    private int inside;

    public int Inside => Volatile.Read(ref inside);

    /// <exception cref="BusyException">There are as many as may be.</exception>
    public void Enter()
    {
        if (Interlocked.Increment(ref inside) > most)
        {
            Leave();
            throw new BusyException($"{most:N0} {what} are being answered, the most at once; try again in a moment.");
        }
    }

    public void Leave() => Interlocked.Decrement(ref inside);
}

/// <summary>More come at once than are answered. The message is one sentence for the client.</summary>
internal sealed class BusyException(string message) : Exception(message);

internal sealed class Gates(ServiceLimits limits)
{
    public Gate Requests { get; } = new(limits.MostRequests, "requests");

    public Gate Submissions { get; } = new(limits.MostSubmissions, "submissions");

    public Gate Followers { get; } = new(limits.MostFollowers, "streams of events");

    public Gate Nodes { get; } = new(limits.MostNodes, "lines of nodes");

    /// <summary>Whether the coordinator lives is told however much else it has to do.</summary>
    public Gate Probes { get; } = new(limits.MostRequests, "probes");
}

/// <summary>A request passes the gate of its endpoint, or the one of all.</summary>
internal sealed class GatedRequests(RequestDelegate next, Gates gates)
{
    public async Task InvokeAsync(HttpContext context)
    {
        Gate own = context.GetEndpoint()?.Metadata.GetMetadata<OwnGate>()?.Of(gates) ?? gates.Requests;
        try
        {
            own.Enter();
        }
        catch (BusyException)
        {
            context.Response.Headers.RetryAfter = "1";
            throw;
        }

        try
        {
            await next(context);
        }
        finally
        {
            own.Leave();
        }
    }
}

internal sealed record OwnGate(Func<Gates, Gate> Of);

internal static class GateExtensions
{
    /// <summary>An endpoint's requests count for themselves, not among all.</summary>
    public static T Within<T>(this T endpoint, Func<Gates, Gate> gate)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new OwnGate(gate));
}

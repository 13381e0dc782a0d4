using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BrainSim.Coordinator.Service;

/// <summary>Lets so many in at once, and nobody wait. Any thread may use it.</summary>
/// <param name="mostBytes">Of the bodies of all who are inside.</param>
internal sealed class Gate(int most, string what, long mostBytes = long.MaxValue)
{
    private int inside;
    private long bytes;

    public int Inside => Volatile.Read(ref inside);

    /// <summary>Whether bodies are counted.</summary>
    public bool CountsBytes => mostBytes < long.MaxValue;

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

    /// <summary>Counts what has come of a body; what is negative is not held any longer.</summary>
    /// <exception cref="BusyException">There is more than may be; it does not count.</exception>
    public void Count(long more)
    {
        if (Interlocked.Add(ref bytes, more) > mostBytes && more > 0)
        {
            Interlocked.Add(ref bytes, -more);
            throw new BusyException($"the {what} that are being answered have more than {mostBytes:N0} bytes, the most at once; try again in a moment.");
        }
    }
}

/// <summary>More come at once than are answered. The message is one sentence for the client.</summary>
internal sealed class BusyException(string message) : Exception(message);

internal sealed class Gates(ServiceLimits limits)
{
    public Gate Requests { get; } = new(limits.MostRequests, "requests");

    public Gate Submissions { get; } = new(limits.MostSubmissions, "submissions", limits.MostSubmissionBytes);

    /// <summary>Which files are missing.</summary>
    public Gate Questions { get; } = new(limits.MostSubmissions, "questions for files", limits.MostSubmissionBytes);

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
            await Within(own, context);
        }
        catch (BusyException) when (!context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = "1";
            throw;
        }
    }

    private async Task Within(Gate own, HttpContext context)
    {
        own.Enter();
        using MeteredBody? body = own.CountsBytes ? new MeteredBody(context.Request.Body, own) : null;
        context.Request.Body = body ?? context.Request.Body;
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

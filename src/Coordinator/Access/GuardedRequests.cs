using System.Net;
using BrainSim.Contracts.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BrainSim.Coordinator.Access;

/// <summary>Lets through what may pass, before anything of a request's body is read, and notes who changed what.</summary>
internal sealed partial class GuardedRequests(RequestDelegate next, Guard guard, ILogger<GuardedRequests> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await LetIn(context);
        }
        catch (AccessException problem)
        {
            Refused(context.Request.Method, context.Request.Path, context.Connection.RemoteIpAddress, problem.Message);
            if (problem.Kind == ProblemKind.NoAccess)
            {
                context.Response.Headers.WWWAuthenticate = "Bearer";
            }

            throw;
        }
    }

    private Task LetIn(HttpContext context)
    {
        Needed needed = Needed.By(context);
        string name = guard.Check(context, needed);
        bool changes = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && !needed.IsNode;
        if (changes && name.Length > 0)
        {
            context.Response.OnCompleted(() =>
            {
                Done(context.Request.Method, context.Request.Path, name, context.Response.StatusCode, context.Response.Headers.Location.ToString());
                return Task.CompletedTask;
            });
        }

        return next(context);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Path} by '{Name}': {Status} {Made}")]
    private partial void Done(string method, string path, string name, int status, string made);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} from {From} is refused: {Why}")]
    private partial void Refused(string method, string path, IPAddress? from, string why);
}

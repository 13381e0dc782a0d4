using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Access;
using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Disk;
using BrainSim.Coordinator.Store;
using BrainSim.Engine.Units;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BrainSim.Coordinator.Service;

/// <summary>The edge of the service: every exception of a request becomes one problem with one sentence.</summary>
internal sealed partial class Problems(RequestDelegate next, ILogger<Problems> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
        }
        catch (Exception problem) when (!context.Response.HasStarted)
        {
            ApiProblem answer = Of(problem);
            if (answer.Status == StatusCodes.Status500InternalServerError)
            {
                OurFault(problem, context.Request.Method, context.Request.Path, context.TraceIdentifier);
                answer = answer with { Detail = $"this is our fault; the coordinator's log has more under {context.TraceIdentifier}." };
            }

            await Write(context, answer);
        }
    }

    public static Task Write(HttpContext context, ApiProblem problem)
    {
        context.Response.StatusCode = problem.Status;
        return context.Response.WriteAsJsonAsync(problem, ApiJson.Default.ApiProblem, ApiProblem.MediaType);
    }

    private static ApiProblem Of(Exception problem) => problem switch
    {
        UserMistakeException mistake => ProblemKind.CannotRun.Of(mistake.Mistakes[0].ToString()) with
        {
            Mistakes = [.. mistake.Mistakes.Select(m => new ApiMistake(m.Place.File, m.Place.Line, m.Place.Column, m.Place.Path, m.Message))],
        },
        MissingBlobsException missing => ProblemKind.FilesMissing.Of(missing.Message) with { Missing = missing.Missing },
        UnknownException unknown => ProblemKind.NotHere.Of(unknown.Message),
        GoneException gone => ProblemKind.Gone.Of(gone.Message),
        NoRoomException full => ProblemKind.NoRoom.Of(full.Message),
        AccessException access => access.Kind.Of(access.Message),
        BusyException busy => ProblemKind.Busy.Of(busy.Message),
        FullException full => ProblemKind.Full.Of($"{full.Message}."),
        TooLargeException large => ProblemKind.TooLarge.Of($"the file {large.Message}."),
        StoreException store => ProblemKind.CannotKeep.Of(store.Message),
        BadHttpRequestException bad => ProblemKind.Unreadable.Of(bad.StatusCode, Sentence(bad.InnerException?.Message ?? bad.Message)),
        ArgumentException argument => ProblemKind.NotUnderstood.Of(argument.Message),
        IOException io => ProblemKind.CannotKeep.Of($"the coordinator's disk: {Sentence(io.Message)}"),
        _ => ProblemKind.OurFault.Of(""),
    };

    private static string Sentence(string message) => message.EndsWith('.') ? message : message + ".";

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed ({Trace})")]
    private partial void OurFault(Exception problem, string method, string path, string trace);
}

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
        UserMistakeException mistake => new("the network cannot be run", StatusCodes.Status422UnprocessableEntity, mistake.Mistakes[0].ToString(),
            Mistakes: [.. mistake.Mistakes.Select(m => new ApiMistake(m.Place.File, m.Place.Line, m.Place.Column, m.Place.Path, m.Message))]),
        MissingBlobsException missing => new("files are missing", StatusCodes.Status409Conflict, missing.Message, Missing: missing.Missing),
        UnknownException unknown => new("not here", StatusCodes.Status404NotFound, unknown.Message),
        GoneException gone => new("not here any more", StatusCodes.Status410Gone, gone.Message),
        NoRoomException full => new("no room", StatusCodes.Status507InsufficientStorage, full.Message),
        AccessException access => new(access.Title, access.Status, access.Message),
        BusyException busy => new("busy", StatusCodes.Status503ServiceUnavailable, busy.Message),
        FullException full => new("full", StatusCodes.Status429TooManyRequests, $"{full.Message}."),
        TooLargeException large => new("too large", StatusCodes.Status413PayloadTooLarge, $"the file {large.Message}."),
        StoreException store => new("cannot be kept now", StatusCodes.Status503ServiceUnavailable, store.Message),
        BadHttpRequestException bad => new("the request cannot be read", bad.StatusCode, Sentence(bad.InnerException?.Message ?? bad.Message)),
        ArgumentException argument => new("the request cannot be understood", StatusCodes.Status400BadRequest, argument.Message),
        IOException io => new("cannot be kept now", StatusCodes.Status503ServiceUnavailable, $"the coordinator's disk: {Sentence(io.Message)}"),
        _ => new("our fault", StatusCodes.Status500InternalServerError, ""),
    };

    private static string Sentence(string message) => message.EndsWith('.') ? message : message + ".";

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed ({Trace})")]
    private partial void OurFault(Exception problem, string method, string path, string trace);
}

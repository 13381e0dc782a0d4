using System.Runtime.CompilerServices;
using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace BrainSim.Coordinator.Service;

/// <summary>What people and their programs ask of the coordinator, under <c>/api/v1</c>.</summary>
internal static class RunEndpoints
{
    /// <summary>Between two events of one stream, so that who follows a run hears of it at the pace of reading.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    public static void MapRuns(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder api = app.MapGroup("/api/v1");
        api.MapPost("/runs", Submit).WithName("submit").Produces<SubmitAnswer>(StatusCodes.Status202Accepted).Refuses(409, 422, 503);
        api.MapGet("/runs", (Board board) => board.Now.Runs.Values.ToArray()).WithName("runs");
        api.MapGet("/runs/{run:long}", (long run, Board board) => Find(board.Now, run)).WithName("show").Refuses(404);
        api.MapPost("/runs/{run:long}/cancel", Cancel).WithName("cancel").Produces<RunView>().Refuses(404, 503);
        api.MapGet("/runs/{run:long}/events", Follow).WithName("follow").Refuses(404);
        api.MapGet("/runs/{run:long}/logs", Logs).WithName("logs").Refuses(404);
        api.MapGet("/runs/{run:long}/results", Results).WithName("results").Refuses(404);
        api.MapGet("/runs/{run:long}/results/{name}", Result).WithName("result").Refuses(404);
        api.MapGet("/nodes", (Board board) => board.Now.Nodes.ToArray()).WithName("nodes");
    }

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (int status in statuses)
        {
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ApiProblem), [ApiProblem.MediaType]));
        }

        return endpoint;
    }

    /// <summary>Answered when the submission is on the disk, and not before.</summary>
    private static async Task<Accepted<SubmitAnswer>> Submit(SubmitRequest request, SubmissionCheck check, CoordinatorLoop loop, CancellationToken cancellation)
    {
        Submission submission = await check.Accept(request, cancellation);
        SubmitAnswer answer = await loop.Submit(submission);
        return TypedResults.Accepted($"/api/v1/runs/{answer.Run}", answer);
    }

    private static async Task<RunView> Cancel(long run, CoordinatorLoop loop, Board board)
    {
        Find(board.Now, run);
        await loop.Cancel(run);
        return Find(board.Now, run);
    }

    /// <summary>Ends with the coordinator too, which would otherwise wait for its readers.</summary>
    private static ServerSentEventsResult<RunView> Follow(long run, Board board, IHostApplicationLifetime lifetime, CancellationToken cancellation)
    {
        Find(board.Now, run);
        return TypedResults.ServerSentEvents(Changes(run, board, lifetime.ApplicationStopping, cancellation), "run");
    }

    /// <summary>A run as it is now and whenever it has changed, until it has ended.</summary>
    private static async IAsyncEnumerable<RunView> Changes(long run, Board board, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellation);
        Task ended = Task.Delay(Timeout.InfiniteTimeSpan, over.Token);
        RunView? last = null;
        while (last is not { HasEnded: true } && !over.IsCancellationRequested)
        {
            (Snapshot seen, Task changed) = board.Look();
            RunView now = Find(seen, run);
            if (now != last)
            {
                yield return last = now;
                await Task.WhenAny(Task.Delay(Pace, CancellationToken.None), ended);
            }
            else
            {
                await Task.WhenAny(changed, ended);
            }
        }
    }

    private static LogLine[] Logs(long run, Board board, DataFolder data)
    {
        Find(board.Now, run);
        return Story.Of(data.Journal.History(run));
    }

    private static async Task<ResultFile[]> Results(long run, Board board, ResultFiles results, CancellationToken cancellation) =>
        await results.Of(Finished(board.Now, run), cancellation);

    private static async Task<FileStreamHttpResult> Result(long run, string name, Board board, ResultFiles results, CancellationToken cancellation)
    {
        ResultFile[] all = await results.Of(Finished(board.Now, run), cancellation);
        ResultFile file = all.FirstOrDefault(file => file.Name == name)
            ?? throw new UnknownException($"run {run} has no result of that name; it has {string.Join(", ", all.Select(f => f.Name))}.");
        return TypedResults.File(results.Open(file), "application/octet-stream");
    }

    private static RunView Find(Snapshot seen, long run) => seen.Runs.GetValueOrDefault(run)
        ?? throw new UnknownException($"there is no run {run}{(seen.Runs.IsEmpty ? "; none has been submitted" : $"; the last is {seen.Runs.Keys.Last()}")}.");

    /// <summary>Of a sweep that was cancelled, the points that had ended are there.</summary>
    private static RunView Finished(Snapshot seen, long run) => Find(seen, run) is { State: RunState.Done } or { HasEnded: true, Sweep: not null }
        ? Find(seen, run)
        : throw new UnknownException($"run {run} has no results: it is {Find(seen, run).State}.");
}

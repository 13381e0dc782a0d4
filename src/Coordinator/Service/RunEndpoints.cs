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
    /// <summary>After which who asks for the results of a large run is told that they are not there yet.</summary>
    private static readonly TimeSpan PatienceForResults = TimeSpan.FromSeconds(20);

    public static void MapRuns(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder api = app.MapGroup("/api/v1");
        api.MapPost("/runs", Submit).WithName("submit").Produces<SubmitAnswer>(StatusCodes.Status202Accepted).Refuses(409, 422, 429, 503, 507).Within(gates => gates.Submissions);
        api.MapGet("/runs", (Board board) => board.Now.Runs.Values.ToArray()).WithName("runs");
        api.MapGet("/runs/{run:long}", (long run, Board board) => Find(board.Now, run)).WithName("show").Refuses(404);
        api.MapPost("/runs/{run:long}/cancel", Cancel).WithName("cancel").Produces<RunView>().Refuses(404, 503);
        api.MapGet("/runs/{run:long}/events", Follow).WithName("follow").Produces<RunView>(StatusCodes.Status200OK, RunStream.MediaType).Refuses(404, 503).Within(gates => gates.Followers);
        api.MapGet("/runs/{run:long}/logs", Logs).WithName("logs").Refuses(404);
        api.MapGet("/runs/{run:long}/results", Results).WithName("results").Refuses(404, 410);
        api.MapGet("/runs/{run:long}/results/{name}", Result).WithName("result").Refuses(404, 410);
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
    private static async Task<Accepted<SubmitAnswer>> Submit(SubmitRequest request, Submissions submissions, CancellationToken cancellation)
    {
        SubmitAnswer answer = await submissions.Take(request, cancellation);
        return TypedResults.Accepted($"/api/v1/runs/{answer.Run}", answer);
    }

    private static async Task<RunView> Cancel(long run, CoordinatorLoop loop, Board board)
    {
        Find(board.Now, run);
        await loop.Cancel(run);
        return Find(board.Now, run);
    }

    /// <summary>Ends with the coordinator too, which would otherwise wait for its readers.</summary>
    private static RunStream Follow(long run, Board board, IHostApplicationLifetime lifetime, TimeProvider clock)
    {
        Find(board.Now, run);
        return new RunStream(board, run, clock, lifetime.ApplicationStopping);
    }

    private static LogLine[] Logs(long run, Board board, DataFolder data)
    {
        Find(board.Now, run);
        return Story.Of(data.Journal.History(run));
    }

    /// <summary>Putting results together may take longer than a connection may be silent: who asks is told to ask again, and the work goes on.</summary>
    private static async Task<Results<Ok<ResultFile[]>, Accepted>> Results(long run, Board board, ResultFiles results, TimeProvider clock, CancellationToken cancellation)
    {
        try
        {
            return TypedResults.Ok(await results.Of(Finished(board.Now, run).Run, cancellation).WaitAsync(PatienceForResults, clock, cancellation));
        }
        catch (TimeoutException)
        {
            return TypedResults.Accepted($"/api/v1/runs/{run}/results");
        }
    }

    private static async Task<FileStreamHttpResult> Result(long run, string name, Board board, ResultFiles results, CancellationToken cancellation)
    {
        ResultFile[] all = await results.Of(Finished(board.Now, run).Run, cancellation);
        ResultFile file = all.FirstOrDefault(file => file.Name == name)
            ?? throw new UnknownException($"run {run} has no result of that name; it has {string.Join(", ", all.Select(f => f.Name))}.");
        return TypedResults.File(results.Open(file), "application/octet-stream");
    }

    public static RunView Find(Snapshot seen, long run) => seen.Runs.GetValueOrDefault(run)
        ?? throw new UnknownException($"there is no run {run}{(seen.Runs.IsEmpty ? "; none has been submitted" : $"; the last is {seen.Runs.Keys.Last()}")}.");

    /// <summary>Of a sweep that was cancelled, the points that had ended are there.</summary>
    private static RunView Finished(Snapshot seen, long run) => Find(seen, run) switch
    {
        { ResultsRemoved: not null } removed => throw new GoneException($"run {run} is {removed.State}, but {removed.Reason}."),
        { PointOf: { } sweep } => throw new UnknownException($"run {run} is a point of sweep {sweep}: see the results of that."),
        { State: RunState.Done } or { HasEnded: true, Sweep: not null } => Find(seen, run),
        { State: var state } => throw new UnknownException($"run {run} has no results: it is {state}."),
    };
}

using System.Text.Json;
using BrainSim.Contracts.Api;
using Microsoft.AspNetCore.Http;

namespace BrainSim.Coordinator.Service;

/// <summary>
/// A run as it is now and whenever it has changed, until it has ended, as server-sent events of the type <c>run</c>. Where there is nothing to tell, a comment says that the
/// line is alive.
/// </summary>
internal sealed class RunStream(Board board, long run, TimeProvider clock, CancellationToken stopping) : IResult
{
    public const string MediaType = "text/event-stream";

    /// <summary>Between two events, so that who follows a run hears of it at the pace of reading.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    /// <summary>After which a comment is sent; who follows gives up a line that is silent for some times as long.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-cache,no-store";
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stopping, httpContext.RequestAborted);
        try
        {
            await Tell(response, over.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The coordinator ends, and with it what it tells; who follows asks again.
        }
    }

    private async Task Tell(HttpResponse response, CancellationToken over)
    {
        RunView? last = null;
        long told = clock.GetTimestamp();
        while (last is not { HasEnded: true })
        {
            over.ThrowIfCancellationRequested();
            (Snapshot seen, Task changed) = board.Look();
            RunView now = seen.Runs[run];
            TimeSpan quiet = clock.GetElapsedTime(told);
            if (now == last && quiet < Quiet)
            {
                await changed.WaitAsync(Quiet - quiet, clock, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            await Write(response, now == last ? ": alive\n\n" : $"event: run\ndata: {JsonSerializer.Serialize(now, ApiJson.Default.RunView)}\n\n", over);
            (last, told) = (now, clock.GetTimestamp());
            await Task.Delay(Pace, clock, over);
        }
    }

    private static async Task Write(HttpResponse response, string text, CancellationToken over)
    {
        await response.WriteAsync(text, over);
        await response.Body.FlushAsync(over);
    }
}

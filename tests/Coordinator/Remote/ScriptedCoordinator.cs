using System.Collections.Concurrent;
using BrainSim.Contracts.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BrainSim.Tests.Coordinator.Remote;

/// <summary>What answers at a coordinator's address, and does what a test wants: breaks off, says that it has no room, keeps silent.</summary>
internal sealed class ScriptedCoordinator : IAsyncDisposable
{
    private readonly WebApplication app;

    private ScriptedCoordinator(WebApplication app) => this.app = app;

    public string Address => app.Urls.First();

    /// <summary>Method and path of what was asked, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public static async Task<ScriptedCoordinator> Start(Func<HttpContext, int, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        ScriptedCoordinator coordinator = new(app);
        app.Run(context =>
        {
            string what = $"{context.Request.Method} {context.Request.Path}";
            coordinator.Asked.Enqueue(what);
            return answer(context, coordinator.Asked.Count(asked => asked == what));
        });
        await app.StartAsync();
        return coordinator;
    }

    public static Task Problem(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new ApiProblem("trouble", status, detail), ApiJson.Default.ApiProblem, ApiProblem.MediaType);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

using System.Net;
using BrainSim.Contracts;
using BrainSim.Engine.Units;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BrainSim.Node.Hosting;

/// <summary>Two pages for whoever watches a process: whether it lives, and whether it can be given work. 200, or 503 with one sentence that says why not.</summary>
public static class HealthPages
{
    /// <param name="dead">Why the process should be ended and started again; null while it need not.</param>
    /// <param name="unready">Why it should get no work now; null while it should.</param>
    public static RouteGroupBuilder MapHealth(this IEndpointRouteBuilder app, Func<string?> dead, Func<string?> unready)
    {
        RouteGroupBuilder pages = app.MapGroup("").ExcludeFromDescription();
        pages.MapGet(Addresses.Alive, () => Page(dead()));
        pages.MapGet(Addresses.Ready, () => Page(unready()));
        return pages;
    }

    /// <summary>The pages on an address of their own; they end with the application.</summary>
    /// <exception cref="UserMistakeException">The address cannot be listened to.</exception>
    public static async Task<WebApplication> Serve(IPEndPoint listen, Func<string?> dead, Func<string?> unready, Action<ILoggingBuilder> logging)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        logging(builder.Logging.ClearProviders());
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(listen));
        WebApplication app = builder.Build();
        app.MapHealth(dead, unready);
        try
        {
            await app.StartAsync();
            return app;
        }
        catch (IOException problem)
        {
            await app.DisposeAsync();
            throw new UserMistakeException(new Place("--health", 0, 0, listen.ToString()), $"cannot be listened to: {problem.Message.TrimEnd('.')}; name another address or port.");
        }
    }

    /// <summary>Where they are, with the port that was chosen where 0 was asked for.</summary>
    public static Uri AddressOf(WebApplication pages) => new(pages.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private static IResult Page(string? problem) => problem is null ? Results.Text("ok\n") : Results.Text($"{problem}\n", statusCode: StatusCodes.Status503ServiceUnavailable);
}

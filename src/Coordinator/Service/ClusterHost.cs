using System.Net.Sockets;
using System.Text.Json;
using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Access;
using BrainSim.Coordinator.Disk;
using BrainSim.Coordinator.Operations;
using BrainSim.Coordinator.Store;
using BrainSim.Engine.Units;
using BrainSim.Node.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BrainSim.Coordinator.Service;

/// <summary>The coordinator as a process: the one place where its parts are put together.</summary>
public sealed partial class ClusterHost : IAsyncDisposable
{
    /// <summary>Of a node's message, which JSON carries in base 64.</summary>
    private const long MostHubBytes = Messages.MostBytes / 3 * 4L + 1024;

    /// <summary>For requests that are under way when the coordinator ends: what a node or a client was sending, it sends again. Nothing else is taken meanwhile.</summary>
    private static readonly TimeSpan PatienceToEnd = TimeSpan.FromSeconds(2);

    private readonly WebApplication app;
    private readonly DataFolder data;
    private readonly Telemetry telemetry;

    private ClusterHost(WebApplication app, DataFolder data, Telemetry telemetry) => (this.app, this.data, this.telemetry) = (app, data, telemetry);

    /// <summary>Where it listens, with the port that was chosen where 0 was asked for.</summary>
    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <param name="listen">Such as <c>http://127.0.0.1:7411</c>.</param>
    /// <param name="folder">Where everything is kept.</param>
    /// <param name="security">Null where whoever reaches the coordinator may use it.</param>
    /// <param name="limits">Null for the usual ones.</param>
    /// <param name="disk">What may be kept, and for how long; null for all and for ever.</param>
    /// <exception cref="UserMistakeException">The address or the folder cannot be used.</exception>
    public static async Task<ClusterHost> Start(
        string listen, string folder, TimeProvider clock, Action<ILoggingBuilder> logging, CoordinatorSecurity? security = null, ServiceLimits? limits = null, DiskPolicy? disk = null)
    {
        security ??= CoordinatorSecurity.None;
        limits ??= new ServiceLimits();
        security.Check(CheckAddress(listen));
        DataFolder data = DataFolder.Open(folder, clock);
        WebApplication app = Build(listen, data, clock, logging, security, limits, disk ?? DiskPolicy.Unlimited);
        ClusterHost host = new(app, data, new Telemetry(Telemetry.Coordinator, app.Services.GetRequiredService<Instruments>().All));
        try
        {
            app.Services.GetRequiredService<CoordinatorLoop>().Start();
            await app.Services.GetRequiredService<Housekeeping>().MeasureFirst();
            await app.StartAsync();
            return host;
        }
        catch (UserMistakeException)
        {
            await host.DisposeAsync();
            throw;
        }
        catch (Exception problem) when (problem is IOException or SocketException)
        {
            await host.DisposeAsync();
            string why = problem.InnerException is AddressInUseException ? "another process listens there" : problem.Message.TrimEnd('.');
            throw new UserMistakeException(new Place("--listen", 0, 0, listen), $"cannot be listened to: {why}; name another address or port.");
        }
    }

    /// <summary>Until SIGTERM, Ctrl-C or <see cref="DisposeAsync"/>.</summary>
    public Task Ended() => app.WaitForShutdownAsync();

    /// <summary>All that can be asked.</summary>
    internal IReadOnlyList<Endpoint> Endpoints => app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    /// <summary>Measures and cleans the disk now, and not when it is its turn.</summary>
    internal Task LookAfterDisk() => app.Services.GetRequiredService<Housekeeping>().Round(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await app.Services.GetRequiredService<Housekeeping>().StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        telemetry.Dispose();
        data.Dispose();
    }

    private static Uri CheckAddress(string listen) =>
        Uri.TryCreate(listen, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address.AbsolutePath == "/"
            ? address
            : throw new UserMistakeException(new Place("--listen", 0, 0, ""), $"'{listen}' is no address to listen to; write http://HOST:PORT.");

    private static WebApplication Build(
        string listen, DataFolder data, TimeProvider clock, Action<ILoggingBuilder> logging, CoordinatorSecurity security, ServiceLimits limits, DiskPolicy disk)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(ClusterHost).Assembly.GetName().Name });
        builder.WebHost.UseUrls(listen);
        builder.WebHost.ConfigureKestrel(kestrel => Listener.Configure(kestrel, security, limits));
        logging(builder.Logging.ClearProviders());
        builder.Services.AddSingleton(data).AddSingleton(clock).AddSingleton(data.Blobs).AddSingleton<Board>().AddSingleton<CoordinatorLoop>();
        builder.Services.AddSingleton<ReadingTurns>().AddSingleton<SubmissionCheck>().AddSingleton<Submissions>().AddSingleton<ResultFiles>().AddOperators(disk);
        builder.Services.AddSingleton(security).AddSingleton<Guard>().AddSingleton(limits).AddSingleton<Gates>();
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = PatienceToEnd);
        builder.Services.ConfigureHttpJsonOptions(json => Follow(ApiJson.Default.Options, json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddSignalR(hub =>
        {
            hub.MaximumReceiveMessageSize = MostHubBytes;
            hub.KeepAliveInterval = ControlLine.Heartbeat;
            hub.ClientTimeoutInterval = ControlLine.Silence;
        });
        builder.Services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "BrainSim coordinator", Version = "v1", Description = "Submits, follows and ends runs. Errors are application/problem+json with one clear sentence." };
            return Task.CompletedTask;
        }));
        WebApplication app = builder.Build();
        app.UseMiddleware<Problems>();
        app.UseStatusCodePages(context => Problems.Write(context.HttpContext, Unknown(context.HttpContext)));
        app.UseMiddleware<GuardedRequests>();
        app.UseMiddleware<GatedRequests>();
        app.UseWebSockets();
        app.MapRuns();
        app.MapBlobs();
        app.MapParts();
        app.MapOperators();
        app.MapHub<NodeHub>("/" + Addresses.Control).Needs(Role.Node).Within(gates => gates.Nodes);
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapHealth(() => Dead(app.Services), () => Unready(app.Services)).Needs().Within(gates => gates.Probes);
        security.Broken = problem => Broken(app.Logger, problem);
        return app;
    }

    private static string? Dead(IServiceProvider parts) =>
        parts.GetRequiredService<CoordinatorLoop>().Lives ? null : $"the coordinator's thread has not turned for {Pulse.Patience.TotalSeconds:0} s";

    /// <summary>Nothing is answered before the journal is read.</summary>
    private static string? Unready(IServiceProvider parts) =>
        parts.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested ? "the coordinator is ending" : Dead(parts);

    private static void Follow(JsonSerializerOptions ours, JsonSerializerOptions theirs)
    {
        theirs.TypeInfoResolverChain.Insert(0, ApiJson.Default);
        theirs.PropertyNamingPolicy = ours.PropertyNamingPolicy;
        theirs.RespectNullableAnnotations = ours.RespectNullableAnnotations;
        theirs.RespectRequiredConstructorParameters = ours.RespectRequiredConstructorParameters;
    }

    /// <summary>What ASP.NET Core itself refuses.</summary>
    private static ApiProblem Unknown(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => ProblemKind.NotHere.Of($"there is nothing at {context.Request.Path}; see /openapi/v1.json."),
        StatusCodes.Status405MethodNotAllowed => ProblemKind.NotSo.Of(405, $"{context.Request.Method} cannot be done with {context.Request.Path}; see /openapi/v1.json."),
        StatusCodes.Status415UnsupportedMediaType => ProblemKind.NotSo.Of(415, "the body must be application/json."),
        int status => ProblemKind.Refused.Of(status, $"{context.Request.Method} {context.Request.Path} was answered with {status}."),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Problem}")]
    private static partial void Broken(ILogger log, string problem);
}

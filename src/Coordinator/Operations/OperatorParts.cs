using BrainSim.Coordinator.Access;
using BrainSim.Coordinator.Disk;
using BrainSim.Coordinator.Service;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BrainSim.Coordinator.Operations;

/// <summary>What operators see of a coordinator, put together.</summary>
internal static class OperatorParts
{
    public static IServiceCollection AddOperators(this IServiceCollection services, DiskPolicy policy) => services
        .AddSingleton(policy).AddSingleton<Totals>().AddSingleton<RunTraces>().AddSingleton<RunBundle>()
        .AddSingleton<Housekeeping>().AddHostedService(parts => parts.GetRequiredService<Housekeeping>()).AddSingleton(InstrumentsOf);

    /// <summary>The numbers for Prometheus; what belongs to one run is under <c>/api/v1</c>.</summary>
    public static void MapOperators(this IEndpointRouteBuilder app)
    {
        app.MapGet("/metrics", (Instruments instruments) => Results.Text(PrometheusText.Write(instruments.All), PrometheusText.MediaType)).ExcludeFromDescription();
        app.MapGet("/api/v1/runs/{run:long}/bundle", Bundle).WithName("bundle").Refuses(404);
    }

    private static async Task<IResult> Bundle(long run, Board board, RunBundle bundle, CancellationToken cancellation) =>
        Results.Stream(await bundle.Of(RunEndpoints.Find(board.Now, run), cancellation), "application/zip");

    private static Instruments InstrumentsOf(IServiceProvider parts)
    {
        Housekeeping disk = parts.GetRequiredService<Housekeeping>();
        CoordinatorLoop loop = parts.GetRequiredService<CoordinatorLoop>();
        return new Instruments(
            parts.GetRequiredService<Board>(), parts.GetRequiredService<Totals>(), parts.GetRequiredService<TimeProvider>(), () => (disk.Use, disk.Policy), () => loop.Waiting,
            () => parts.GetRequiredService<CoordinatorSecurity>().Complaints.Count());
    }
}

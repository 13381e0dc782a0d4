using System.Net;
using BrainSim.Coordinator.Service;
using BrainSim.Node.Hosting;
using BrainSim.Tests.Engine.Documents;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>What a coordinator tells whoever watches it.</summary>
public sealed class CoordinatorHealthTests : IDisposable
{
    private const string Anywhere = "http://127.0.0.1:0";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task ACoordinatorThatEndsIsNotReady()
    {
        Lifetime lifetime = new();
        await using ClusterHost host = await Start(TimeProvider.System, logging => logging.Services.AddSingleton<IHostedService>(parts => lifetime.Of(parts)));
        using HealthProbe probe = new(host.Address);
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await probe.Ready());
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the coordinator is ending\n"), lifetime.End(probe));
    }

    [Fact]
    public async Task ACoordinatorWhoseThreadStandsStillIsDeadUntilItTurnsAgain()
    {
        using HoldingClock clock = new("coordinator");
        await using ClusterHost host = await Start(clock, _ => { });
        using HealthProbe probe = new(host.Address);
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await probe.Alive());
        clock.Hold();
        await HealthProbe.Until(Later, HttpStatusCode.ServiceUnavailable, "the coordinator's thread has not turned for 30 s");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await probe.Ready()).Status);
        clock.Release();
        await HealthProbe.Until(probe.Ready, HttpStatusCode.OK, "ok");

        Task<(HttpStatusCode, string)> Later()
        {
            clock.Advance(Pulse.Patience);
            return probe.Alive();
        }
    }

    private Task<ClusterHost> Start(TimeProvider clock, Action<ILoggingBuilder> logging) => ClusterHost.Start(Anywhere, folder.At("data"), clock, logging);

    /// <summary>Ends the application, and asks it while it does.</summary>
    private sealed class Lifetime : IHostedService
    {
        private IHostApplicationLifetime? current;

        public Lifetime Of(IServiceProvider parts)
        {
            current = parts.GetRequiredService<IHostApplicationLifetime>();
            return this;
        }

        /// <returns>What it answers while it ends.</returns>
        public (HttpStatusCode, string) End(HealthProbe probe)
        {
            (HttpStatusCode, string) answer = default;
            using CancellationTokenRegistration asking = current!.ApplicationStopping.Register(() => answer = probe.Ready().GetAwaiter().GetResult());
            current.StopApplication();
            return answer;
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

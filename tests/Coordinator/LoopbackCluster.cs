using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using Xunit;

namespace BrainSim.Tests.Coordinator;

/// <summary>A coordinator and nodes as real processes on this machine, with their health told, which end with this.</summary>
internal sealed class LoopbackCluster : IDisposable
{
    private readonly List<Brainsim.Started> started = [];

    public LoopbackCluster() => Brainsim.Environment["BRAINSIM_COORDINATOR"] = Address;

    public Brainsim Brainsim { get; } = new();

    public string Address { get; } = $"http://127.0.0.1:{FreePort()}";

    public void Dispose()
    {
        started.ForEach(process => process.KillAfter(TimeSpan.Zero));
        Brainsim.Dispose();
    }

    /// <summary>Returns when it is ready.</summary>
    public async Task<Brainsim.Started> StartCoordinator()
    {
        Brainsim.Started process = Start("coordinator", "--listen", Address, "--data", "data");
        using HealthProbe probe = new(new Uri(Address));
        await probe.UntilReady();
        return process;
    }

    /// <summary>Returns when it is ready.</summary>
    public async Task<Brainsim.Started> StartNode(int slots)
    {
        int port = FreePort();
        Brainsim.Started process = Start("node", "--slots", slots.ToString(CultureInfo.InvariantCulture), "--health", $"127.0.0.1:{port}");
        using HealthProbe probe = new(new Uri($"http://127.0.0.1:{port}"));
        await probe.UntilReady();
        return process;
    }

    /// <summary>SIGTERM; it ends in good order.</summary>
    public void Stop(Brainsim.Started process)
    {
        process.Signal("TERM");
        started.Remove(process);
        Brainsim.Ended ended = process.End();
        Assert.True(ended.Code == 0, $"exit code {ended.Code}\n{ended.Error}");
    }

    public CoordinatorClient Client() => new(Address, null);

    /// <summary>Of a run that <c>run</c> left in a folder.</summary>
    public string HashOf(string folder) =>
        JsonDocument.Parse(File.ReadAllText(Brainsim.At($"{folder}/run.json"))).RootElement.GetProperty("state_hash").GetString()!;

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Brainsim.Started Start(params string[] arguments)
    {
        Brainsim.Started process = Brainsim.Start(arguments);
        started.Add(process);
        return process;
    }
}

using System.Net;
using System.Net.Sockets;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using Xunit;

namespace BrainSim.Tests.Coordinator;

/// <summary>Coordinator and nodes as real processes on this machine, that may be killed.</summary>
internal sealed class ProcessCluster : IDisposable
{
    private readonly Brainsim brainsim;
    private readonly List<Brainsim.Started> started = [];
    private readonly string address = $"http://127.0.0.1:{FreePort()}";

    /// <param name="brainsim">Starts them; its commands find the coordinator.</param>
    public ProcessCluster(Brainsim brainsim)
    {
        this.brainsim = brainsim;
        brainsim.Environment["BRAINSIM_COORDINATOR"] = address;
    }

    public void Dispose() => started.ForEach(Kill);

    public Brainsim.Started StartCoordinator() => Start("coordinator", "--listen", address, "--data", "data");

    public Brainsim.Started StartNode() => Start("node", "--slots", "1");

    /// <summary>Waits for a process that was asked to end.</summary>
    public Brainsim.Ended End(Brainsim.Started process)
    {
        started.Remove(process);
        return process.End();
    }

    public static void Kill(Brainsim.Started process) => process.KillAfter(TimeSpan.Zero);

    /// <summary>A client, when the coordinator listens.</summary>
    public async Task<CoordinatorClient> Reach()
    {
        CoordinatorClient client = new(address, null);
        using CancellationTokenSource late = new(Brainsim.Patience);
        while (true)
        {
            try
            {
                await client.Runs();
                return client;
            }
            catch (UnreachableException)
            {
                late.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    /// <summary>Follows a run until something holds of it.</summary>
    public static async Task<RunView> Until(CoordinatorClient client, long run, Predicate<RunView> holds)
    {
        TaskCompletionSource<RunView> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<RunView> followed = client.Follow(run, seen =>
        {
            if (holds(seen))
            {
                found.TrySetResult(seen);
            }
        });
        await Task.WhenAny(found.Task, followed).WaitAsync(Brainsim.Patience, TestContext.Current.CancellationToken);
        return found.Task.IsCompleted ? await found.Task : await followed;
    }

    private Brainsim.Started Start(params string[] arguments)
    {
        Brainsim.Started process = brainsim.Start(arguments);
        started.Add(process);
        return process;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

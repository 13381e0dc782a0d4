using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Node;
using BrainSim.Tests.Engine;
using BrainSim.Tests.Invariance;
using Xunit;

namespace BrainSim.Tests.Node;

public sealed class ProcessorsTests
{
    [Fact]
    public void A_bound_thread_stays_on_one_processor()
    {
        Assert.SkipUnless(Processors.CanPin, "threads can be bound on Linux only");
        HashSet<int> seen = [];
        bool bound = false;
        Thread thread = new(() =>
        {
            bound = Processors.Pin(1);
            for (int look = 0; look < 1000; look++)
            {
                seen.Add(Thread.GetCurrentProcessorId());
                Thread.Yield();
            }
        });
        thread.Start();
        thread.Join();
        Assert.True(bound);
        Assert.Single(seen);
    }

    [Fact]
    public void Bound_threads_compute_the_same()
    {
        Assert.SkipUnless(Processors.CanPin, "threads can be bound on Linux only");
        NetworkSpec network = Runs.Read(InvariantNetworks.Text("coba", "float64"));
        CompiledNetwork compiled = CompiledNetwork.Of(network);
        using SerialRun serial = new SerialRun(compiled).Run();
        using LocalHost host = new(compiled, 3, 2, pinned: true);
        host.Run(_ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(serial.StateHash, host.StateHash);
    }
}

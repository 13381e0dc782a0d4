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
    public void A_bound_thread_stays_on_the_processor_of_its_index()
    {
        Assert.SkipUnless(Processors.CanPin, "threads can be bound on Linux only");
        Assert.SkipWhen(Environment.ProcessorCount < 2, "this process may use one processor only");
        Assert.NotEqual(ProcessorOf(0), ProcessorOf(1));
        Assert.Equal(ProcessorOf(0), ProcessorOf(0));
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

    /// <summary>The only processor that a thread is ever seen on once it is bound.</summary>
    private static int ProcessorOf(int index)
    {
        HashSet<int> seen = [];
        bool bound = false;
        Thread thread = new(() =>
        {
            bound = Processors.Pin(index);
            for (int look = 0; look < 1000; look++)
            {
                seen.Add(Thread.GetCurrentProcessorId());
                Thread.Yield();
            }
        });
        thread.Start();
        thread.Join();
        Assert.True(bound);
        return Assert.Single(seen);
    }
}

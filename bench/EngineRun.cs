using System.Diagnostics;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Node;

namespace BrainSim.Bench;

/// <summary>One case through the engine, from text to the last step.</summary>
public static class EngineRun
{
    /// <summary>Prints a line and returns the seconds of stepping.</summary>
    public static double Once(Case one, Options options)
    {
        Stopwatch watch = Stopwatch.StartNew();
        NetworkSpec network = one.Read(options.Scale, options.Float32 ? ["precision=float32"] : []);
        CompiledNetwork compiled = CompiledNetwork.Of(network);
        compiled.CompileAll();
        double compile = watch.Elapsed.TotalSeconds;
        using LocalHost host = new(compiled, options.Threads, options.Threads);
        host.Run(_ => { }, CancellationToken.None);
        double neuronSteps = network.Populations.Sum(p => (long)p.Size) * (double)network.Steps;
        long events = host.Shards.Sum(s => s.State.Arrivals.Sum(a => a.Events));
        Lines.Print(new
        {
            @case = one.Name, scale = options.Scale, threads = options.Threads, precision = network.Precision.ToString(),
            compile_s = Math.Round(compile, 3), build_s = Math.Round(host.BuildSeconds, 3), run_s = Math.Round(host.RunSeconds, 4),
            spikes = host.Recordings.SpikeCounts.Sum(), synapses = host.Shards.Sum(s => s.State.Arrivals.Sum(a => a.Synapses)), events, ns_per_neuron_step = Math.Round(host.RunSeconds / neuronSteps * 1e9, 3),
            ns_per_event = events > 0 ? Math.Round(host.RunSeconds / events * 1e9, 2) : (double?)null,
            us_per_window = Math.Round(host.RunSeconds / Math.Ceiling(network.Steps / (double)host.WindowSteps) * 1e6, 3),
            wait_s = host.WaitSeconds.Select(s => Math.Round(s, 4)),
            peak_mb = Lines.PeakMegabytes(), state_hash = host.StateHash[..16],
        });
        return host.RunSeconds;
    }
}

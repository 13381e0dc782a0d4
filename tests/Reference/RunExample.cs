using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Tests.Architecture;

namespace BrainSim.Tests.Reference;

/// <summary>An example that has run to its end.</summary>
internal sealed class RunExample : IDisposable
{
    private readonly NetworkSpec network;
    private readonly SerialRun run;

    public RunExample(string name, params string[] settings)
    {
        network = NetworkReader.Read(Repository.Absolute($"examples/{name}.yaml"), settings);
        run = new SerialRun(CompiledNetwork.Of(network)).Run();
    }

    /// <summary>Spike times of every neuron of a population, ms.</summary>
    public double[][] Trains(string monitor)
    {
        int size = network.Populations[network.Monitors.Single(m => m.Name == monitor).Population].Size;
        (int[] steps, int[] ids) = run.Recordings.Spikes(monitor);
        ILookup<int, double> times = Enumerable.Range(0, steps.Length).ToLookup(s => ids[s], s => run.Recordings.SpikeTime(steps[s]));
        return [.. Enumerable.Range(0, size).Select(id => times[id].ToArray())];
    }

    /// <summary>Mean rate of a population over a time, Hz.</summary>
    public double Rate(string monitor, double from, double to)
    {
        double[][] trains = Trains(monitor);
        return trains.Sum(train => train.Count(t => t > from && t <= to)) / (double)trains.Length / (to - from) * 1000;
    }

    /// <summary>Rows of a variable by time, ms.</summary>
    public (double Time, double[] Row)[] Rows(string monitor, string variable)
    {
        (double[] times, double[] rows, int width) = run.Recordings.Variable(monitor, variable);
        return [.. times.Select((time, row) => (time, rows[(row * width)..((row + 1) * width)]))];
    }

    public double Measure(string name) => Measures.Of(network, run.Recordings, network.Steps).Single(m => m.Measure.Name == name).Number!.Value;

    public void Dispose() => run.Dispose();

    /// <summary>Intervals between a neuron's spikes, ms.</summary>
    public static double[] Intervals(double[] train) => [.. train.Zip(train.Skip(1), (a, b) => b - a)];
}

using BrainSim.Engine.Kernels.Cpu;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Engine;

/// <summary>Networks from text, run in this process.</summary>
internal static class Runs
{
    public static TheoryData<string> Precisions => ["float64", "float32"];

    /// <summary>Every back end by name: the interpreter, then the vector code of each width of this processor.</summary>
    public static IEnumerable<(string Name, BackEnd BackEnd, int? Bits)> BackEnds =>
        VectorWidth.Supported.Select(bits => ($"cpu {bits}", BackEnd.Cpu, (int?)bits)).Prepend(("reference", BackEnd.Reference, null));

    public static TheoryData<string> BackEndNames => [.. BackEnds.Select(b => b.Name)];

    public static NetworkSpec Read(string text) => NetworkReader.ReadText("test.yaml", text, Path.GetTempPath(), []);

    public static CompiledNetwork Compile(string text, string backEnd) =>
        BackEnds.Where(b => b.Name == backEnd).Select(b => CompiledNetwork.Of(Read(text), b.BackEnd, b.Bits)).First();

    public static CompiledNetwork Compile(string text, int? bits = null) => CompiledNetwork.Of(Read(text), BackEnd.Cpu, bits);

    /// <summary>A run that has ended.</summary>
    public static SerialRun Ended(string text, string backEnd, int shards = 1) => new SerialRun(Compile(text, backEnd), shards).Run();

    /// <summary>Goes on where another run took a checkpoint, with what that one had recorded. The other must have no use for it any more.</summary>
    public static SerialRun From(CompiledNetwork compiled, int shards, SerialRun first, Checkpoint checkpoint)
    {
        SerialRun second = new(compiled, shards, first.Recording);
        second.Restore(checkpoint);
        return second;
    }

    /// <summary>A column of a population's program, neuron by neuron over all shards.</summary>
    public static double[] Column(this SerialRun run, string population, string column) => [.. run.Shards.SelectMany(s => Column(s.State, population, column))];

    public static IEnumerable<double> Column(this ShardState state, string population, string column)
    {
        PopulationShard part = state.Populations.First(p => p.Program.Population.Name == population);
        int index = part.Program.ColumnOf(column);
        return Enumerable.Range(0, part.Slice.Count).Select(local => part.Read(index, local));
    }

    /// <summary>The steps in which one neuron of a spike monitor spiked.</summary>
    public static int[] SpikeSteps(this SerialRun run, string monitor, int neuron)
    {
        (int[] steps, int[] ids) = run.Recordings.Spikes(monitor);
        return [.. steps.Where((_, s) => ids[s] == neuron)];
    }
}

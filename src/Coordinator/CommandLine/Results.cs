using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using BrainSim.Contracts;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Node;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>What a run leaves behind: the manifest and the recordings.</summary>
internal static class Results
{
    public static string Version { get; } = typeof(Results).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>Finds out before the run that results can be kept.</summary>
    public static void Prepare(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, ".brainsim");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException(new Place("--out", 0, 0, folder), $"cannot be written: {problem.Message}");
        }
    }

    public static RunManifest Describe(CompiledNetwork compiled, LocalHost host, double compileSeconds, bool interrupted)
    {
        NetworkSpec network = compiled.Network;
        double seconds = network.Grid.ToMilliseconds(host.Step) / 1000;
        IReadOnlyList<long> spikes = host.Recordings.SpikeCounts;
        return new RunManifest(
            network.Name, network.Hash, network.Seed, network.Grid.Dt, host.Step, network.Precision.Word(), host.Shards.Count, host.Shards.Count,
            compiled.BackEnd.ToString().ToLowerInvariant(),
            new PhaseSeconds(Math.Round(compileSeconds, 6), Math.Round(host.BuildSeconds, 6), Math.Round(host.RunSeconds, 6)),
            network.Populations.ToDictionary(p => p.Name, p => new PopulationReport(p.Size, spikes[p.Index], seconds > 0 ? spikes[p.Index] / (p.Size * seconds) : 0)),
            network.Projections.ToDictionary(p => p.Name, p => new ProjectionReport(
                host.Shards.Sum(s => s.State.Arrivals[p.Index].Synapses), host.Shards.Sum(s => s.State.Arrivals[p.Index].Events))),
            new Dictionary<string, double[]>(), interrupted, host.StateHash, Version);
    }

    public static void Write(string folder, LocalHost host, RunManifest manifest)
    {
        host.Recordings.Write(folder);
        File.WriteAllText(Path.Combine(folder, "run.json"), Json(manifest) + "\n");
    }

    public static string Json(RunManifest manifest) => JsonSerializer.Serialize(manifest, ManifestJson.Default.RunManifest);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(RunManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;

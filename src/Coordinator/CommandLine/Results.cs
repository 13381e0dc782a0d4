using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BrainSim.Contracts;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Node;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>What a run leaves behind: the manifest and the recordings.</summary>
internal static class Results
{
    public const string ManifestFile = "run.json";

    /// <summary>Holds what is recorded until the run is over.</summary>
    public const string RecordingFolder = "recording";

    public static string Version { get; } = typeof(Results).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>Finds out before the run that results can be kept, and removes the manifest, checkpoint and unfinished recordings of an earlier run, which they will not fit.</summary>
    /// <param name="request">Kept where it asks for checkpoints; null where there are none.</param>
    public static void Prepare(string folder, RunRequest? request) => Writing(folder, () =>
    {
        PrepareFolder(folder);
        foreach (string name in (string[])[ManifestFile, RunRequest.CheckpointName, RunRequest.Name])
        {
            File.Delete(Path.Combine(folder, name));
            File.Delete(Path.Combine(folder, name + ".tmp"));
        }

        new ChunkFolder(Path.Combine(folder, RecordingFolder), monitors: 0).Delete();
        if (request?.CheckpointEvery is not null)
        {
            request.Write(folder);
        }
    });

    /// <summary>Makes the folder, and finds out that it can be written.</summary>
    public static void PrepareFolder(string folder) => Writing(folder, () =>
    {
        if (folder.Length == 0 || File.Exists(folder))
        {
            throw new UserMistakeException(new Place("--out", 0, 0, folder), folder.Length == 0 ? "needs a folder's name." : "is a file; name a folder.");
        }

        Directory.CreateDirectory(folder);
        string probe = Path.Combine(folder, ".brainsim");
        File.WriteAllText(probe, "");
        File.Delete(probe);
    });

    /// <summary>Of the run whose manifest a folder holds; null where there is none that can be understood.</summary>
    public static string? NetworkHashOf(string folder) => ManifestIn(folder)?.NetworkHash;

    /// <summary>True where a folder holds the manifest of a run that went to its end. One that cannot be understood says nothing of an end.</summary>
    public static bool IsComplete(string folder) => ManifestIn(folder) is { Interrupted: false };

    private static RunManifest? ManifestIn(string folder)
    {
        string path = Path.Combine(folder, ManifestFile);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), ManifestJson.Plain.RunManifest) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="chunks">What is recorded until now; put on the disk first, since the checkpoint relies on it.</param>
    public static void KeepCheckpoint(string folder, ChunkFolder chunks, Checkpoint checkpoint) => Writing(folder, () =>
    {
        chunks.Flush();
        CheckpointFile.Write(Path.Combine(folder, RunRequest.CheckpointName), checkpoint);
    });

    /// <param name="chunks">Are removed when all else is written, and with them the checkpoint, which is worth nothing alone.</param>
    /// <param name="goesOn">Both stay, for resume.</param>
    public static void Write(string folder, LocalHost host, RunManifest manifest, ChunkFolder chunks, bool goesOn) => Writing(folder, () =>
    {
        host.Recordings.Write(folder);
        WriteWhole(Path.Combine(folder, ManifestFile), Json(manifest) + "\n");
        if (!goesOn)
        {
            File.Delete(Path.Combine(folder, RunRequest.CheckpointName));
            chunks.Delete();
        }
    });

    /// <summary>Whenever the process is killed, a whole file or none has the name.</summary>
    public static void WriteWhole(string path, string text)
    {
        string temporary = path + ".tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }

    public static string Json(RunManifest manifest) => JsonSerializer.Serialize(manifest, ManifestJson.Plain.RunManifest);

    public static RunManifest Describe(CompiledNetwork compiled, LocalHost host, double compileSeconds, NumericalFailureException? failure) =>
        Describe(
            compiled.Network, host.Recordings, host.Step,
            [.. compiled.Network.Projections.Select(p => new ProjectionReport(host.Shards.Sum(s => s.State.Arrivals[p.Index].Synapses), host.Shards.Sum(s => s.State.Arrivals[p.Index].Events)))],
            host.StateHash)
        with
        {
            Shards = host.Shards.Count,
            Threads = host.Threads,
            Backend = compiled.BackEnd.ToString().ToLowerInvariant(),
            Seconds = new PhaseSeconds(Math.Round(compileSeconds, 6), Math.Round(host.BuildSeconds, 6), Math.Round(host.RunSeconds, 6)),
            Interrupted = host.Step < compiled.Network.Steps && failure is null,
            Failure = failure?.Message,
            Profile = host.TakeProfile(),
        };

    /// <summary>What a run came to, wherever it ran: one thread, a shard, and no time, until somebody says otherwise.</summary>
    /// <param name="step">That it reached.</param>
    /// <param name="projections">In their order.</param>
    public static RunManifest Describe(NetworkSpec network, Recordings recordings, long step, IReadOnlyList<ProjectionReport> projections, string stateHash)
    {
        double seconds = network.Grid.ToMilliseconds(step) / 1000;
        IReadOnlyList<long> spikes = recordings.SpikeCounts;
        return new RunManifest(
            network.Name, network.Hash, network.Seed, network.Grid.Dt, step, network.Precision.Word(), Shards: 1, Threads: 1, "cpu", new PhaseSeconds(0, 0, 0),
            network.Populations.ToDictionary(p => p.Name, p => new PopulationReport(p.Size, spikes[p.Index], seconds > 0 ? spikes[p.Index] / (p.Size * seconds) : 0)),
            network.Projections.ToDictionary(p => p.Name, p => projections[p.Index]),
            Measures.Of(network, recordings, step).ToDictionary(m => m.Measure.Name, m => new MeasureValue(m.Number, m.Numbers)),
            Interrupted: false, Failure: null, stateHash, Version);
    }

    /// <exception cref="UserMistakeException">The folder cannot be written.</exception>
    public static void Writing(string folder, Action write)
    {
        try
        {
            write();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserMistakeException(new Place("--out", 0, 0, folder), $"cannot be written: {problem.Message}");
        }
    }
}

[JsonSerializable(typeof(RunManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext
{
    /// <summary>Writes <c>E->I</c> as it is: the file is for people and programs, not for the inside of a web page.</summary>
    public static ManifestJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

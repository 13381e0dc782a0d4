using System.Text.Json;
using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Store;
using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;

namespace BrainSim.Coordinator.Service;

/// <summary>The files that a finished run leaves: made of its last checkpoint and of what it recorded when they are first asked for, then kept as blobs, with a list of them beside the run's parts.</summary>
internal sealed class ResultFiles(DataFolder data)
{
    private readonly SemaphoreSlim turn = new(1);

    public Stream Open(ResultFile file) => File.OpenRead(data.Blobs.PathOf(file.Sha256));

    /// <param name="run">Is done, or a sweep that has ended.</param>
    public async Task<ResultFile[]> Of(Contracts.Api.RunView run, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            string list = data.Parts.ListOf(run.Run);
            if (!File.Exists(list))
            {
                await Make(run.Run, list, cancellation);
            }

            data.Parts.ForgetRecorded(run.Run);

            return JsonSerializer.Deserialize(await File.ReadAllTextAsync(list, cancellation), ApiJson.Default.ResultFileArray)!;
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task Make(long run, string list, CancellationToken cancellation)
    {
        string folder = Directory.CreateDirectory(data.Incoming.NewName()).FullName;
        try
        {
            await Task.Run(() => Write(data.Journal.History(run), folder), cancellation);
            List<ResultFile> files = [];
            foreach (string path in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
            {
                await using FileStream content = File.OpenRead(path);
                files.Add(new ResultFile(Path.GetFileName(path), content.Length, await data.Blobs.Put(content, cancellation)));
            }

            using MemoryStream text = new(JsonSerializer.SerializeToUtf8Bytes([.. files], ApiJson.Default.ResultFileArray));
            await data.Incoming.Keep(text, long.MaxValue, _ => list, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Write(IReadOnlyList<(DateTimeOffset At, JournalRecord Record)> history, string folder)
    {
        Submission submission = history.Select(h => h.Record.Submitted).First(s => s is not null);
        if (submission.Sweep is not null)
        {
            SweepResults.Write(history.Select(h => h.Record), data.Blobs, folder);
            return;
        }

        CheckpointReference last = history.Select(h => h.Record.Committed).Last(c => c is not null);
        EpochBegun begun = history.Select(h => h.Record.Begun).Last(b => b is not null);
        RunEnded ended = history.Select(h => h.Record.Ended).Last(e => e is not null);
        Dictionary<string, string> paths = submission.Network.Files.ToDictionary(file => file.Path, file => data.Blobs.PathOf(file.Sha256));
        NetworkSpec network = NetworkReader.Read(paths[submission.Network.Main], NamedFiles.Only(paths), submission.Network.Settings);
        Checkpoint checkpoint = Checkpoint.Join([.. last.Parts.OrderBy(p => p.Key.Shard).Select(p => CheckpointFile.FromBytes(File.ReadAllBytes(data.Parts.PathOf(p.Key))))]);
        Recordings recordings = new(network, Recorded(history), [.. checkpoint.SpikeCounts]);
        recordings.Write(folder);
        int shards = begun.Peers.Sum(peer => peer.Shards);
        RunManifest manifest = CommandLine.Results.Describe(
            network, recordings, checkpoint.Step, [.. network.Projections.Select(p => new ProjectionReport(ended.Synapses[p.Index], checkpoint.Events[p.Index]))], ended.StateHash)
        with
        {
            Shards = shards, Threads = shards, Seconds = new PhaseSeconds(0, 0, Math.Round(WallSeconds(history), 3)), Times = Views.TimesOf(ended.Spent),
        };
        File.WriteAllText(Path.Combine(folder, CommandLine.Results.ManifestFile), CommandLine.Results.Json(manifest) + "\n");
    }

    /// <summary>Between the first start and the end, whatever happened in between.</summary>
    private static double WallSeconds(IReadOnlyList<(DateTimeOffset At, JournalRecord Record)> history) =>
        (history[^1].At - history.First(h => h.Record.Begun is not null).At).TotalSeconds;

    private ChunkFiles Recorded(IReadOnlyList<(DateTimeOffset At, JournalRecord Record)> history)
    {
        IReadOnlyList<IReadOnlyList<PartKey>> parts = RecordedRun.Parts(history.Select(h => h.Record), data.Parts.Recorded);
        return new ChunkFiles([.. parts.Select(ofShard => ofShard.Select(data.Parts.PathOf).ToArray())]);
    }
}

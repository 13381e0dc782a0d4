using System.Text.Json;
using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Store;
using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;

namespace BrainSim.Coordinator.Service;

/// <summary>The files that a finished run leaves: made of its last checkpoint and of what it recorded when they are first asked for, then kept as blobs, with a list of them beside the run's parts.</summary>
internal sealed class ResultFiles(DataFolder data, ReadingTurns turns)
{
    private readonly SharedWork<long, ResultFile[]> making = new();

    public Stream Open(ResultFile file) => File.OpenRead(data.Blobs.PathOf(file.Sha256));

    /// <summary>Putting a large run together takes as long as it takes, whoever waits for it.</summary>
    /// <param name="run">Is done, or a sweep that has ended.</param>
    /// <param name="cancellation">Of the waiting only.</param>
    public Task<ResultFile[]> Of(long run, CancellationToken cancellation) => making.Of(run, () => Made(run), cancellation);

    /// <summary>What came of a run that is a sweep's point and is done.</summary>
    public Task<PointResult> Measure(long run)
    {
        Submission submission = data.Journal.SubmissionOf(run);
        Dictionary<string, string> paths = data.Blobs.PathsOf(submission.Network);
        return turns.Read(turns.Results, paths, SweepPlans.Networks, files =>
        {
            IReadOnlyList<(DateTimeOffset At, JournalRecord Record)> history = data.Journal.History(run);
            RunEnded ended = EndOf(history);
            NetworkSpec network = ReferredNetwork.Read(submission.Network, paths[submission.Network.Main], files);
            PointOutcome outcome = new(PointStatus.Done, null, PointMeasure.AllOf(network, RecordingsOf(network, history).Recordings, network.Steps), ended.StateHash, Seconds(history, ended).Run);
            PointResult ToWire(PointOutcome of) => WirePoints.ToWire(submission.Network.Point.Key, submission.Network.Point.Index, of);
            PointResult result = ToWire(outcome);
            return WirePoints.TooLarge(result) is { } tooLarge ? ToWire(new PointOutcome(PointStatus.Refused, tooLarge.Message, [], null, outcome.Seconds)) : result;
        });
    }

    private async Task<ResultFile[]> Made(long run)
    {
        string list = data.Parts.ListOf(run);
        if (!File.Exists(list))
        {
            await Make(run, list);
        }

        data.Parts.ForgetMade(run);
        return JsonSerializer.Deserialize(await File.ReadAllTextAsync(list), ApiJson.Default.ResultFileArray)!;
    }

    private async Task Make(long run, string list)
    {
        string folder = Directory.CreateDirectory(data.Incoming.NewName()).FullName;
        try
        {
            Submission submission = data.Journal.SubmissionOf(run);
            Dictionary<string, string> paths = data.Blobs.PathsOf(submission.Network);
            await turns.Read(turns.Results, paths, SweepPlans.Networks, files =>
            {
                Write(submission, data.Journal.History(run), paths[submission.Network.Main], files, folder);
                return true;
            });
            List<ResultFile> files = [];
            foreach (string path in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
            {
                await using FileStream content = File.OpenRead(path);
                files.Add(new ResultFile(Path.GetFileName(path), content.Length, await data.Blobs.Put(content, CancellationToken.None)));
            }

            using MemoryStream text = new(JsonSerializer.SerializeToUtf8Bytes([.. files], ApiJson.Default.ResultFileArray));
            await data.Incoming.Keep(text, long.MaxValue, _ => list, CancellationToken.None);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Write(Submission submission, IReadOnlyList<(DateTimeOffset At, JournalRecord Record)> history, string path, NamedFiles files, string folder)
    {
        if (submission.Sweep is not null)
        {
            SweepResults.Write(submission, history.Select(h => h.Record), path, files, folder);
            return;
        }

        EpochBegun begun = history.Select(h => h.Record.Begun).Last(b => b is not null);
        RunEnded ended = EndOf(history);
        NetworkSpec network = ReferredNetwork.Read(submission.Network, path, files);
        (Recordings recordings, IReadOnlyList<long> events) = RecordingsOf(network, history);
        recordings.Write(folder);
        int shards = begun.Peers.Sum(peer => peer.Shards);
        RunManifest manifest = CommandLine.Results.Describe(
            network, recordings, network.Steps, [.. network.Projections.Select(p => new ProjectionReport(ended.Synapses[p.Index], events[p.Index]))], ended.StateHash)
        with
        {
            Shards = shards, Threads = shards, Seconds = Seconds(history, ended), Times = Views.TimesOf(ended.Spent),
        };
        File.WriteAllText(Path.Combine(folder, CommandLine.Results.ManifestFile), CommandLine.Results.Json(manifest) + "\n");
    }

    private static RunEnded EndOf(IEnumerable<(DateTimeOffset At, JournalRecord Record)> history) => history.Select(h => h.Record.Ended).Last(e => e is not null);

    /// <returns>With the events by projection.</returns>
    private (Recordings Recordings, IReadOnlyList<long> Events) RecordingsOf(NetworkSpec network, IReadOnlyList<(DateTimeOffset At, JournalRecord Record)> history)
    {
        (IReadOnlyList<long> spikes, IReadOnlyList<long> events) = Counts(network, history.Select(h => h.Record.Committed).LastOrDefault(c => c is not null));
        return (new Recordings(network, Recorded(history), [.. spikes]), events);
    }

    /// <summary>Run: stepping and waiting of the last attempt. Build: what else there was between the first start and the end, attempts that broke among it.</summary>
    private static PhaseSeconds Seconds(IReadOnlyList<(DateTimeOffset At, JournalRecord Record)> history, RunEnded ended)
    {
        double all = (history[^1].At - history.First(h => h.Record.Begun is not null).At).TotalSeconds;
        double run = Math.Min(all, ended.Spent.Select(s => s.BusyMs + s.WaitedMs.Sum()).DefaultIfEmpty().Max() / 1000.0);
        return new PhaseSeconds(0, Math.Round(all - run, 3), Math.Round(run, 3));
    }

    /// <summary>Spikes by population and events by projection, which the checkpoint of the last step holds; a run without steps has none and counted nothing.</summary>
    private (IReadOnlyList<long> Spikes, IReadOnlyList<long> Events) Counts(NetworkSpec network, CheckpointReference? last)
    {
        if (last is null)
        {
            return (new long[network.Populations.Length], new long[network.Projections.Length]);
        }

        CheckpointCounts[] ofShards = [.. last.Parts.Select(part => CheckpointFile.CountsOf(data.Parts.PathOf(part.Key)))];
        return (
            [.. network.Populations.Select(p => ofShards.Sum(shard => shard.SpikeCounts[p.Index]))],
            [.. network.Projections.Select(p => ofShards.Sum(shard => shard.Events[p.Index]))]);
    }

    private ChunkFiles Recorded(IReadOnlyList<(DateTimeOffset At, JournalRecord Record)> history)
    {
        IReadOnlyList<IReadOnlyList<PartKey>> parts = RecordedRun.Parts(history.Select(h => h.Record), data.Parts.Recorded);
        return new ChunkFiles([.. parts.Select(ofShard => ofShard.Select(data.Parts.PathOf).ToArray())]);
    }
}

using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Disk;
using BrainSim.Coordinator.Service;
using BrainSim.Coordinator.Store;

namespace BrainSim.Coordinator.Operations;

/// <summary>All that helps to find out what happened to a run, in one zip: nothing secret, nothing recorded.</summary>
internal sealed class RunBundle(DataFolder data, Board board, Instruments instruments, Housekeeping disk, TimeProvider clock)
{
    /// <summary>Bytes of a file that is put in whole; larger ones are arrays, and named only.</summary>
    private const long MostBytes = 1 << 20;

    private static readonly JsonSerializerOptions Plain = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly ApiJson Api = new(new JsonSerializerOptions(ApiJson.Default.Options) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The names of what is in every bundle, beside the files of the network.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["run.json", "log.txt", "journal.jsonl", "nodes.json", "settings.json", "versions.json", "metrics.txt", "network.json"];

    /// <summary>Bundles are made one after the other, each on the disk: the journal of a long sweep is not to be in memory several times.</summary>
    private readonly SemaphoreSlim turn = new(1);

    /// <returns>The zip, from its beginning; its file goes when it is closed.</returns>
    public async Task<Stream> Of(Contracts.Api.RunView run, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => Write(run), cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    private FileStream Write(Contracts.Api.RunView run)
    {
        FileStream file = new(data.Incoming.NewName(), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            using (ZipArchive zip = new(file, ZipArchiveMode.Create, leaveOpen: true))
            {
                Add(zip, run);
            }

            file.Position = 0;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void Add(ZipArchive zip, Contracts.Api.RunView run)
    {
        IReadOnlyList<(DateTimeOffset At, JournalRecord Record)> history = data.Journal.History(run.Run);
        Submission submission = history.Select(entry => entry.Record.Submitted).First(submitted => submitted is not null);
        IEnumerable<string>[] contents =
        [
            [JsonSerializer.Serialize(run, Api.RunView)], Story.Of(history).Select(line => $"{line.At:O} {line.Text}\n"),
            history.Select(entry => entry.Record + "\n"), [JsonSerializer.Serialize([.. board.Now.Nodes], Api.NodeViewArray)],
            [JsonSerializer.Serialize(new { submission.Network.Settings, submission.Shards, submission.Priority, Cluster = new ClusterSettings(), Disk = disk.Policy, disk.Use }, Plain)],
            [JsonSerializer.Serialize(Versions(), Plain)], [PrometheusText.Write(instruments.All)], [JsonSerializer.Serialize(submission.Network.Files.Select(About), Plain)],
        ];
        foreach ((string name, IEnumerable<string> pieces) in Parts.Zip(contents))
        {
            Add(zip, name, pieces);
        }

        AddNetwork(zip, submission.Network);
    }

    /// <summary>Texts only, under the place that they have in the list, since their names come from clients.</summary>
    private void AddNetwork(ZipArchive zip, NetworkReference network)
    {
        for (int f = 0; f < network.Files.Count; f++)
        {
            NamedBlob file = network.Files[f];
            if (About(file) is { Included: true })
            {
                using Stream entry = zip.CreateEntry(file.Path == network.Main ? "network.yaml" : $"network/{f}.yaml", CompressionLevel.Optimal).Open();
                using FileStream content = File.OpenRead(data.Blobs.PathOf(file.Sha256));
                content.CopyTo(entry);
            }
        }
    }

    private BundledFile About(NamedBlob file)
    {
        FileInfo found = new(data.Blobs.PathOf(file.Sha256));
        bool isText = Path.GetExtension(file.Path) is ".yaml" or ".yml";
        return new BundledFile(file.Path, file.Sha256, found.Exists ? found.Length : null, isText && found is { Exists: true, Length: <= MostBytes });
    }

    private object Versions() => new
    {
        Brainsim = CommandLine.Results.Version, Runtime = System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription, System = System.Runtime.InteropServices.RuntimeInformation.OSDescription,
        Processor = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString(), Environment.ProcessorCount, Nodes = board.Now.Nodes.Select(node => node.Version).Distinct(), At = clock.GetUtcNow(),
    };

    private static void Add(ZipArchive zip, string name, IEnumerable<string> pieces)
    {
        using StreamWriter entry = new(zip.CreateEntry(name, CompressionLevel.Optimal).Open());
        foreach (string piece in pieces)
        {
            entry.Write(piece);
        }
    }

    /// <param name="Bytes">Null where the file is not kept any longer.</param>
    private sealed record BundledFile(string Path, string Sha256, long? Bytes, bool Included);
}

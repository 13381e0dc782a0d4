using System.Globalization;
using BrainSim.Contracts;

namespace BrainSim.Coordinator.Store;

/// <summary>The parts of checkpoints, each there whole or not at all: <c>runs/RUN/EPOCH-STEP-SHARD</c>. Any thread may use it.</summary>
public sealed class PartFolder(string folder, IncomingFiles incoming)
{
    /// <summary>Of one shard's part.</summary>
    public const long MostBytes = 64L << 30;

    public string PathOf(PartKey key) => Path.Combine(
        FolderOf(key.Epoch.Run), string.Create(CultureInfo.InvariantCulture, $"{key.Epoch.Epoch}-{key.Step}-{key.Shard}"));

    /// <exception cref="TooLargeException">There is more than <see cref="MostBytes"/>.</exception>
    public async Task<PartKept> Put(PartKey key, Stream content, CancellationToken cancellation)
    {
        (string? sha256, long bytes) = await incoming.Keep(content, MostBytes, _ => PathOf(key), cancellation);
        return new PartKept { Key = key, Sha256 = sha256, Bytes = bytes };
    }

    /// <summary>Where the list of a finished run's results is.</summary>
    public string ListOf(long run) => Path.Combine(FolderOf(run), "results.json");

    /// <summary>Forgets the parts of earlier steps and older epochs than a checkpoint, but those that it names itself.</summary>
    /// <param name="kept">Null to forget all.</param>
    public void Forget(long run, CheckpointReference? kept)
    {
        HashSet<string> names = kept is null ? [] : [.. kept.Parts.Select(part => PathOf(part.Key))];
        foreach (string path in Directory.Exists(FolderOf(run)) ? Directory.GetFiles(FolderOf(run)) : [])
        {
            bool isNewer = kept is not null && Path.GetFileName(path).Split('-') is [var epoch, var step, _]
                && int.Parse(epoch, CultureInfo.InvariantCulture) >= kept.Epoch.Epoch && long.Parse(step, CultureInfo.InvariantCulture) >= kept.Step;
            if (!isNewer && !names.Contains(path))
            {
                File.Delete(path);
            }
        }
    }

    private string FolderOf(long run) => Path.Combine(folder, run.ToString(CultureInfo.InvariantCulture));
}

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

    /// <summary>Forgets the parts of a run that a committed checkpoint has made needless: those of earlier steps.</summary>
    public void Prune(long run, long committedStep)
    {
        foreach (string path in Directory.Exists(FolderOf(run)) ? Directory.GetFiles(FolderOf(run)) : [])
        {
            if (Path.GetFileName(path).Split('-') is [_, var step, _] && long.Parse(step, CultureInfo.InvariantCulture) < committedStep)
            {
                File.Delete(path);
            }
        }
    }

    private string FolderOf(long run) => Path.Combine(folder, run.ToString(CultureInfo.InvariantCulture));
}

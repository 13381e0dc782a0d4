using System.Globalization;
using BrainSim.Contracts;

namespace BrainSim.Coordinator.Store;

/// <summary>
/// The parts of checkpoints, and of what was recorded, each there whole or not at all: <c>runs/RUN/EPOCH-STEP-SHARD</c> and <c>runs/RUN/recorded/EPOCH-SHARD-AFTER-STEP</c>.
/// Any thread may use it.
/// </summary>
public sealed class PartFolder(string folder, IncomingFiles incoming)
{
    /// <summary>Of one shard's part.</summary>
    public const long MostBytes = 64L << 30;

    public string PathOf(PartKey key) => key.IsRecorded
        ? Path.Combine(RecordedOf(key.Epoch.Run), string.Create(CultureInfo.InvariantCulture, $"{key.Epoch.Epoch}-{key.Shard}-{key.RecordedAfter}-{key.Step}"))
        : Path.Combine(FolderOf(key.Epoch.Run), string.Create(CultureInfo.InvariantCulture, $"{key.Epoch.Epoch}-{key.Step}-{key.Shard}"));

    /// <exception cref="TooLargeException">There is more than <see cref="MostBytes"/>.</exception>
    public async Task<PartKept> Put(PartKey key, Stream content, CancellationToken cancellation)
    {
        (string? sha256, long bytes) = await incoming.Keep(content, MostBytes, _ => PathOf(key), cancellation, forBegun: true);
        return new PartKept { Key = key, Sha256 = sha256, Bytes = bytes };
    }

    /// <summary>What an epoch recorded.</summary>
    public IEnumerable<PartKey> Recorded(RunEpoch epoch) => AllRecorded(epoch.Run).Where(key => key.Epoch.Epoch == epoch.Epoch);

    /// <summary>Forgets what older epochs recorded after a step.</summary>
    public void ForgetRecorded(RunEpoch epoch, long after)
    {
        foreach (PartKey key in AllRecorded(epoch.Run).Where(key => key.Epoch.Epoch < epoch.Epoch && key.Step > after))
        {
            File.Delete(PathOf(key));
        }
    }

    /// <summary>Forgets all that a run recorded, when it has been put into other files.</summary>
    public void ForgetRecorded(long run)
    {
        if (Directory.Exists(RecordedOf(run)))
        {
            Directory.Delete(RecordedOf(run), recursive: true);
        }
    }

    /// <summary>Where the list of a finished run's results is.</summary>
    public string ListOf(long run) => Path.Combine(FolderOf(run), "results.json");

    /// <summary>Forgets the parts of earlier steps and older epochs than a checkpoint, but those that it names itself. Files that are no parts stay.</summary>
    /// <param name="kept">Null to forget all.</param>
    public void Forget(long run, CheckpointReference? kept)
    {
        if (kept is null)
        {
            ForgetRecorded(run);
        }

        HashSet<string> names = kept is null ? [] : [.. kept.Parts.Select(part => PathOf(part.Key))];
        foreach ((string path, long[] numbers) in Numbered(FolderOf(run), 3))
        {
            bool isNewer = kept is not null && numbers[0] >= kept.Epoch.Epoch && numbers[1] >= kept.Step;
            if (!isNewer && !names.Contains(path))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Forgets what a run's results were made of, when they are in other files; the list of these stays.</summary>
    public void ForgetMade(long run)
    {
        ForgetRecorded(run);
        foreach (string path in Directory.Exists(FolderOf(run)) ? Directory.GetFiles(FolderOf(run)) : [])
        {
            if (path != ListOf(run))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>The numbers of the runs that have a folder.</summary>
    public IEnumerable<long> Runs() => Directory.Exists(folder)
        ? Directory.GetDirectories(folder).Select(path => long.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out long run) ? run : 0).Where(run => run > 0)
        : [];

    /// <summary>Removes all that is kept of a run.</summary>
    public void Remove(long run)
    {
        if (Directory.Exists(FolderOf(run)))
        {
            Directory.Delete(FolderOf(run), recursive: true);
        }
    }

    private PartKey[] AllRecorded(long run) =>
    [
        .. from file in Numbered(RecordedOf(run), 4)
           let numbers = file.Numbers
           select new PartKey { Epoch = new RunEpoch { Run = run, Epoch = (int)numbers[0] }, Shard = (int)numbers[1], IsRecorded = true, RecordedAfter = numbers[2], Step = numbers[3] },
    ];

    /// <summary>The files whose names are so many numbers. Others are not ours to judge.</summary>
    private static IEnumerable<(string Path, long[] Numbers)> Numbered(string folder, int count) =>
        from path in Directory.Exists(folder) ? Directory.GetFiles(folder) : []
        let texts = Path.GetFileName(path).Split('-')
        let numbers = texts.Select(text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : -1).ToArray()
        where numbers.Length == count && !numbers.Contains(-1)
        select (path, numbers);

    private string RecordedOf(long run) => Path.Combine(FolderOf(run), "recorded");

    private string FolderOf(long run) => Path.Combine(folder, run.ToString(CultureInfo.InvariantCulture));
}

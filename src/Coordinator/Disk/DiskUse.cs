namespace BrainSim.Coordinator.Disk;

/// <summary>Bytes of what a coordinator keeps, and what its disk has free.</summary>
public sealed record DiskUse(long Journal, long Blobs, long Runs, long Incoming, long Free)
{
    public static DiskUse Unknown { get; } = new(0, 0, 0, 0, long.MaxValue);

    public long Total => Journal + Blobs + Runs + Incoming;

    /// <param name="folder">Of all data.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static DiskUse Measure(string folder) => new(
        new DirectoryInfo(folder).EnumerateFiles("journal.db*").Sum(Length), Under(folder, "blobs"), Under(folder, "runs"), Under(folder, "incoming"), new DriveInfo(folder).AvailableFreeSpace);

    private static long Under(string folder, string name) =>
        new DirectoryInfo(Path.Combine(folder, name)) is { Exists: true } inner ? inner.EnumerateFiles("*", SearchOption.AllDirectories).Sum(Length) : 0;

    /// <summary>0 for what has gone since it was listed.</summary>
    private static long Length(FileInfo file)
    {
        file.Refresh();
        return file.Exists ? file.Length : 0;
    }
}

using BrainSim.Coordinator.Disk;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.Store;

/// <summary>
/// What a coordinator keeps: <c>journal.db</c>, <c>blobs/</c> by SHA-256, <c>runs/N/</c> for checkpoints. No name in it comes from a client: names are hashes and
/// numbers. Held by one process, by a lock on <c>lock</c> that the system lets go when the process ends in whatever way.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream held;

    private DataFolder(string path, FileStream held, TimeProvider clock)
    {
        this.held = held;
        Path = path;
        Incoming = new IncomingFiles(System.IO.Path.Combine(path, "incoming"), Room);
        Blobs = new BlobFolder(System.IO.Path.Combine(path, "blobs"), Incoming);
        Parts = new PartFolder(System.IO.Path.Combine(path, "runs"), Incoming);
        Journal = new SqliteRunStore(System.IO.Path.Combine(path, "journal.db"), clock);
    }

    public string Path { get; }

    public DiskRoom Room { get; } = new();

    public IncomingFiles Incoming { get; }

    public BlobFolder Blobs { get; }

    public PartFolder Parts { get; }

    public SqliteRunStore Journal { get; }

    /// <exception cref="UserMistakeException">The folder cannot be used, or another coordinator uses it.</exception>
    public static DataFolder Open(string path, TimeProvider clock)
    {
        Place place = new("--data", 0, 0, path);
        FileStream? held = null;
        try
        {
            Directory.CreateDirectory(path);
            string name = System.IO.Path.Combine(path, "lock");
            held = new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataFolder(System.IO.Path.GetFullPath(path), held, clock);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            held?.Dispose();
            throw new UserMistakeException(place, problem is IOException && File.Exists(System.IO.Path.Combine(path, "lock"))
                ? $"cannot be held, perhaps because another coordinator has it ({problem.Message}); stop that one, or name another folder."
                : $"cannot be used as a folder ({problem.Message}); name another.");
        }
    }

    public void Dispose()
    {
        Journal.Dispose();
        held.Dispose();
    }
}

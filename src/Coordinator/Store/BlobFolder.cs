using BrainSim.Contracts;
using BrainSim.Coordinator.Disk;

namespace BrainSim.Coordinator.Store;

/// <summary>Files by the SHA-256 of their content, each there whole or not at all. Any thread may use it.</summary>
public sealed class BlobFolder(string folder, IncomingFiles incoming)
{
    private int count = int.MaxValue;

    /// <summary>Of one file: an array of the largest size, as text or numbers.</summary>
    public const long MostBytes = 4L << 30;

    private readonly Lock gate = new();

    /// <summary>64 hexadecimal digits with small letters, and nothing else.</summary>
    public static bool IsName(string? sha256) => sha256 is { Length: 64 } && sha256.All(char.IsAsciiHexDigitLower);

    /// <summary>Says whether a file is there, and that it is in use: it is then not removed for a while.</summary>
    public bool Touch(string sha256, DateTimeOffset now)
    {
        lock (gate)
        {
            bool has = Has(sha256);
            if (has)
            {
                File.SetLastWriteTimeUtc(PathOf(sha256), now.UtcDateTime);
            }

            return has;
        }
    }

    /// <summary>All files, with when they were last written or touched.</summary>
    public IEnumerable<StoredBlob> All() => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => IsName(file.Name)).Select(file => new StoredBlob(file.Name, file.LastWriteTimeUtc))
        : [];

    /// <summary>Removes a file that has not been in use since.</summary>
    /// <returns>Its bytes; 0 where it is in use after all.</returns>
    public long Remove(string sha256, DateTimeOffset since)
    {
        lock (gate)
        {
            FileInfo file = new(PathOf(sha256));
            if (!file.Exists || file.LastWriteTimeUtc >= since.UtcDateTime)
            {
                return 0;
            }

            long bytes = file.Length;
            file.Delete();
            return bytes;
        }
    }

    public bool Has(string sha256) => IsName(sha256) && File.Exists(PathOf(sha256));

    /// <summary>Whether another file may be added where there may be so many. They are counted anew before the answer is no, since others may have removed some.</summary>
    public bool HasRoom(int most)
    {
        if (Volatile.Read(ref count) >= most)
        {
            Volatile.Write(ref count, Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count() : 0);
        }

        return Volatile.Read(ref count) < most;
    }

    /// <summary>Where the file with a content is, or would be.</summary>
    /// <exception cref="ArgumentException">This is no SHA-256.</exception>
    public string PathOf(string sha256) => IsName(sha256)
        ? Path.Combine(folder, sha256[..2], sha256)
        : throw new ArgumentException("a blob's name is the SHA-256 of its content: 64 hexadecimal digits with small letters.");

    /// <summary>Where the files of a network are, by the names that it uses.</summary>
    public Dictionary<string, string> PathsOf(NetworkReference network) => network.Files.ToDictionary(file => file.Path, file => PathOf(file.Sha256));

    /// <returns>False where the content has another hash; nothing is kept then.</returns>
    /// <exception cref="TooLargeException">There is more than <see cref="MostBytes"/>.</exception>
    public async Task<bool> Put(string sha256, Stream content, CancellationToken cancellation)
    {
        string path = PathOf(sha256);
        bool isKept = (await incoming.Keep(content, MostBytes, actual => actual == sha256 ? path : null, cancellation)).Sha256 is not null;
        Interlocked.Add(ref count, isKept && Volatile.Read(ref count) < int.MaxValue ? 1 : 0);
        return isKept;
    }

    /// <returns>The name under which the content is kept.</returns>
    public async Task<string> Put(Stream content, CancellationToken cancellation) => (await incoming.Keep(content, long.MaxValue, PathOf, cancellation, forBegun: true)).Sha256!;
}

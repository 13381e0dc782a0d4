using System.Collections.Concurrent;
using System.Globalization;
using BrainSim.Node.Cluster;

namespace BrainSim.Node.Hosting;

/// <summary>
/// Files by their SHA-256, in a folder of this process: those that its runs name, and a bounded number of bytes of others, for runs that come again. The folder is held by a lock that the
/// system lets go when the process ends in whatever way; what killed processes have left is removed when the next one starts. Any thread may use it.
/// </summary>
internal sealed class FileCache : IDisposable
{
    private const string Prefix = "brainsim-node-", LockName = "lock";

    private const int HashCharacters = 64;

    /// <summary>Older locks than this that nobody holds have been left; a younger one is perhaps about to be taken.</summary>
    private static readonly TimeSpan YoungLock = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> uses = new(StringComparer.Ordinal);
    private readonly string folder;
    private readonly FileStream held;
    private readonly long mostUnused;
    private long lastUse;

    /// <param name="above">Where the folder is made, as others' folders are.</param>
    /// <param name="mostUnused">Bytes of files that no run here names.</param>
    public FileCache(string above, long mostUnused)
    {
        this.mostUnused = mostUnused;
        folder = Path.Combine(above, Prefix + Path.GetRandomFileName());
        MakeFolder(folder);
        held = new FileStream(Path.Combine(folder, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        foreach (string other in Directory.GetDirectories(above, Prefix + "*").Where(other => other != folder))
        {
            RemoveLeft(other);
        }
    }

    /// <summary>The path of a file, fetched where it is not there.</summary>
    /// <param name="fetch">Writes it, and throws where it cannot be had.</param>
    /// <exception cref="SupplyException">It is named by no SHA-256.</exception>
    public string Get(string sha256, Action<FileStream> fetch)
    {
        string path = Path.Combine(folder, IsHash(sha256) ? sha256 : throw new SupplyException("a file's name is no SHA-256."));
        long use = Interlocked.Increment(ref lastUse);
        if (!File.Exists(path))
        {
            Fetch(path, use, fetch);
        }

        uses[sha256] = use;
        return path;
    }

    /// <summary>Removes what no run needs, the longest unused first, until no more bytes of it are there than may be.</summary>
    public void Keep(IReadOnlySet<string> needed)
    {
        long bytes = 0;
        foreach (string sha256 in uses.Where(file => !needed.Contains(file.Key)).OrderByDescending(file => file.Value).Select(file => file.Key).ToList())
        {
            FileInfo file = new(Path.Combine(folder, sha256));
            bytes += file.Exists ? file.Length : 0;
            if (bytes > mostUnused && uses.TryRemove(sha256, out _))
            {
                file.Delete();
            }
        }
    }

    public void Dispose()
    {
        held.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static void Fetch(string path, long use, Action<FileStream> fetch)
    {
        string temporary = string.Create(CultureInfo.InvariantCulture, $"{path}.{use}");
        try
        {
            using (FileStream file = File.Create(temporary))
            {
                fetch(file);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>For nobody else to read: networks may be secret.</summary>
    private static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Removes the folder of a process that has ended, by the names that such files have: whatever else is there, or is a link, stays.</summary>
    private void RemoveLeft(string other)
    {
        try
        {
            string name = Path.Combine(other, LockName);
            if (new DirectoryInfo(other).LinkTarget is not null || File.GetLastWriteTimeUtc(held.Name) - File.GetLastWriteTimeUtc(name) < YoungLock)
            {
                return;
            }

            using (new FileStream(name, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            {
                foreach (string file in Directory.GetFiles(other).Where(file => IsHash(Path.GetFileName(file).Split('.')[0])).Append(name))
                {
                    File.Delete(file);
                }
            }

            Directory.Delete(other);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Its process lives, or it is another user's.
        }
    }

    private static bool IsHash(string name) => name.Length == HashCharacters && name.All(char.IsAsciiHexDigitLower);
}

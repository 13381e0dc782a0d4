using System.Formats.Tar;
using System.Security.Cryptography;
using BrainSim.Engine.Units;
using Microsoft.Data.Sqlite;

namespace BrainSim.Coordinator.Store;

/// <summary>
/// All that must last of a coordinator's folder, as one tar that is brought back by unpacking it; also while a coordinator works on it. The journal comes first, as it is at one moment, and then
/// the files, which were there before it named them. Lists of results come before the files that they name.
/// </summary>
internal static class Backup
{
    private const string JournalName = "journal.db";

    /// <param name="folder">Of <c>--data</c>.</param>
    /// <param name="archive">Need not be one in which places can be sought.</param>
    /// <exception cref="UserMistakeException">There is no journal that can be read.</exception>
    /// <exception cref="IOException">Something cannot be read or written.</exception>
    public static void Write(string folder, Stream archive)
    {
        string journal = CopyOfJournal(folder);
        try
        {
            using TarWriter tar = new(archive, TarEntryFormat.Pax, leaveOpen: true);
            Add(tar, journal, JournalName);
            AddAll(tar, folder, "runs");
            AddAll(tar, folder, "blobs");
        }
        finally
        {
            File.Delete(journal);
        }
    }

    /// <summary>Where a coordinator removes what a crash leaves.</summary>
    private static string CopyOfJournal(string folder)
    {
        string journal = Path.Combine(folder, JournalName);
        if (!File.Exists(journal))
        {
            throw new UserMistakeException(new Place("--data", 0, 0, folder), $"holds no {JournalName}; name the folder of a coordinator.");
        }

        string copy = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "incoming")).FullName, $"backup-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
        try
        {
            using SqliteConnection from = new(new SqliteConnectionStringBuilder { DataSource = journal, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            using SqliteConnection to = new(new SqliteConnectionStringBuilder { DataSource = copy, Pooling = false }.ToString());
            from.Open();
            from.BackupDatabase(to);
            return copy;
        }
        catch (SqliteException problem)
        {
            File.Delete(copy);
            throw new UserMistakeException(new Place("--data", 0, 0, journal), $"cannot be copied ({problem.Message}); see that it is a journal and that its disk has room for it twice.");
        }
    }

    /// <summary>A file that goes meanwhile is not needed any more, or others have come in its place: so the folder is looked at again.</summary>
    private static void AddAll(TarWriter tar, string folder, string name)
    {
        HashSet<string> seen = [];
        bool hasGone = Directory.Exists(Path.Combine(folder, name));
        while (hasGone)
        {
            hasGone = false;
            foreach (string path in Directory.GetFiles(Path.Combine(folder, name), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(seen.Add))
            {
                hasGone |= !Add(tar, path, Path.GetRelativePath(folder, path));
            }
        }
    }

    /// <returns>False where it is not there any more.</returns>
    private static bool Add(TarWriter tar, string path, string name)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = file, ModificationTime = File.GetLastWriteTimeUtc(path), Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead });
            return true;
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }
}

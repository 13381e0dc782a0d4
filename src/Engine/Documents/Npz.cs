using System.IO.Compression;

namespace BrainSim.Engine.Documents;

/// <summary>An .npz file: a zip archive with one .npy entry per array.</summary>
internal static class Npz
{
    private const string Suffix = ".npy";

    /// <summary>Deflate cannot shrink more; an entry that claims it lies. Source: zlib technical details, "Maximum Compression Factor".</summary>
    private const long MaxDeflateRatio = 1032;

    public static NumpyArray Read(FileStream file, ArraySource source)
    {
        using ZipArchive archive = Open(file, source);
        ZipArchiveEntry entry = Choose(archive, source);
        ArraySource chosen = source with { Array = NameOf(entry) };
        RefuseLies(entry, file.Length, chosen);
        using Stream stream = entry.Open();
        Npy array = Npy.Read(stream, entry.Length, chosen);
        if (Crc32.Of(array.Header.Bytes, array.Data) != entry.Crc32)
        {
            throw chosen.Mistake("the data are damaged (their CRC-32 is wrong)");
        }

        return new NumpyArray(array, chosen);
    }

    public static IReadOnlyList<string> Names(FileStream file, ArraySource source)
    {
        using ZipArchive archive = Open(file, source);
        return [.. Arrays(archive).Select(NameOf)];
    }

    private static ZipArchive Open(FileStream file, ArraySource source) => ZipDirectory.Bytes(file) <= ZipDirectory.MaxBytes
        ? new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true)
        : throw source.Mistake($"the archive's list of contents has more than {ZipDirectory.MaxBytes} bytes, the most that are read");

    private static IEnumerable<ZipArchiveEntry> Arrays(ZipArchive archive) =>
        archive.Entries.Where(e => e.FullName.EndsWith(Suffix, StringComparison.Ordinal));

    private static string NameOf(ZipArchiveEntry entry) => entry.FullName[..^Suffix.Length];

    private static ZipArchiveEntry Choose(ZipArchive archive, ArraySource source)
    {
        ZipArchiveEntry[] named = [.. Arrays(archive).Where(e => source.Array is null || NameOf(e) == source.Array)];
        IEnumerable<string> names = Arrays(archive).Select(NameOf).Where(n => !n.Any(char.IsControl));
        return (named.Length, source.Array) switch
        {
            (1, _) => named[0],
            (0, null) => throw source.Mistake("the archive holds no array"),
            (0, string name) => throw source.Mistake($"the archive holds no such array.{Scalars.Guess(name, names)}"),
            (_, null) => throw source.Mistake($"the archive holds several arrays; name one of {Scalars.Shorten(string.Join(", ", names.Take(16)))}"),
            _ => throw source.Mistake("the archive holds this array twice"),
        };
    }

    private static void RefuseLies(ZipArchiveEntry entry, long fileLength, ArraySource source)
    {
        if (entry.IsEncrypted)
        {
            throw source.Mistake("the archive is encrypted");
        }

        if (entry.CompressedLength > fileLength || entry.Length / MaxDeflateRatio > entry.CompressedLength)
        {
            throw source.Mistake($"the archive claims {entry.Length} bytes of data in {entry.CompressedLength}, which cannot be");
        }
    }
}

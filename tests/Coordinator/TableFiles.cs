using System.IO.Compression;

namespace BrainSim.Tests.Coordinator;

/// <summary>The files of a sweep without what differs from one run to the next: the seconds.</summary>
internal static class TableFiles
{
    /// <summary>Lines of <c>points.csv</c> without the last column but one.</summary>
    public static string[] Rows(string path) => [.. File.ReadAllLines(path).Select(line =>
    {
        int hash = line.LastIndexOf(',');
        return line[..line.LastIndexOf(',', hash - 1)] + line[hash..];
    })];

    /// <summary>Arrays of <c>points.npz</c>, name and bytes, in order.</summary>
    public static string[] Arrays(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        return [.. archive.Entries.Where(entry => entry.Name != "seconds.npy").Select(entry =>
        {
            using MemoryStream bytes = new();
            using Stream content = entry.Open();
            content.CopyTo(bytes);
            return $"{entry.Name} {Convert.ToBase64String(bytes.ToArray())}";
        })];
    }
}

using System.Buffers.Binary;

namespace BrainSim.Engine.Documents;

/// <summary>The list of contents at the end of a zip archive, all of which is read before anything else. Source: PKWARE APPNOTE 6.3.10, 4.3.14 to 4.3.16.</summary>
internal static class ZipDirectory
{
    /// <summary>Tens of thousands of arrays; more are there to fill the memory.</summary>
    public const int MaxBytes = 4 << 20;

    private const int EndBytes = 22, LongestComment = 65_535, LocatorBytes = 20, LongEndBytes = 56;

    private const uint LongOffset = uint.MaxValue;

    /// <summary>Bytes from the list's start to the end of the file; 0 where there is no list, which who reads the archive will say.</summary>
    public static long Bytes(FileStream file)
    {
        byte[] tail = Read(file, Math.Max(0, file.Length - EndBytes - LongestComment), EndBytes + LongestComment);
        int end = tail.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[(byte)'P', (byte)'K', 5, 6]);
        if (end < 0 || tail.Length - end < EndBytes)
        {
            return 0;
        }

        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        return offset < LongOffset ? file.Length - offset : LongBytes(file, file.Length - tail.Length + end - LocatorBytes);
    }

    /// <summary>Of an archive whose list begins beyond 4 GB, or says so.</summary>
    private static long LongBytes(FileStream file, long locatorAt)
    {
        byte[] locator = locatorAt < 0 ? [] : Read(file, locatorAt, LocatorBytes);
        long at = locator.Length < LocatorBytes ? -1 : BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8));
        byte[] end = at < 0 || at > file.Length ? [] : Read(file, at, LongEndBytes);
        return end.Length < LongEndBytes ? 0 : file.Length - Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(48)), 0, file.Length);
    }

    private static byte[] Read(FileStream file, long from, int most)
    {
        byte[] bytes = new byte[most];
        file.Position = from;
        int read = file.ReadAtLeast(bytes, most, throwOnEndOfStream: false);
        file.Position = 0;
        return bytes[..read];
    }
}

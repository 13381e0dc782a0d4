using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Simulation;

/// <summary>
/// A checkpoint as a file: the word BSIMCKPT, a version, the content, then SHA-256 of everything before. Written to a temporary name, flushed to the disk
/// and renamed, so that at any moment a whole checkpoint or none has the name.
/// </summary>
public static class CheckpointFile
{
    private const int Version = 2;
    private const int DigestBytes = 32;

    private static ReadOnlySpan<byte> Magic => "BSIMCKPT"u8;

    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Checkpoint checkpoint)
    {
        string temporary = path + ".tmp";
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            using (SHA256 digest = SHA256.Create())
            {
                using (CryptoStream hashed = new(file, digest, CryptoStreamMode.Write, leaveOpen: true))
                {
                    using BinaryWriter writer = new(hashed, Encoding.UTF8, leaveOpen: true);
                    Write(writer, checkpoint);
                }

                file.Write(digest.Hash);
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <exception cref="UserMistakeException">The file is missing, damaged, truncated, of another version or of another network.</exception>
    public static Checkpoint Read(string path, string networkHash)
    {
        Place place = new(path, 0, 0, "");
        byte[] bytes = ReadWhole(path, place);
        if (bytes.Length < Magic.Length + sizeof(int) + DigestBytes || !bytes.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw new UserMistakeException(place, "is no checkpoint of BrainSim.");
        }

        int version = BitConverter.ToInt32(bytes, Magic.Length);
        if (version != Version)
        {
            throw new UserMistakeException(place, $"is a checkpoint of version {version}; this program reads version {Version}.");
        }

        if (!SHA256.HashData(bytes.AsSpan(0, bytes.Length - DigestBytes)).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - DigestBytes)))
        {
            throw new UserMistakeException(place, "is damaged or cut short: its checksum does not fit its content.");
        }

        using BinaryReader reader = new(new MemoryStream(bytes, Magic.Length + sizeof(int), bytes.Length - Magic.Length - sizeof(int) - DigestBytes));
        string hash = reader.ReadString();
        return hash == networkHash
            ? Read(reader, hash)
            : throw new UserMistakeException(place, "belongs to another network: the network file, its arrays or its settings have changed since.");
    }

    private static byte[] ReadWhole(string path, Place place)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (IOException problem)
        {
            throw new UserMistakeException(place, $"cannot be read: {problem.Message}");
        }
        catch (UnauthorizedAccessException problem)
        {
            throw new UserMistakeException(place, $"cannot be read: {problem.Message}");
        }
    }

    private static void Write(BinaryWriter writer, Checkpoint checkpoint)
    {
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(checkpoint.NetworkHash);
        writer.Write(checkpoint.Step);
        WriteAll(writer, checkpoint.Columns, columns => WriteAll(writer, columns, column => WriteArray(writer, column)));
        WriteAll(writer, checkpoint.ActiveFrom, limits => WriteArray(writer, limits));
        WriteAll(writer, checkpoint.Histories, past =>
        {
            WriteArray(writer, past.Counts);
            WriteArray(writer, past.Ids);
        });
        WriteAll(writer, checkpoint.Records, record =>
        {
            WriteArray(writer, record.Steps);
            WriteArray(writer, record.Ids);
            WriteArray(writer, record.Counts);
            writer.Write(record.Open);
            WriteAll(writer, record.Rows, rows => WriteArray(writer, rows));
            WriteArray(writer, record.Places);
        });
        WriteArray(writer, checkpoint.SpikeCounts);
        WriteArray(writer, checkpoint.Events);
    }

    private static Checkpoint Read(BinaryReader reader, string hash) => new(
        hash,
        reader.ReadInt64(),
        ReadAll(reader, () => ReadAll(reader, () => ReadArray<byte>(reader))),
        ReadAll(reader, () => ReadArray<int>(reader)),
        ReadAll(reader, () => new PastSpikes(ReadArray<int>(reader), ReadArray<int>(reader))),
        ReadAll(reader, () => new PastRecord(
            ReadArray<int>(reader), ReadArray<int>(reader), ReadArray<long>(reader), reader.ReadInt64(), ReadAll(reader, () => ReadArray<byte>(reader)),
            ReadArray<int>(reader))),
        ReadArray<long>(reader),
        ReadArray<long>(reader));

    private static void WriteAll<T>(BinaryWriter writer, ImmutableArray<T> items, Action<T> write)
    {
        writer.Write(items.Length);
        foreach (T item in items)
        {
            write(item);
        }
    }

    private static ImmutableArray<T> ReadAll<T>(BinaryReader reader, Func<T> read)
    {
        ImmutableArray<T>.Builder items = ImmutableArray.CreateBuilder<T>();
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            items.Add(read());
        }

        return items.ToImmutable();
    }

    private static void WriteArray<T>(BinaryWriter writer, T[] items)
        where T : unmanaged
    {
        writer.Write(items.Length);
        writer.Write(MemoryMarshal.AsBytes(items.AsSpan()));
    }

    private static T[] ReadArray<T>(BinaryReader reader)
        where T : unmanaged
    {
        T[] items = new T[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(items.AsSpan()));
        return items;
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
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
    private const int Version = 5;
    private const int HeaderBytes = 8 + sizeof(int);
    private const int DigestBytes = 32;
    private const int PieceBytes = 1 << 20;

    private static ReadOnlySpan<byte> Magic => "BSIMCKPT"u8;

    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UserMistakeException">One of its arrays is larger than a file of this format can hold.</exception>
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
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            CheckHeader(file, place);
            CheckDigest(file, place);
            file.Position = HeaderBytes;
            using BinaryReader reader = new(file);
            string hash = reader.ReadString();
            return hash == networkHash
                ? Read(reader, hash)
                : throw new UserMistakeException(place, "belongs to another network: the network file, its arrays or its settings have changed since.");
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

    /// <summary>The content alone, for whoever keeps the checkpoint with a digest of its own.</summary>
    /// <exception cref="IOException">It is larger than one array can be.</exception>
    public static byte[] ToBytes(Checkpoint checkpoint)
    {
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes);
        Write(writer, checkpoint);
        return bytes.ToArray();
    }

    /// <param name="bytes">Of <see cref="ToBytes"/>.</param>
    /// <exception cref="InvalidDataException">They are none, or of another version of this format.</exception>
    public static Checkpoint FromBytes(byte[] bytes)
    {
        if (Refusal(bytes.AsSpan(0, Math.Min(bytes.Length, HeaderBytes))) is { } why)
        {
            throw new InvalidDataException($"This {why}");
        }

        using BinaryReader reader = new(new MemoryStream(bytes));
        reader.BaseStream.Position = HeaderBytes;
        return Read(reader, reader.ReadString());
    }

    /// <summary>What a file of <see cref="ToBytes"/> counted. Its state is passed over and not read, however large it is.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CheckpointCounts CountsOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        using BinaryReader reader = new(file);
        file.Position = HeaderBytes;
        reader.ReadString();
        reader.ReadInt64();
        ForAll(reader, () => ForAll(reader, () => reader.ReadString()));
        ForAll(reader, () => ForAll(reader, () => Pass<byte>(reader)));
        ForAll(reader, () => Pass<int>(reader));
        ForAll(reader, () =>
        {
            Pass<int>(reader);
            Pass<int>(reader);
        });
        ForAll(reader, () =>
        {
            ForAll(reader, () => reader.ReadString());
            ForAll(reader, () => Pass<byte>(reader));
            ForAll(reader, () => Pass<byte>(reader));
            Pass<int>(reader);
        });
        return new CheckpointCounts(ReadArray<long>(reader), ReadArray<long>(reader));
    }

    /// <summary>An array in a checkpoint is one block of bytes, in memory and in the file, and that has a largest size.</summary>
    /// <exception cref="UserMistakeException">The array is larger.</exception>
    internal static void CheckFits(long bytes)
    {
        if (bytes > Array.MaxLength)
        {
            throw new UserMistakeException(
                new Place("checkpoint", 0, 0, ""),
                string.Create(CultureInfo.InvariantCulture, $"would hold an array of {bytes / 1e9:0.0} GB, and at most {Array.MaxLength / 1e9:0.0} GB fit into one; make populations smaller, or leave --checkpoint-every out."));
        }
    }

    private static void CheckHeader(FileStream file, Place place)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        int read = file.Length < HeaderBytes + DigestBytes ? 0 : file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
        if (Refusal(header[..read]) is { } why)
        {
            throw new UserMistakeException(place, why);
        }
    }

    /// <returns>Why what begins like this is not read; null where it is.</returns>
    private static string? Refusal(ReadOnlySpan<byte> header) =>
        header.Length < HeaderBytes || !header.StartsWith(Magic) ? "is no checkpoint of BrainSim."
        : BitConverter.ToInt32(header[Magic.Length..]) is var version && version != Version ? $"is a checkpoint of version {version}; this program reads version {Version}."
        : null;

    /// <summary>Reads the whole file once, piece by piece: it may be larger than any array.</summary>
    private static void CheckDigest(FileStream file, Place place)
    {
        using IncrementalHash content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[PieceBytes];
        file.Position = 0;
        for (long left = file.Length - DigestBytes; left > 0; left -= piece.Length)
        {
            Span<byte> next = piece.AsSpan(0, (int)Math.Min(left, piece.Length));
            file.ReadExactly(next);
            content.AppendData(next);
        }

        Span<byte> digest = stackalloc byte[DigestBytes];
        file.ReadExactly(digest);
        if (!content.GetHashAndReset().AsSpan().SequenceEqual(digest))
        {
            throw new UserMistakeException(place, "is damaged or cut short: its checksum does not fit its content.");
        }
    }

    private static void Write(BinaryWriter writer, Checkpoint checkpoint)
    {
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(checkpoint.NetworkHash);
        writer.Write(checkpoint.Step);
        WriteAll(writer, checkpoint.ColumnNames, names => WriteAll(writer, names, writer.Write));
        WriteAll(writer, checkpoint.Columns, columns => WriteAll(writer, columns, column => WriteArray(writer, column)));
        WriteAll(writer, checkpoint.ActiveFrom, limits => WriteArray(writer, limits));
        WriteAll(writer, checkpoint.Histories, past =>
        {
            WriteArray(writer, past.Counts);
            WriteArray(writer, past.Ids);
        });
        WriteAll(writer, checkpoint.Synapses, past =>
        {
            WriteAll(writer, past.Names, writer.Write);
            WriteAll(writer, past.OfSources, numbers => WriteArray(writer, numbers));
            WriteAll(writer, past.OfSynapses, numbers => WriteArray(writer, numbers));
            WriteArray(writer, past.Counts);
        });
        WriteArray(writer, checkpoint.SpikeCounts);
        WriteArray(writer, checkpoint.Events);
    }

    private static Checkpoint Read(BinaryReader reader, string hash) => new(
        hash,
        reader.ReadInt64(),
        ReadAll(reader, () => ReadAll(reader, reader.ReadString)),
        ReadAll(reader, () => ReadAll(reader, () => ReadArray<byte>(reader))),
        ReadAll(reader, () => ReadArray<int>(reader)),
        ReadAll(reader, () => new PastSpikes(ReadArray<int>(reader), ReadArray<int>(reader))),
        ReadAll(reader, () => new PastSynapses(
            ReadAll(reader, reader.ReadString), ReadAll(reader, () => ReadArray<byte>(reader)), ReadAll(reader, () => ReadArray<byte>(reader)), ReadArray<int>(reader))),
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

    private static void ForAll(BinaryReader reader, Action pass)
    {
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            pass();
        }
    }

    private static void Pass<T>(BinaryReader reader)
        where T : unmanaged => reader.BaseStream.Seek((long)reader.ReadInt32() * Unsafe.SizeOf<T>(), SeekOrigin.Current);

    private static void WriteArray<T>(BinaryWriter writer, T[] items)
        where T : unmanaged
    {
        CheckFits(items.LongLength * Unsafe.SizeOf<T>());
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

/// <param name="SpikeCounts">By population.</param>
/// <param name="Events">By projection.</param>
public sealed record CheckpointCounts(long[] SpikeCounts, long[] Events);

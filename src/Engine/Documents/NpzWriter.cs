using System.IO.Compression;
using System.Runtime.InteropServices;

namespace BrainSim.Engine.Documents;

/// <summary>
/// Writes an .npz file that NumPy reads as it is. Equal arrays give equal bytes: entries are uncompressed, in the order of the calls, and carry no time.
/// Dispose writes the directory and, unless told otherwise, closes the stream. Not thread-safe.
/// </summary>
public sealed class NpzWriter(Stream stream, bool leaveOpen = false) : IDisposable
{
    /// <summary>The oldest time that zip knows.</summary>
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen);
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <param name="data">In C order. Elements: see <see cref="NumpyType.All"/>.</param>
    /// <param name="shape">One dimension of all data when left out.</param>
    /// <exception cref="ArgumentException">When the name is taken or unfit, or the shape does not hold the data.</exception>
    public void Add<T>(string name, ReadOnlySpan<T> data, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        long[] sizes = shape.IsEmpty ? [data.Length] : Array.ConvertAll(shape.ToArray(), n => (long)n);
        if (NpyHeader.CountOf(sizes) != data.Length)
        {
            throw new ArgumentException($"Shape ({string.Join(", ", sizes)}) does not hold {data.Length} elements.", nameof(shape));
        }

        using NpzEntry<T> entry = Begin<T>(name, sizes);
        entry.Write(data);
    }

    /// <summary>An array in pieces. Dispose the entry before the next call of this writer.</summary>
    /// <param name="shape">Empty for a single number.</param>
    /// <inheritdoc cref="Add" path="/exception"/>
    public NpzEntry<T> Begin<T>(string name, params IReadOnlyList<long> shape) where T : unmanaged
    {
        NumpyType type = NumpyType.Of<T>();
        long count = NpyHeader.CountOf(shape);
        if (shape.Any(n => n < 0))
        {
            throw new ArgumentException("A dimension is negative.", nameof(shape));
        }

        if (name.Length == 0 || name.Any(c => c is '/' or '\\' || char.IsControl(c)) || !names.Add(name))
        {
            throw new ArgumentException($"'{name}' is no name for an array, or is taken.", nameof(name));
        }

        ZipArchiveEntry entry = archive.CreateEntry(name + ".npy", CompressionLevel.NoCompression);
        entry.LastWriteTime = NoTime;
        entry.ExternalAttributes = 0;
        Stream content = entry.Open();
        content.Write(NpyHeader.Format(type, shape));
        return new NpzEntry<T>(content, count);
    }

    public void Dispose() => archive.Dispose();
}

/// <summary>One array of an .npz file that is being written, in C order.</summary>
public sealed class NpzEntry<T> : IDisposable where T : unmanaged
{
    /// <summary>Elements per write: a span of bytes cannot pass 2 GiB.</summary>
    private const int Piece = 1 << 16;

    private readonly Stream content;
    private long missing;

    internal NpzEntry(Stream content, long count)
    {
        this.content = content;
        missing = count;
    }

    /// <exception cref="ArgumentException">When the shape has no room left.</exception>
    public void Write(ReadOnlySpan<T> data)
    {
        if (data.Length > missing)
        {
            throw new ArgumentException($"{data.Length} elements, but the shape has room for {missing}.", nameof(data));
        }

        missing -= data.Length;
        for (; data.Length > 0; data = data[Math.Min(Piece, data.Length)..])
        {
            content.Write(MemoryMarshal.AsBytes(data[..Math.Min(Piece, data.Length)]));
        }
    }

    /// <summary>Elements that the shape still waits for. Readers refuse an array that is closed before this is 0.</summary>
    public long Missing => missing;

    public void Dispose() => content.Dispose();
}

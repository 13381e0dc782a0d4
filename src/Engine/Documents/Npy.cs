using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace BrainSim.Engine.Documents;

/// <summary>What a .npy file says before its data. Source: numpy.lib.format, versions 1.0, 2.0 and 3.0.</summary>
/// <param name="Bytes">The header itself, from the magic number to the byte before the data.</param>
internal sealed partial record NpyHeader(NumpyType Type, bool BigEndian, bool Fortran, int[] Shape, byte[] Bytes)
{
    /// <summary>NumPy itself refuses more than 10,000.</summary>
    private const int MaxTextBytes = 65_536;

    /// <summary>NumPy's own limit.</summary>
    private const int MaxRank = 64;

    /// <summary>The data begin at a multiple of it, so that they can be mapped into memory.</summary>
    private const int Alignment = 64;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    public long Count => CountOf(Array.ConvertAll(Shape, n => (long)n));

    public long DataBytes => Count * Type.Bytes;

    public static NpyHeader Read(Stream stream, ArraySource source)
    {
        byte[] start = new byte[8];
        int read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (read < start.Length || !start.AsSpan().StartsWith(Magic))
        {
            throw source.Mistake("this is not a .npy array");
        }

        int lengthBytes = (start[6], start[7]) switch
        {
            (1, 0) => 2,
            (2 or 3, 0) => 4,
            _ => throw source.Mistake($"format {start[6]}.{start[7]} of .npy is not known; 1.0, 2.0 and 3.0 are"),
        };
        return ReadText(stream, start, lengthBytes, source);
    }

    /// <summary>Format 1.0, whose 65,535 bytes hold every shape of NumPy.</summary>
    public static byte[] Format(NumpyType type, IReadOnlyList<long> shape)
    {
        string sizes = string.Join(", ", shape.Select(n => n.ToString(CultureInfo.InvariantCulture))) + (shape.Count == 1 ? "," : "");
        string text = $"{{'descr': '{type.Descriptor}', 'fortran_order': False, 'shape': ({sizes}), }}";
        int before = Magic.Length + 4;
        int total = (before + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        byte[] header = new byte[total];
        Magic.CopyTo(header);
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), checked((ushort)(total - before)));
        Encoding.ASCII.GetBytes(text.PadRight(total - before - 1) + "\n", header.AsSpan(before));
        return header;
    }

    /// <exception cref="OverflowException">When there are more than 2^63 elements.</exception>
    public static long CountOf(IReadOnlyList<long> shape) => shape.Aggregate(1L, (product, n) => checked(product * n));

    private static NpyHeader ReadText(Stream stream, byte[] start, int lengthBytes, ArraySource source)
    {
        byte[] length = new byte[4];
        stream.ReadExactly(length, 0, lengthBytes);
        uint textBytes = BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (textBytes > MaxTextBytes)
        {
            throw source.Mistake($"its header claims {textBytes} bytes; at most {MaxTextBytes} are read");
        }

        byte[] text = new byte[textBytes];
        stream.ReadExactly(text);
        return Parse(Encoding.UTF8.GetString(text), [.. start, .. length[..lengthBytes], .. text], source);
    }

    private static NpyHeader Parse(string text, byte[] bytes, ArraySource source)
    {
        if (Structured().IsMatch(text))
        {
            throw source.Mistake("it holds records; save each field as an array of its own");
        }

        Match descriptor = Only(Descriptor(), text, source);
        Match order = Only(FortranOrder(), text, source);
        Match shape = Only(ShapeTuple(), text, source);
        string type = descriptor.Groups[1].Value;
        bool bigEndian = type is ['>', ..];
        return new NpyHeader(TypeOf(type, source), bigEndian, order.Groups[1].Value == "True", ShapeOf(shape.Groups[1].Value, source), bytes);
    }

    private static Match Only(Regex pattern, string text, ArraySource source)
    {
        Match match = pattern.Match(text);
        return match.Success && !match.NextMatch().Success
            ? match
            : throw source.Mistake("its header is damaged; a dictionary with descr, fortran_order and shape is expected");
    }

    private static NumpyType TypeOf(string descriptor, ArraySource source)
    {
        bool ordered = descriptor is ['<' or '>' or '|', ..];
        NumpyType? type = ordered ? NumpyType.All.FirstOrDefault(t => t.Code == descriptor[1..]) : null;
        return type is null || (descriptor[0] == '|' && type.Bytes > 1) ? throw source.Mistake(NumpyType.Refusal(descriptor)) : type;
    }

    private static int[] ShapeOf(string tuple, ArraySource source)
    {
        string[] sizes = tuple.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (sizes.Length > MaxRank)
        {
            throw source.Mistake($"it has {sizes.Length} dimensions; at most {MaxRank} are read");
        }

        int[] shape = new int[sizes.Length];
        long count = 1;
        for (int i = 0; i < sizes.Length; i++)
        {
            bool fits = int.TryParse(sizes[i], NumberStyles.None, CultureInfo.InvariantCulture, out shape[i]) && shape[i] <= ArrayFiles.MaxElements;
            count = fits ? count * shape[i] : long.MaxValue;
            if (count > ArrayFiles.MaxElements)
            {
                throw source.Mistake($"its shape ({Scalars.Shorten(tuple)}) has more than {ArrayFiles.MaxElements} elements, the most that are read");
            }
        }

        return shape;
    }

    [GeneratedRegex("""['"]descr['"]\s*:\s*\[""")]
    private static partial Regex Structured();

    [GeneratedRegex("""['"]descr['"]\s*:\s*['"]([^'"]*)['"]""")]
    private static partial Regex Descriptor();

    [GeneratedRegex("""['"]fortran_order['"]\s*:\s*(True|False)""")]
    private static partial Regex FortranOrder();

    [GeneratedRegex("""['"]shape['"]\s*:\s*\(([0-9, ]*)\)""")]
    private static partial Regex ShapeTuple();
}

/// <summary>A .npy array as its bytes stand in the file.</summary>
internal sealed record Npy(NpyHeader Header, byte[] Data)
{
    /// <param name="length">Bytes that the file or archive entry claims; nothing is allocated before the header agrees.</param>
    public static Npy Read(Stream stream, long length, ArraySource source)
    {
        NpyHeader header = NpyHeader.Read(stream, source);
        long needed = header.Bytes.Length + header.DataBytes;
        if (length != needed)
        {
            string fault = length < needed ? "the data are cut off" : "more data follow than the shape says";
            throw source.Mistake($"{fault}; the header needs {needed} bytes, but there are {length}");
        }

        if (header.DataBytes + (header.Count * sizeof(double)) > source.MostBytes)
        {
            throw source.LackOfMemory($"its {header.Count} numbers, with those of the arrays before it, need more memory than this process may use for arrays; make them smaller, or use a machine with more memory");
        }

        byte[] data = new byte[header.DataBytes];
        stream.ReadExactly(data);
        return stream.ReadByte() < 0 ? new Npy(header, data) : throw source.Mistake("more data follow than the archive says");
    }
}

using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace BrainSim.Engine.Documents;

/// <summary>Numbers read from a .npy or .npz file, always in C order. Immutable.</summary>
public sealed class NumpyArray
{
    /// <summary>From here on float64 skips whole numbers.</summary>
    private const double ExactWholes = 9007199254740992;

    private readonly ArraySource source;

    /// <summary>Little-endian, which is the order of every processor that BrainSim runs on (x86-64, Arm64).</summary>
    private readonly byte[] data;

    internal NumpyArray(Npy file, ArraySource source)
    {
        this.source = source;
        Type = file.Header.Type;
        Shape = file.Header.Shape;
        Count = (int)file.Header.Count;
        data = file.Header.Fortran ? InCOrder(file) : file.Data;
        if (file.Header.BigEndian)
        {
            ReverseElements(data, Type.Bytes);
        }
    }

    public NumpyType Type { get; }

    /// <summary>Empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    public int Count { get; }

    /// <summary>A new array; true is 1. NaN and infinities of the file stay.</summary>
    /// <exception cref="Units.UserMistakeException">When an integer has no exact float64.</exception>
    public double[] AsDoubles() => Type.Code switch
    {
        "f8" => MemoryMarshal.Cast<byte, double>(data).ToArray(),
        "f4" => Doubles<float>(),
        "f2" => Doubles<Half>(),
        "i8" => Exact(Doubles<long>()),
        "u8" => Exact(Doubles<ulong>()),
        _ => Array.ConvertAll(AsIntegers(), Convert.ToDouble),
    };

    /// <summary>Adds the bytes of <see cref="AsDoubles"/> to a hash.</summary>
    /// <inheritdoc cref="AsDoubles" path="/exception"/>
    public void AddTo(IncrementalHash hash) => hash.AppendData(Type.Code == "f8" ? data : MemoryMarshal.AsBytes(AsDoubles().AsSpan()));

    /// <summary>A new array; true is 1.</summary>
    /// <exception cref="Units.UserMistakeException">When a value is no whole number or does not fit.</exception>
    public long[] AsIntegers() => Type.Code switch
    {
        "b1" => Array.ConvertAll(data, b => b == 0 ? 0L : 1L),
        "i1" => Integers<sbyte>(),
        "u1" => Integers<byte>(),
        "i2" => Integers<short>(),
        "u2" => Integers<ushort>(),
        "i4" => Integers<int>(),
        "u4" => Integers<uint>(),
        "i8" => MemoryMarshal.Cast<byte, long>(data).ToArray(),
        "u8" => Integers<ulong>(),
        _ => WholeDoubles(),
    };

    private static void ReverseElements(byte[] data, int elementBytes)
    {
        for (int i = 0; i < data.Length; i += elementBytes)
        {
            data.AsSpan(i, elementBytes).Reverse();
        }
    }

    /// <summary>Walks the targets in C order and carries the source's index along like an odometer.</summary>
    private static byte[] InCOrder(Npy file)
    {
        (int[] shape, int bytes) = (file.Header.Shape, file.Header.Type.Bytes);
        byte[] ordered = new byte[file.Data.Length];
        int[] index = new int[shape.Length];
        long[] strides = FortranStrides(shape);
        long from = 0;
        for (int to = 0; to < ordered.Length; to += bytes)
        {
            file.Data.AsSpan((int)(from * bytes), bytes).CopyTo(ordered.AsSpan(to));
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                from -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return ordered;
    }

    private static long[] FortranStrides(int[] shape)
    {
        long[] strides = new long[shape.Length];
        long stride = 1;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }

    private double[] Doubles<T>() where T : unmanaged, INumberBase<T>
    {
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(data);
        double[] result = new double[values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = double.CreateChecked(values[i]);
        }

        return result;
    }

    private long[] Integers<T>() where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(data);
        long[] result = new long[values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = long.CreateSaturating(values[i]);
            if (result[i] == long.MaxValue)
            {
                throw Refuse(i, values[i], "does not fit into 64 bits with sign");
            }
        }

        return result;
    }

    private double[] Exact(double[] values)
    {
        int at = Array.FindIndex(values, v => Math.Abs(v) >= ExactWholes);
        return at < 0 ? values : throw Refuse(at, values[at], "is too large to be exact as float64");
    }

    private long[] WholeDoubles()
    {
        double[] values = AsDoubles();
        int at = Array.FindIndex(values, v => !(Math.Abs(v) < ExactWholes) || Math.Floor(v) != v);
        return at < 0 ? Array.ConvertAll(values, v => (long)v) : throw Refuse(at, values[at], "is not a whole number below 2^53");
    }

    private Units.UserMistakeException Refuse<T>(int at, T value, string why) where T : IFormattable =>
        source.Mistake($"element {at} is {value.ToString(null, CultureInfo.InvariantCulture)}, which {why}");
}

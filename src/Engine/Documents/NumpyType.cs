namespace BrainSim.Engine.Documents;

/// <summary>An element type of .npy files. Source: numpy.lib.format, NEP 1.</summary>
/// <param name="Code">NumPy's letter and size in bytes, without byte order.</param>
public sealed record NumpyType(string Code, int Bytes, Type Element)
{
    public static readonly IReadOnlyList<NumpyType> All =
    [
        new("f8", 8, typeof(double)),
        new("f4", 4, typeof(float)),
        new("f2", 2, typeof(Half)),
        new("b1", 1, typeof(bool)),
        new("i1", 1, typeof(sbyte)),
        new("u1", 1, typeof(byte)),
        new("i2", 2, typeof(short)),
        new("u2", 2, typeof(ushort)),
        new("i4", 4, typeof(int)),
        new("u4", 4, typeof(uint)),
        new("i8", 8, typeof(long)),
        new("u8", 8, typeof(ulong)),
    ];

    /// <summary>As NumPy writes it: <c>&lt;f8</c>, <c>|u1</c>.</summary>
    public string Descriptor => (Bytes == 1 ? "|" : "<") + Code;

    public bool IsFloating => Code[0] == 'f';

    /// <exception cref="ArgumentException">When .npy files have no such element.</exception>
    public static NumpyType Of<T>() =>
        All.FirstOrDefault(t => t.Element == typeof(T)) ?? throw new ArgumentException($"{typeof(T).Name} is no element type of .npy files.");

    /// <summary>Why a descriptor that is not in <see cref="All"/> cannot be read.</summary>
    internal static string Refusal(string descriptor) => descriptor.TrimStart('<', '>', '|', '=') switch
    {
        ['O', ..] => "it holds Python objects, which are code and never read; save numbers",
        ['c', ..] => "it holds complex numbers; save real and imaginary parts as two arrays",
        ['S' or 'U' or 'a', ..] => "it holds text; save numbers",
        ['M' or 'm', ..] => "it holds dates; save numbers",
        _ => $"its type {Scalars.Shorten(descriptor)} is not one of {string.Join(", ", All.Select(t => t.Code))}",
    };
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Documents;

public sealed class NumpyFilesTests : IDisposable
{
    private static readonly Place Named = new("net.yaml", 9, 30, "populations.grid.params.b");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static byte[] Npy(string descriptor, string shape, byte[] data, bool fortran = false, byte version = 1) =>
        NpyOf($"{{'descr': {descriptor}, 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}\n", data, version);

    private static byte[] NpyOf(string header, byte[] data, byte version = 1)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length[..(version == 1 ? 2 : 4)], .. text, .. data];
    }

    private string Zip(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        string path = folder.At("test.npz");
        File.Delete(path);
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, byte[] content) in entries)
        {
            using Stream entry = archive.CreateEntry(name, level).Open();
            entry.Write(content);
        }

        return path;
    }

    private NumpyArray Read(byte[] npy) => ArrayFiles.Read(folder.Write("b.npy", npy), null, Named);

    private string Refusal(byte[] file, string? array = null) => RefusalOf(folder.Write("b.npy", file), array);

    private string RefusalOf(string path, string? array = null)
    {
        UserMistakeException refused = Assert.Throws<UserMistakeException>(() => ArrayFiles.Read(path, array, Named));
        Mistake mistake = Assert.Single(refused.Mistakes);
        Assert.Equal(Named, mistake.Place);
        Assert.StartsWith(path, mistake.Message);
        return mistake.Message[path.Length..].TrimStart(':', ' ');
    }

    /// <summary>numpy.save of array([1., 2.]): the 128 bytes before the data as NumPy 1.x writes them.</summary>
    private static readonly byte[] WrittenByNumpy =
    [
        0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 0x01, 0x00, 0x76, 0x00, 0x7B, 0x27, 0x64, 0x65, 0x73, 0x63,
        0x72, 0x27, 0x3A, 0x20, 0x27, 0x3C, 0x66, 0x38, 0x27, 0x2C, 0x20, 0x27, 0x66, 0x6F, 0x72, 0x74,
        0x72, 0x61, 0x6E, 0x5F, 0x6F, 0x72, 0x64, 0x65, 0x72, 0x27, 0x3A, 0x20, 0x46, 0x61, 0x6C, 0x73,
        0x65, 0x2C, 0x20, 0x27, 0x73, 0x68, 0x61, 0x70, 0x65, 0x27, 0x3A, 0x20, 0x28, 0x32, 0x2C, 0x29,
        0x2C, 0x20, 0x7D, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20,
        0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20,
        0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20,
        0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x0A,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xF0, 0x3F, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x40,
    ];

    [Fact]
    public void AFileOfNumpyIsReadAndWrittenByteForByte()
    {
        NumpyArray array = Read(WrittenByNumpy);
        Assert.Equal([1.0, 2.0], array.AsDoubles());
        Assert.Equal([2], array.Shape);

        string path = WriteNpz(w => w.Add("x", (double[])[1, 2]));
        using ZipArchive archive = ZipFile.OpenRead(path);
        using MemoryStream entry = new();
        archive.GetEntry("x.npy")!.Open().CopyTo(entry);
        Assert.Equal(WrittenByNumpy, entry.ToArray());
    }

    public static TheoryData<string, string, double[]> EveryType => new()
    {
        { "<f8", "000000000000F8BF0000000000000840", [-1.5, 3] },
        { ">f8", "BFF80000000000004008000000000000", [-1.5, 3] },
        { "<f4", "0000C0BF00004040", [-1.5, 3] },
        { ">f4", "BFC0000040400000", [-1.5, 3] },
        { "<f2", "00BE0042", [-1.5, 3] },
        { "|b1", "0001", [0, 1] },
        { "|i1", "FF7F", [-1, 127] },
        { "|u1", "FF7F", [255, 127] },
        { "<i2", "FEFF0300", [-2, 3] },
        { ">i2", "FFFE0003", [-2, 3] },
        { "<u2", "FEFF0300", [65534, 3] },
        { "<i4", "FEFFFFFF03000000", [-2, 3] },
        { "<u4", "FEFFFFFF03000000", [4294967294, 3] },
        { "<i8", "FEFFFFFFFFFFFFFF0300000000000000", [-2, 3] },
        { ">i8", "FFFFFFFFFFFFFFFE0000000000000003", [-2, 3] },
        { "<u8", "02000000000000000300000000000000", [2, 3] },
    };

    [Theory]
    [MemberData(nameof(EveryType))]
    public void EveryTypeIsRead(string descriptor, string hex, double[] expected)
    {
        NumpyArray array = Read(Npy($"'{descriptor}'", "(2,)", Convert.FromHexString(hex)));
        Assert.Equal(expected, array.AsDoubles());
        if (!array.Type.IsFloating)
        {
            Assert.Equal(expected.Select(v => (long)v), array.AsIntegers());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void EveryVersionIsRead(byte version)
    {
        Assert.Equal([7], Read(Npy("'|u1'", "()", [7], version: version)).AsIntegers());
    }

    [Fact]
    public void FortranOrderBecomesCOrder()
    {
        byte[] columns = [.. Enumerable.Range(0, 24).Select(i => (byte)i)];
        NumpyArray array = Read(Npy("'|u1'", "(2, 3, 4)", columns, fortran: true));
        long[] expected = [.. from i in Enumerable.Range(0, 2) from j in Enumerable.Range(0, 3) from k in Enumerable.Range(0, 4) select (long)(i + (2 * j) + (6 * k))];
        Assert.Equal(expected, array.AsIntegers());
        Assert.Equal([2, 3, 4], array.Shape);
    }

    [Fact]
    public void FortranOrderAndBigEndianMeet()
    {
        NumpyArray array = Read(Npy("'>i2'", "(2, 2)", [0, 1, 0, 2, 0, 3, 0, 4], fortran: true));
        Assert.Equal([1, 3, 2, 4], array.AsIntegers());
    }

    [Theory]
    [InlineData("(0,)", 1)]
    [InlineData("(3, 0)", 2)]
    public void EmptyArraysAreArrays(string shape, int rank)
    {
        NumpyArray array = Read(Npy("'<f8'", shape, [], fortran: true));
        Assert.Equal((0, rank), (array.AsDoubles().Length, array.Shape.Count));
    }

    [Fact]
    public void WholeFloatsAreIntegersAndOthersAreRefused()
    {
        Assert.Equal([-2, 3], Read(Npy("'<f4'", "(2,)", Bytes(-2f, 3f))).AsIntegers());
        Assert.Contains("element 1 is 2.5, which is not a whole number", RefusalOfValues(Npy("'<f4'", "(2,)", Bytes(1f, 2.5f)), a => a.AsIntegers()));
        Assert.Contains("element 0 is NaN, which", RefusalOfValues(Npy("'<f4'", "(1,)", Bytes(float.NaN)), a => a.AsIntegers()));
    }

    [Fact]
    public void ValuesThatWouldChangeAreRefused()
    {
        byte[] large = Npy("'<u8'", "(1,)", [255, 255, 255, 255, 255, 255, 255, 255]);
        Assert.Contains("element 0 is 18446744073709551615, which does not fit", RefusalOfValues(large, a => a.AsIntegers()));
        Assert.Contains("too large to be exact as float64", RefusalOfValues(large, a => a.AsDoubles()));
    }

    [Theory]
    [InlineData("'|O'", "it holds Python objects, which are code and never read; save numbers.")]
    [InlineData("'<c16'", "it holds complex numbers; save real and imaginary parts as two arrays.")]
    [InlineData("'<U5'", "it holds text; save numbers.")]
    [InlineData("'<M8[ns]'", "it holds dates; save numbers.")]
    [InlineData("'<f16'", "its type <f16 is not one of f8, f4, f2, b1, i1, u1, i2, u2, i4, u4, i8, u8.")]
    [InlineData("'f8'", "its type f8 is not one of f8, f4, f2, b1, i1, u1, i2, u2, i4, u4, i8, u8.")]
    [InlineData("[('t', '<f8')]", "it holds records; save each field as an array of its own.")]
    public void OtherTypesAreRefused(string descriptor, string expected)
    {
        Assert.Equal(expected, Refusal(Npy(descriptor, "(1,)", new byte[8])));
    }

    [Theory]
    [InlineData("(2,)", 15, "the data are cut off; the header needs 81 bytes, but there are 80.")]
    [InlineData("(2,)", 17, "more data follow than the shape says; the header needs 81 bytes, but there are 82.")]
    [InlineData("(250000001,)", 0, "its shape (250000001,) has more than 250000000 elements, the most that are read.")]
    [InlineData("(65536, 65536, 65536, 65536)", 0, "its shape (65536, 65536, 65536, 65536) has more than 250000000 elements, the most that are read.")]
    [InlineData("(99999999999999999999,)", 0, "its shape (99999999999999999999,) has more than 250000000 elements, the most that are read.")]
    [InlineData("(-1,)", 0, "its header is damaged; a dictionary with descr, fortran_order and shape is expected.")]
    public void ShapesThatDoNotFitAreRefused(string shape, int dataBytes, string expected)
    {
        string header = $"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}";
        Assert.Equal(expected, Refusal(NpyOf(header, new byte[dataBytes])));
    }

    [Fact]
    public void ALargeClaimAllocatesNothing()
    {
        string path = folder.Write("b.npy", Npy("'<f8'", "(250000000,)", new byte[100]));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("cut off", RefusalOf(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void HeadersThatAreNoneAreRefused()
    {
        Assert.Equal("this is not a .npy array.", Refusal([]));
        Assert.Equal("this is not a .npy array.", Refusal("t,id\n1,2\n"u8.ToArray()));
        Assert.Equal("the data are cut off.", Refusal(WrittenByNumpy[..60]));
        Assert.Equal("format 9.0 of .npy is not known; 1.0, 2.0 and 3.0 are.", Refusal(NpyOf("{}", [], 9)));
        Assert.Contains("claims 4294967295 bytes", Refusal([0x93, .. "NUMPY"u8, 2, 0, 255, 255, 255, 255]));
        Assert.Contains("header is damaged", Refusal(NpyOf("{'descr': '<f8', 'fortran_order': False}", [])));
        Assert.Contains("header is damaged", Refusal(NpyOf("{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': ()}", [])));
        Assert.Contains("65 dimensions", Refusal(Npy("'<f8'", $"({string.Join(", ", Enumerable.Repeat("1", 65))})", [])));
    }

    [Fact]
    public void FilesThatCannotBeReadAreRefused()
    {
        Assert.Equal("there is no such file.", RefusalOf(folder.At("none.npy")));
        Assert.Equal("this is a folder, not a file.", RefusalOf(folder.At("")));
        Assert.Contains("leave the name out", Refusal(WrittenByNumpy, "t"));
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void ArchivesAreReadByName(CompressionLevel level)
    {
        string path = Zip(level, ("t.npy", WrittenByNumpy), ("id.npy", Npy("'<i4'", "(1,)", [5, 0, 0, 0])), ("note.txt", [1]));
        Assert.Equal([1.0, 2.0], ArrayFiles.Read(path, "t", Named).AsDoubles());
        Assert.Equal([5], ArrayFiles.Read(path, "id", Named).AsIntegers());
        Assert.Equal(["t", "id"], ArrayFiles.Names(path, Named));
    }

    [Fact]
    public void TheOnlyArrayNeedsNoName()
    {
        string path = Zip(CompressionLevel.Optimal, ("t.npy", WrittenByNumpy));
        Assert.Equal([1.0, 2.0], ArrayFiles.Read(path, null, Named).AsDoubles());
    }

    [Fact]
    public void ArraysThatAreNotThereAreRefusedWithASuggestion()
    {
        string path = Zip(CompressionLevel.Optimal, ("weight.npy", WrittenByNumpy), ("id.npy", WrittenByNumpy));
        Assert.Equal(", array weigth: the archive holds no such array. Did you mean weight?", RefusalOf(path, "weigth"));
        Assert.Equal("the archive holds several arrays; name one of weight, id.", RefusalOf(path));
        Assert.Contains("the archive holds no such array", RefusalOf(path, new string('x', 1_000_000)));
        Assert.Equal("the archive holds no array.", RefusalOf(Zip(CompressionLevel.Optimal, ("note.txt", [1]))));
        Assert.Equal(", array t: the archive holds this array twice.", RefusalOf(Zip(CompressionLevel.Optimal, ("t.npy", [1]), ("t.npy", [1])), "t"));
    }

    [Fact]
    public void AnArchiveWithoutEntriesHoldsNoArray()
    {
        Assert.Equal("the archive holds no array.", RefusalOf(Zip(CompressionLevel.Optimal)));
    }

    /// <summary>50 MB of zeros in 50 kB: only what the header's shape needs may be inflated.</summary>
    [Fact]
    public void AZipBombIsNotInflated()
    {
        string path = Zip(CompressionLevel.Optimal, ("t.npy", [.. WrittenByNumpy, .. new byte[50_000_000]]));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("more data follow than the shape says", RefusalOf(path, "t"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    /// <summary>100 MB of honest zeros in 100 kB, where less memory is left than they need, as they are and as float64.</summary>
    [Fact]
    public void AnArrayThatTheMemoryHasNoRoomForIsNotInflated()
    {
        string path = Zip(CompressionLevel.Fastest, ("t.npy", Npy("'<f4'", "(25000000,)", new byte[100_000_000])));
        long before = GC.GetAllocatedBytesForCurrentThread();
        ArrayMemoryException refused = Assert.Throws<ArrayMemoryException>(() => ArrayFiles.Read(path, "t", Named, 299_999_999));
        Assert.Contains("its 25000000 numbers, with those of the arrays before it, need more memory", refused.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
        Assert.Equal(25_000_000, ArrayFiles.Read(path, "t", Named, 300_000_000).Count);
    }

    [Fact]
    public void AnArchiveOfVeryManyEntriesIsRefusedUnread()
    {
        string path = Zip(CompressionLevel.NoCompression, [.. Enumerable.Range(0, 50_000).Select(i => ($"{i}{new string('x', 40)}.npy", Array.Empty<byte>()))]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("list of contents has more than 4194304 bytes", RefusalOf(path, "t"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    /// <summary>What would leave a folder, were it unpacked, is a name like others; a link is what it holds.</summary>
    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\..\\x")]
    public void NothingIsEverUnpacked(string name)
    {
        string path = Zip(CompressionLevel.Optimal, ($"{name}.npy", WrittenByNumpy), ("link.npy", "/etc/passwd"u8.ToArray()));
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Update))
        {
            archive.GetEntry("link.npy")!.ExternalAttributes = 0xA1FF << 16; // A symbolic link, for those who make links.
        }

        Assert.Equal([1.0, 2.0], ArrayFiles.Read(path, name, Named).AsDoubles());
        Assert.Equal(", array link: this is not a .npy array.", RefusalOf(path, "link"));
    }

    [Fact]
    public void AClaimThatDeflateCannotReachIsRefusedBeforeAllocation()
    {
        byte[] npy = Npy("'<f8'", "(250000000,)", new byte[100]);
        string path = Zip(CompressionLevel.Optimal, ("t.npy", npy));
        byte[] archive = File.ReadAllBytes(path);
        Overwrite(archive, npy.Length, npy.Length - 100 + 2_000_000_000);
        string lie = folder.Write("lie.npz", archive);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("which cannot be", RefusalOf(lie, "t"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    [Fact]
    public void ADamagedArchiveIsRefused()
    {
        byte[] archive = File.ReadAllBytes(Zip(CompressionLevel.NoCompression, ("t.npy", WrittenByNumpy)));
        archive[archive.AsSpan().LastIndexOf(WrittenByNumpy.AsSpan(128)) + 3] ^= 1;
        Assert.Contains("damaged", RefusalOf(folder.Write("flipped.npz", archive), "t"));
        Assert.Contains("damaged", RefusalOf(folder.Write("short.npz", archive[..^30]), "t"));
    }

    /// <summary>Any byte of a small archive set to any value: the array comes out unchanged, or a mistake does.</summary>
    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void NoChangedByteGoesUnnoticed(CompressionLevel level)
    {
        byte[] good = File.ReadAllBytes(Zip(level, ("t.npy", WrittenByNumpy)));
        Random random = new(2);
        for (int i = 0; i < 3 * good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i / 3] = (byte)random.Next(256);
            AssertSameOrRefused(folder.Write("bad.npz", bad));
        }
    }

    private static void AssertSameOrRefused(string path)
    {
        try
        {
            Assert.Equal([1.0, 2.0], ArrayFiles.Read(path, "t", Named).AsDoubles());
        }
        catch (UserMistakeException refused)
        {
            Assert.Single(refused.Mistakes);
        }
    }

    private static byte[] Bytes(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static void Overwrite(byte[] archive, int oldLength, int newLength)
    {
        Span<byte> rest = archive;
        byte[] pattern = BitConverter.GetBytes(oldLength);
        for (int at = rest.IndexOf(pattern); at >= 0; at = rest.IndexOf(pattern))
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest[at..], newLength);
            rest = rest[(at + 4)..];
        }
    }

    private string RefusalOfValues(byte[] npy, Action<NumpyArray> use)
    {
        NumpyArray array = Read(npy);
        return Assert.Single(Assert.Throws<UserMistakeException>(() => use(array)).Mistakes).Message;
    }

    private string WriteNpz(Action<NpzWriter> write)
    {
        string path = folder.At("out.npz");
        using NpzWriter writer = new(File.Create(path));
        write(writer);
        return path;
    }
}

using System.IO.Compression;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Documents;

public sealed class NpzWriterTests : IDisposable
{
    private static readonly Place Nowhere = new("test", 0, 0, "");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static byte[] Write(Action<NpzWriter> write)
    {
        MemoryStream stream = new();
        using (NpzWriter writer = new(stream, leaveOpen: true))
        {
            write(writer);
        }

        return stream.ToArray();
    }

    private NumpyArray RoundTrip(string name, Action<NpzWriter> write) =>
        ArrayFiles.Read(folder.Write("out.npz", Write(write)), name, Nowhere);

    [Fact]
    public void EveryTypeComesBack()
    {
        AssertComesBack<double>([-1.5, double.NaN, double.MaxValue], "<f8");
        AssertComesBack<float>([-1.5f, float.PositiveInfinity], "<f4");
        AssertComesBack([(Half)0.5, Half.MaxValue], "<f2");
        AssertComesBack([true, false], "|b1");
        AssertComesBack<sbyte>([-128, 127], "|i1");
        AssertComesBack<byte>([0, 255], "|u1");
        AssertComesBack<short>([short.MinValue, 7], "<i2");
        AssertComesBack<ushort>([ushort.MaxValue, 7], "<u2");
        AssertComesBack([int.MinValue, 7], "<i4");
        AssertComesBack([uint.MaxValue, 7u], "<u4");
        AssertComesBack([-(1L << 52), 7L], "<i8");
        AssertComesBack([1UL << 52, 7UL], "<u8");
    }

    private void AssertComesBack<T>(T[] values, string descriptor) where T : unmanaged
    {
        NumpyArray array = RoundTrip("x", w => w.Add("x", values));
        Assert.Equal(descriptor, array.Type.Descriptor);
        Assert.Equal(values.Select(v => v is Half h ? (double)h : Convert.ToDouble(v, null)), array.AsDoubles());
    }

    [Fact]
    public void ShapesComeBack()
    {
        NumpyArray array = RoundTrip("V", w =>
        {
            w.Add("t", (double[])[1, 2]);
            w.Add("V", (float[])[1, 2, 3, 4, 5, 6], 2, 3);
        });
        Assert.Equal([2, 3], array.Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], array.AsDoubles());
    }

    [Fact]
    public void AnArrayInPiecesIsTheArrayAtOnce()
    {
        double[] values = [.. Enumerable.Range(0, 200_000).Select(i => (double)i)];
        byte[] atOnce = Write(w => w.Add("x", values, 2, 100_000));
        byte[] inPieces = Write(w =>
        {
            using NpzEntry<double> entry = w.Begin<double>("x", 2, 100_000);
            entry.Write(values.AsSpan(0, 70_001));
            Assert.Equal(129_999, entry.Missing);
            entry.Write(values.AsSpan(70_001));
        });
        Assert.Equal(atOnce, inPieces);
    }

    [Fact]
    public void ASingleNumberHasNoShape()
    {
        NumpyArray array = RoundTrip("x", w =>
        {
            using NpzEntry<long> entry = w.Begin<long>("x");
            entry.Write([42]);
        });
        Assert.Empty(array.Shape);
        Assert.Equal([42], array.AsIntegers());
    }

    [Fact]
    public void AnArrayLeftIncompleteIsRefusedByTheReader()
    {
        UserMistakeException refused = Assert.Throws<UserMistakeException>(() => RoundTrip("x", w => w.Begin<long>("x", 3).Dispose()));
        Assert.Contains("cut off", refused.Message);
    }

    /// <summary>General bits, method (0: stored), time and date (0x0021: 1980-01-01) of a local header. Source: PKWARE APPNOTE 4.3.7.</summary>
    [Fact]
    public void EntriesAreStoredWithoutTime()
    {
        byte[] archive = Write(w => w.Add("x", (int[])[1]));
        Assert.Equal([0, 0, 0, 0, 0x21, 0], archive[8..14]);
        Assert.True(archive.AsSpan().IndexOf((byte[])[1, 0, 0, 0, (byte)'P', (byte)'K']) > 0);
    }

    [Fact]
    public void EqualArraysGiveEqualBytes()
    {
        static void Fill(NpzWriter w)
        {
            w.Add("t", (double[])[1, 2]);
            w.Add("id", (uint[])[1, 2]);
        }

        Assert.Equal(Write(Fill), Write(Fill));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void HeadersAreAlignedTo64Bytes(int rank)
    {
        int[] shape = [.. Enumerable.Repeat(1, rank)];
        using ZipArchive archive = new(new MemoryStream(Write(w => w.Add("x", (double[])[1], shape))));
        Assert.Equal(8, archive.Entries[0].Length % 64);
    }

    /// <summary>An array of 4.4 GB, and a small one behind the 4 GB, which zip can only say with its 64-bit fields. Zeros take no room here, but for the last piece there are none.</summary>
    [Fact]
    public void ArraysBeyond4GbAreReadBack()
    {
        const long Length = 550_000_000;
        const int Piece = 50_000_000;
        using SparseStream file = new();
        using (NpzWriter writer = new(file, leaveOpen: true))
        {
            using (NpzEntry<double> entry = writer.Begin<double>("x", Length, 1))
            {
                double[] zeros = new double[Piece];
                for (long written = 0; written < Length - 1; written += Piece)
                {
                    zeros[^1] = written + Piece == Length ? 7 : 0;
                    entry.Write(zeros.AsSpan());
                }
            }

            writer.Add<int>("index", [3, 4]);
        }

        file.Position = 0;
        using ZipArchive archive = new(file, ZipArchiveMode.Read);
        Assert.Equal((8 * Length) + 128, archive.GetEntry("x.npy")!.Length);
        using Stream large = archive.GetEntry("x.npy")!.Open();
        byte[] start = new byte[128];
        large.ReadExactly(start);
        Assert.Contains("'shape': (550000000, 1), }", System.Text.Encoding.ASCII.GetString(start), StringComparison.Ordinal);
        using Stream small = archive.GetEntry("index.npy")!.Open();
        byte[] whole = new byte[archive.GetEntry("index.npy")!.Length];
        small.ReadExactly(whole);
        Assert.Equal([3, 0, 0, 0, 4, 0, 0, 0], whole[^8..]);
    }

    [Fact]
    public void MisuseIsRefused()
    {
        Write(w =>
        {
            w.Add("x", (double[])[1]);
            Assert.Throws<ArgumentException>(() => w.Add("x", (double[])[1]));
            Assert.Throws<ArgumentException>(() => w.Add("", (double[])[1]));
            Assert.Throws<ArgumentException>(() => w.Add("../x", (double[])[1]));
            Assert.Throws<ArgumentException>(() => w.Add("y", (double[])[1], 2));
            Assert.Throws<ArgumentException>(() => w.Add("y", (double[])[1], -1, -1));
            Assert.Throws<ArgumentException>(() => w.Add("y", (char[])['a']));
            using NpzEntry<int> entry = w.Begin<int>("z", 1);
            Assert.Throws<ArgumentException>(() => entry.Write([1, 2]));
        });
    }
}

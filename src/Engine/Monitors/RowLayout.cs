using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BrainSim.Engine.Monitors;

/// <summary>Columns From, From + 1, ... of the rows of a whole monitor, which lie side by side in a shard's part of them.</summary>
public readonly record struct ColumnRun(int From, int Count)
{
    /// <param name="columns">In the order of the shard's part.</param>
    public static ColumnRun[] Of(int[] columns)
    {
        List<ColumnRun> runs = [];
        foreach (int column in columns)
        {
            if (runs.Count > 0 && runs[^1].From + runs[^1].Count == column)
            {
                runs[^1] = runs[^1] with { Count = runs[^1].Count + 1 };
            }
            else
            {
                runs.Add(new ColumnRun(column, 1));
            }
        }

        return [.. runs];
    }
}

/// <summary>
/// What a chunk of variables begins with: numbers in a row of the whole monitor (64 bits), the <see cref="ColumnRun"/>s that this shard has of it behind their number (64 bits), and of a
/// monitor of synapses source and target of each of these columns behind their number (64 bits), which else is 0. Then the rows.
/// </summary>
public readonly ref struct RowLayout
{
    private RowLayout(long width, ReadOnlySpan<ColumnRun> runs, ReadOnlySpan<SynapseEnds> ends, ReadOnlySpan<byte> rows)
    {
        Width = width;
        Runs = runs;
        Ends = ends;
        Rows = rows;
    }

    public long Width { get; }

    public ReadOnlySpan<ColumnRun> Runs { get; }

    public ReadOnlySpan<SynapseEnds> Ends { get; }

    public ReadOnlySpan<byte> Rows { get; }

    /// <param name="places">Where this shard's columns stand in a row of the whole monitor.</param>
    /// <param name="ends">Of each of them; empty where they are no synapses.</param>
    public static byte[] Bytes(long width, int[] places, ReadOnlySpan<SynapseEnds> ends)
    {
        ColumnRun[] runs = ColumnRun.Of(places);
        return
        [
            .. BitConverter.GetBytes(width), .. BitConverter.GetBytes((long)runs.Length), .. MemoryMarshal.AsBytes(runs.AsSpan()),
            .. BitConverter.GetBytes((long)ends.Length), .. MemoryMarshal.AsBytes(ends),
        ];
    }

    public static RowLayout Of(ReadOnlySpan<byte> chunk)
    {
        ReadOnlySpan<byte> runs = List<ColumnRun>(chunk[sizeof(long)..]);
        ReadOnlySpan<byte> ends = List<SynapseEnds>(chunk[((2 * sizeof(long)) + runs.Length)..]);
        return new RowLayout(
            MemoryMarshal.Read<long>(chunk), MemoryMarshal.Cast<byte, ColumnRun>(runs), MemoryMarshal.Cast<byte, SynapseEnds>(ends), chunk[((3 * sizeof(long)) + runs.Length + ends.Length)..]);
    }

    /// <summary>The bytes of the items behind their number.</summary>
    private static ReadOnlySpan<byte> List<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => bytes.Slice(sizeof(long), checked((int)MemoryMarshal.Read<long>(bytes) * Unsafe.SizeOf<T>()));
}

/// <summary>Global ids of a synapse's source and target.</summary>
public readonly record struct SynapseEnds(int Pre, int Post);

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

    /// <summary>Reads what a chunk of variables begins with.</summary>
    /// <returns>The rows.</returns>
    public static ReadOnlySpan<byte> Split(ReadOnlySpan<byte> chunk, out ReadOnlySpan<ColumnRun> runs)
    {
        int bytes = checked((int)MemoryMarshal.Read<long>(chunk) * Unsafe.SizeOf<ColumnRun>());
        runs = MemoryMarshal.Cast<byte, ColumnRun>(chunk.Slice(sizeof(long), bytes));
        return chunk[(sizeof(long) + bytes)..];
    }
}

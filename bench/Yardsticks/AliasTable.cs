namespace BrainSim.Bench.Yardsticks;

/// <summary>A discrete distribution drawn in constant time from one word of 32 bits (Walker 1977; construction of Vose 1991): its top bits choose a column, the rest decides between the column's two outcomes.</summary>
public sealed class AliasTable
{
    private readonly int bits;

    /// <param name="odds">In proportion to the probabilities; a power of two of them.</param>
    public AliasTable(double[] odds)
    {
        int n = odds.Length;
        bits = System.Numerics.BitOperations.Log2((uint)n);
        Alias = [.. Enumerable.Range(0, n)];
        Limits = new uint[n];
        double[] share = [.. odds.Select(o => o * n / odds.Sum())];
        Stack<int> small = new(Enumerable.Range(0, n).Where(i => share[i] < 1));
        Stack<int> large = new(Enumerable.Range(0, n).Where(i => share[i] >= 1));
        Array.Fill(Limits, uint.MaxValue);
        while (small.Count > 0 && large.Count > 0)
        {
            int less = small.Pop();
            int more = large.Pop();
            Limits[less] = (uint)Math.Min(uint.MaxValue, share[less] * 4294967296.0);
            Alias[less] = more;
            share[more] -= 1 - share[less];
            (share[more] < 1 ? small : large).Push(more);
        }
    }

    /// <summary>Below it, of 2^32, a column gives its own number, else its alias.</summary>
    public uint[] Limits { get; }

    public int[] Alias { get; }

    public int Pick(uint word)
    {
        uint column = word >> (32 - bits);
        return (word << bits) < Limits[column] ? (int)column : Alias[column];
    }
}

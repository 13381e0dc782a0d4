namespace BrainSim.Engine.Units;

/// <summary>
/// Random numbers as a pure function of (seed, purpose, id, step, draw). Nothing is stored and nothing has a position:
/// whoever asks for the same five gets the same number, on any shard, in any order, after any restart. Thread-safe.
/// </summary>
/// <remarks>
/// Packing into Philox4x32-10:
/// <code>
/// key     = Mix(seed + golden ratio) xor purpose     one-to-one in the seed and one-to-one in the purpose
/// counter = (block, id, step low, step high)         block = draw / 2: one block holds two draws of 64 bits
/// draw 2b = w0 | w1 &lt;&lt; 32,  draw 2b+1 = w2 | w3 &lt;&lt; 32
/// </code>
/// Two numbers of one seed and one purpose never share a counter: 32 bits of id, 64 of step, 2^33 draws. Two purposes of one seed
/// share a key only if their hashes are equal (2^-64 for a pair). The default value is a valid key, that of no seed in particular.
/// </remarks>
public readonly struct KeyedRandom(ulong seed, ulong purpose)
{
    private const ulong GoldenRatio = 0x9E3779B97F4A7C15;

    private readonly ulong key = Mix(unchecked(seed + GoldenRatio)) ^ purpose;

    public uint Key0 => (uint)key;

    public uint Key1 => (uint)(key >> 32);

    /// <summary>
    /// The number that stands for a purpose, such as <c>populations.E.init.V#0</c>: FNV-1a with 64 bits (Fowler, Noll, Vo 1991)
    /// over the UTF-16 code units, low byte first, then <see cref="Mix"/>. Case matters. The same in every version and process.
    /// </summary>
    public static ulong Purpose(string name)
    {
        const ulong Basis = 0xCBF29CE484222325, Prime = 0x100000001B3;
        ulong hash = Basis;
        foreach (char c in name)
        {
            hash = unchecked((hash ^ (byte)c) * Prime);
            hash = unchecked((hash ^ (byte)(c >> 8)) * Prime);
        }

        return Mix(hash);
    }

    /// <summary>All draws of one id in one step. What is drawn once, not per step, may use <paramref name="step"/> as a second id.</summary>
    public KeyedStream Stream(uint id, long step) => new(key, id, step);

    /// <summary>Draw 0, in [0, 1): <c>u = ((w0 | w1 &lt;&lt; 32) >> 11) · 2^-53</c> of block 0. Equal to the stream's first <see cref="KeyedStream.NextUnit"/>.</summary>
    public double Uniform(uint id, long step)
    {
        Philox.Words w = Philox.Block(0, id, (uint)step, (uint)(step >>> 32), Key0, Key1);
        return KeyedStream.ToUnit(w.W0 | ((ulong)w.W1 << 32));
    }

    /// <summary>
    /// Standard normal from draws 0 and 1, both in block 0: <c>√(-2 ln a)·cos(2π b)</c> with <c>a = ((draw0 >> 12)·2 + 1)·2^-53</c>
    /// and <c>b = (draw1 >> 11)·2^-53</c>. Equal to the stream's first <see cref="Distributions.Normal"/> with mean 0, deviation 1.
    /// </summary>
    public double StandardNormal(uint id, long step)
    {
        Philox.Words w = Philox.Block(0, id, (uint)step, (uint)(step >>> 32), Key0, Key1);
        return Distributions.BoxMuller(
            KeyedStream.ToOpen(w.W0 | ((ulong)w.W1 << 32)),
            KeyedStream.ToUnit(w.W2 | ((ulong)w.W3 << 32)));
    }

    /// <summary>A bijection in which every bit of the result depends on every bit of x (SplitMix64's finalizer: Steele, Lea and Flood 2014, variant 13 of Stafford 2011).</summary>
    private static ulong Mix(ulong x)
    {
        unchecked
        {
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        }

        return x ^ (x >> 31);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using BrainSim.Engine.Units;

namespace BrainSim.Bench.Yardsticks;

/// <summary>
/// The synapses that land on one part of the targets. A row per source neuron is a stream of groups by delay, that of one step first:
/// <c>[targets: count × 16 bits][weights: count × 32 bits][count of the next group: 16 bits]</c>, where a count may be zero and <see cref="End"/> ends the row.
/// </summary>
/// <remarks>
/// Nothing is kept between drawing and row: a first pass draws only sources, to know how many synapses each has; the second draws
/// target, delay and weight row by row, sorts one row in the first-level cache and writes it once, in order of addresses.
/// </remarks>
public sealed unsafe class MicrocircuitWiring : IDisposable
{
    public const ushort End = 0xFFFF;

    public const int BytesPerSynapse = sizeof(ushort) + sizeof(float);

    /// <summary>Groups are filled up to a multiple of it with weights of zero onto a neuron that is not there.</summary>
    private const int GroupMultiple = 4;

    private const int MostDelays = 64;
    private const int Lanes = 16;
    private const int CountShift = 48;
    private const ulong SharePurpose = 3, SourcePurpose = 100, SynapsePurpose = 200;

    private readonly Microcircuit network;
    private readonly MicrocircuitPart part;
    private readonly NativeArray<ulong> keys = new(PhiloxVectors.KeyLength);
    private readonly NativeArray<ushort> targets;
    private readonly NativeArray<float> weights;
    private readonly NativeArray<byte> delays;
    private readonly int[] groups = new int[MostDelays];
    private readonly NativeArray<byte> memory;
    private byte* end;

    public MicrocircuitWiring(Microcircuit network, MicrocircuitPart part)
    {
        (this.network, this.part) = (network, part);
        Rows = new(network.Neurons);
        Degrees = new(network.Neurons);
        ushort[][] degrees = [.. Enumerable.Range(0, Microcircuit.Populations).Select(DrawSources)];
        for (int s = 0; s < network.Neurons; s++)
        {
            Degrees[s] = degrees.Sum(d => d[s]);
            Synapses += Degrees[s];
        }

        int longest = Degrees.Span.ToArray().Max() + Lanes;
        (targets, weights, delays) = (new(longest), new(longest), new(longest));
        long mostFillers = network.Neurons * (long)MostDelays * (GroupMultiple - 1);
        memory = NativeArray<byte>.Large(((Synapses + mostFillers) * BytesPerSynapse) + (network.Neurons * (long)MostDelays * sizeof(ushort)));
        end = memory.Pointer;
        for (int pre = 0, source = 0; pre < Microcircuit.Populations; pre++)
        {
            AliasTable table = DelayTable(pre);
            for (int s = 0; s < network.Size(pre); s++, source++)
            {
                DrawRow(pre, source, degrees, table);
                Rows[source] = WriteRow(Degrees[source]);
            }
        }
    }

    public long Synapses { get; }

    /// <summary>The cursor of each source's first group.</summary>
    public NativeArray<ulong> Rows { get; }

    /// <summary>Synapses of each source.</summary>
    public NativeArray<int> Degrees { get; }

    /// <summary>A group in one number: the address of its targets below, how many above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Cursor(ushort* group, int count) => (ulong)group | ((ulong)count << CountShift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort* Group(ulong cursor) => (ushort*)(cursor & ((1ul << CountShift) - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Count(ulong cursor) => (long)(cursor >> CountShift);

    public void Dispose()
    {
        memory.Dispose();
        keys.Dispose();
        targets.Dispose();
        weights.Dispose();
        delays.Dispose();
        Rows.Dispose();
        Degrees.Dispose();
    }

    /// <summary>How many synapses onto the population each source neuron has: every synapse of a pair of populations draws its source.</summary>
    private ushort[] DrawSources(int post)
    {
        ushort[] counts = new ushort[network.Neurons];
        for (int pre = 0, first = 0; pre < Microcircuit.Populations; first += network.Size(pre), pre++)
        {
            Key(SourcePurpose, post, pre);
            CountDraws(Share(post, pre), network.Size(pre), counts.AsSpan(first));
        }

        return counts;
    }

    /// <summary>How many of a projection's synapses land on this part: binomial by its normal approximation, and the last part takes the rest.</summary>
    private long Share(int post, int pre)
    {
        KeyedRandom random = new(Microcircuit.Seed, SharePurpose);
        long left = network.Synapses(post, pre);
        for (int p = 0; p < part.Parts - 1; p++)
        {
            double odds = (double)(part.Border(post, p + 1) - part.Border(post, p)) / Math.Max(1, network.Size(post) - part.Border(post, p));
            double deviation = Math.Sqrt(left * odds * (1 - odds));
            double drawn = (left * odds) + (deviation * random.StandardNormal((uint)p, (post * Microcircuit.Populations) + pre));
            long here = Math.Clamp((long)Math.Round(drawn), 0, left);
            if (p == part.Index)
            {
                return here;
            }

            left -= here;
        }

        return left;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CountDraws(long draws, int size, Span<ushort> counts)
    {
        uint* words = stackalloc uint[4 * Lanes];
        for (long d = 0; d < draws; d += 4 * Lanes)
        {
            PhiloxVectors.Blocks((uint)(d / 4), (uint)part.Index, 0, keys.Pointer, out Vector512<uint> w0, out Vector512<uint> w1, out Vector512<uint> w2, out Vector512<uint> w3);
            w0.Store(words);
            w1.Store(words + Lanes);
            w2.Store(words + (2 * Lanes));
            w3.Store(words + (3 * Lanes));
            int used = (int)Math.Min(4 * Lanes, draws - d);
            for (int j = 0; j < used; j++)
            {
                counts[Below(size, words[j])]++;
            }
        }
    }

    /// <summary>Draws one source's synapses, population after population.</summary>
    private void DrawRow(int pre, int source, ushort[][] degrees, AliasTable table)
    {
        Array.Clear(groups);
        for (int post = 0, at = 0; post < Microcircuit.Populations; at += degrees[post][source], post++)
        {
            Key(SynapsePurpose, post, pre);
            DrawSynapses(source, degrees[post][source], post, (float)Microcircuit.MeanWeight(post, pre), table, at);
        }
    }

    /// <summary>One block of four words per synapse: target, delay, and two for a normal number (Box and Muller 1958), whose 5.8 deviations at most never turn a weight's sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DrawSynapses(int source, int degree, int post, float mean, AliasTable table, int at)
    {
        uint* places = stackalloc uint[Lanes];
        uint* lags = stackalloc uint[Lanes];
        for (int d = 0; d < degree; d += Lanes)
        {
            PhiloxVectors.Blocks((uint)d, (uint)source, (uint)part.Index, keys.Pointer, out Vector512<uint> w0, out Vector512<uint> w1, out Vector512<uint> w2, out Vector512<uint> w3);
            Vector512<float> radius = Vector512.Sqrt(Vector512.Log(ToOpen(w2)) * -2f);
            Vector512<float> normal = radius * Vector512.Cos(ToOpen(w3) * (2 * MathF.PI));
            (Vector512.FusedMultiplyAdd(normal, Vector512.Create(0.1f), Vector512<float>.One) * mean).Store(weights.Pointer + at + d);
            w0.Store(places);
            w1.Store(lags);
            int used = Math.Min(Lanes, degree - d);
            for (int j = 0; j < used; j++)
            {
                int delay = table.Pick(lags[j]);
                delays.Pointer[at + d + j] = (byte)delay;
                groups[delay]++;
                targets.Pointer[at + d + j] = (ushort)(part.Starts[post] + Below(part.Sizes[post], places[j]));
            }
        }
    }

    /// <summary>Sorts what was drawn by delay, and appends it to the rows. Returns the cursor of the first group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong WriteRow(int count)
    {
        ushort** nextTarget = stackalloc ushort*[MostDelays];
        float** nextWeight = stackalloc float*[MostDelays];
        int last = Math.Max(1, Array.FindLastIndex(groups, g => g > 0));
        ulong first = Cursor((ushort*)end, Filled(1));
        for (int d = 1; d <= last; d++)
        {
            nextTarget[d] = (ushort*)end;
            nextWeight[d] = (float*)(nextTarget[d] + Filled(d));
            new Span<ushort>(nextTarget[d] + groups[d], Filled(d) - groups[d]).Fill((ushort)part.Length);
            new Span<float>(nextWeight[d] + groups[d], Filled(d) - groups[d]).Clear();
            ushort* header = (ushort*)(nextWeight[d] + Filled(d));
            *header = d == last ? End : (ushort)Filled(d + 1);
            end = (byte*)(header + 1);
        }

        for (int j = 0; j < count; j++)
        {
            int d = delays.Pointer[j];
            *nextTarget[d]++ = targets.Pointer[j];
            *nextWeight[d]++ = weights.Pointer[j];
        }

        return first;
    }

    private int Filled(int delay) => (groups[delay] + GroupMultiple - 1) / GroupMultiple * GroupMultiple;

    private void Key(ulong purpose, int post, int pre)
    {
        KeyedRandom random = new(Microcircuit.Seed, purpose + (ulong)((post * Microcircuit.Populations) + pre));
        PhiloxVectors.Schedule(random.Key0, random.Key1, keys.Pointer);
    }

    /// <summary>In [0, size).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Below(int size, uint word) => (int)(((ulong)word * (uint)size) >> 32);

    /// <summary>In (0, 1), in steps of 2^-23.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ToOpen(Vector512<uint> word) =>
        (Vector512.ConvertToSingle((word >>> 9).AsInt32()) + Vector512.Create(0.5f)) * (1f / (1 << 23));

    /// <summary>Normal, at least one step, rounded to whole steps.</summary>
    private static AliasTable DelayTable(int pre)
    {
        double mean = Microcircuit.MeanDelay(pre);
        double[] odds = new double[MostDelays];
        for (int d = 1; d < MostDelays; d++)
        {
            odds[d] = AreaUnderBell((Math.Max(1, d - 0.5) - mean) / (mean / 2), (d + 0.5 - mean) / (mean / 2));
        }

        return new AliasTable(odds);
    }

    /// <summary>Simpson's rule over intervals shorter than a third of a deviation: good to 1e-5 of the area.</summary>
    private static double AreaUnderBell(double from, double to)
    {
        static double Bell(double x) => Math.Exp(-x * x / 2);
        return (to - from) / 6 * (Bell(from) + (4 * Bell((from + to) / 2)) + Bell(to));
    }
}

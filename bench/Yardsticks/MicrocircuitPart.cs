using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using BrainSim.Engine.Units;

namespace BrainSim.Bench.Yardsticks;

/// <summary>
/// What one thread owns: a slice of every population, and the synapses onto it. There is no buffer of future input: a spike that has synapses still to reach
/// is remembered by the address of its next group, and the groups that are due are added straight onto the synaptic currents, which stay in the second-level cache.
/// </summary>
public sealed unsafe class MicrocircuitPart : IDisposable
{
    /// <summary>Neurons in one turn of the update: 16 counters give 64 words. Slices start at a multiple of it.</summary>
    private const int Turn = 64;

    /// <summary>Groups between a prefetch and its use; from 4 to 16 are alike.</summary>
    private const int Ahead = 8;

    /// <summary>Spikes of a neuron that can be on their way at once: its refractory time is a third of the longest delay.</summary>
    private const int LivePerNeuron = 4;

    private const ulong BackgroundPurpose = 1, StatePurpose = 2;

    private readonly Microcircuit network;
    private readonly int[] firstIds = new int[Microcircuit.Populations];
    private readonly NativeArray<float> v;
    private readonly NativeArray<float> current;
    private readonly NativeArray<ulong> keys = new(PhiloxVectors.KeyLength);
    private readonly NativeArray<ulong> live;
    private readonly NativeArray<int>[] fired;
    private readonly NativeArray<int>[] resting;
    private readonly AliasTable[] background;
    private MicrocircuitWiring? wiring;
    private int liveCount;

    /// <exception cref="UserMistakeException">The part has more neurons than 16-bit targets can name.</exception>
    public MicrocircuitPart(Microcircuit network, int index, int parts)
    {
        this.network = network;
        (Index, Parts) = (index, parts);
        for (int p = 0, first = 0; p < Microcircuit.Populations; first += network.Size(p), p++)
        {
            int from = Border(p, index);
            Sizes[p] = Border(p, index + 1) - from;
            Starts[p] = Length;
            firstIds[p] = first + from;
            Length += (Sizes[p] + Turn - 1) / Turn * Turn;
        }

        if (Length >= ushort.MaxValue)
        {
            throw new UserMistakeException(new Place("the command line", 0, 0, "--threads"),
                $"a part of the microcircuit would have {Length} neurons, and 16-bit targets name {ushort.MaxValue - 1}; use more threads or a smaller --scale");
        }

        v = new(Length);
        current = new(Length, Turn);
        live = new((long)network.Neurons * LivePerNeuron, Ahead);
        fired = [.. Enumerable.Range(0, HandWrittenMicrocircuit.Slots).Select(_ => new NativeArray<int>(Length))];
        resting = [.. Enumerable.Range(0, Microcircuit.RefractorySteps).Select(_ => new NativeArray<int>(Length))];
        Array.ForEach([.. fired, .. resting], list => list.Clear());
        background = [.. Enumerable.Range(0, Microcircuit.Populations).Select(p => Poisson(Microcircuit.BackgroundPerStep(p)))];
        Initialise();
    }

    public int Index { get; }

    public int Parts { get; }

    /// <summary>Neurons, with those that fill up the last turn of each slice: they take part in everything but spikes.</summary>
    public int Length { get; }

    /// <summary>Where each population's slice begins among this part's neurons.</summary>
    public int[] Starts { get; } = new int[Microcircuit.Populations];

    /// <summary>Real neurons of each slice.</summary>
    public int[] Sizes { get; } = new int[Microcircuit.Populations];

    /// <summary>Since the start, by population.</summary>
    public long[] Spikes { get; } = new long[Microcircuit.Populations];

    /// <summary>Synapses of all spikes taken.</summary>
    public long Events { get; private set; }

    public long Synapses => wiring!.Synapses;

    /// <summary>Global ids, ascending within a population. Kept for <see cref="HandWrittenMicrocircuit.Slots"/> steps.</summary>
    public ReadOnlySpan<int> Fired(int step) => fired[step % fired.Length].Span;

    public void Build() => wiring = new MicrocircuitWiring(network, this);

    public void Dispose()
    {
        wiring?.Dispose();
        Array.ForEach([v, current], a => a.Dispose());
        Array.ForEach([keys, live], a => a.Dispose());
        Array.ForEach([.. fired, .. resting], a => a.Dispose());
    }

    /// <summary>The first neuron of a part's slice of a population.</summary>
    public int Border(int population, int part) => (int)((long)network.Size(population) * part / Parts);

    /// <summary>Remembers spikes whose first groups are due in this step.</summary>
    public void Take(ReadOnlySpan<int> spikes)
    {
        foreach (int source in spikes)
        {
            live[liveCount++] = wiring!.Rows[source];
            Prefetch(wiring.Rows[source]);
            Events += wiring.Degrees[source];
        }
    }

    /// <summary>Adds all groups that are due, oldest spike first, and forgets the spikes that have reached all their targets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Deliver()
    {
        float* sum = current.Pointer;
        ulong* cursor = live.Pointer;
        ulong* kept = cursor;
        ulong* end = cursor + liveCount;
        for (; cursor < end; cursor++)
        {
            Prefetch(cursor[Ahead]);
            ushort* target = MicrocircuitWiring.Group(*cursor);
            long size = MicrocircuitWiring.Count(*cursor);
            float* weight = (float*)(target + size);
            float* past = weight + size;
            for (; weight < past; weight += 4, target += 4)
            {
                Add(sum, target[0], weight[0]);
                Add(sum, target[1], weight[1]);
                Add(sum, target[2], weight[2]);
                Add(sum, target[3], weight[3]);
            }

            ushort* header = (ushort*)past;
            if (*header != MicrocircuitWiring.End)
            {
                *kept++ = MicrocircuitWiring.Cursor(header + 1, *header);
            }
        }

        liveCount = (int)(kept - live.Pointer);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* sum, nuint target, float weight) => sum[target] = sum[target] + weight;
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(ulong cursor)
    {
        byte* line = (byte*)MicrocircuitWiring.Group(cursor);
        byte* end = line + (MicrocircuitWiring.Count(cursor) * MicrocircuitWiring.BytesPerSynapse);
        for (; Sse.IsSupported && line < end; line += 64)
        {
            Sse.Prefetch0(line);
        }
    }

    /// <summary>Background, then membranes and currents over one step.</summary>
    public void Update(int step)
    {
        NativeArray<int> found = fired[step % fired.Length];
        NativeArray<int> rests = resting[step % resting.Length];
        found.Clear();
        rests.Clear();
        for (int p = 0; p < Microcircuit.Populations; p++)
        {
            long before = found.Length;
            UpdatePopulation(step, p, found, rests);
            Spikes[p] += found.Length - before;
        }

        Rest();
    }

    /// <summary>Exact integration of the two linear equations: Rotter and Diesmann 1999, Biol Cybern 81:381.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void UpdatePopulation(int step, int population, NativeArray<int> found, NativeArray<int> rests)
    {
        Vector512<float> decayV = Vector512.Create((float)Math.Exp(-Microcircuit.Dt / Microcircuit.TauM));
        Vector512<float> decayI = Vector512.Create((float)Math.Exp(-Microcircuit.Dt / Microcircuit.TauSyn));
        Vector512<float> gain = (decayV - decayI) * (float)(1 / ((1 / Microcircuit.TauSyn) - (1 / Microcircuit.TauM)) / Microcircuit.Capacitance);
        Vector512<uint> limits = Vector512.Create(background[population].Limits);
        Vector512<float> own = Vector512.ConvertToSingle(Vector512<int>.Indices) * (float)Microcircuit.Weight;
        Vector512<float> other = Vector512.ConvertToSingle(Vector512.Create(background[population].Alias)) * (float)Microcircuit.Weight;
        int size = Sizes[population];
        for (int i = 0; i < size; i += Turn)
        {
            int at = Starts[population] + i;
            float* x = v.Pointer + at;
            float* sum = current.Pointer + at;
            PhiloxVectors.Blocks((uint)at / 4, (uint)step, (uint)Index, keys.Pointer, out Vector512<uint> w0, out Vector512<uint> w1, out Vector512<uint> w2, out Vector512<uint> w3);
            ulong lanes = Advance(x, sum, w0, limits, own, other, decayV, decayI, gain)
                | (Advance(x + 16, sum + 16, w1, limits, own, other, decayV, decayI, gain) << 16)
                | (Advance(x + 32, sum + 32, w2, limits, own, other, decayV, decayI, gain) << 32)
                | (Advance(x + 48, sum + 48, w3, limits, own, other, decayV, decayI, gain) << 48);
            for (; lanes != 0; lanes &= lanes - 1)
            {
                int lane = BitOperations.TrailingZeroCount(lanes);
                x[lane] = Microcircuit.Reset;
                if (i + lane < size)
                {
                    rests.Add(at + lane);
                    found.Add(firstIds[population] + i + lane);
                }
            }
        }
    }

    /// <summary>16 neurons. The top four bits of a word choose a column of the background's alias table. Returns a bit for each that fired.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Advance(float* v, float* sum, Vector512<uint> word, Vector512<uint> limits, Vector512<float> own, Vector512<float> other, Vector512<float> decayV, Vector512<float> decayI, Vector512<float> gain)
    {
        Vector512<uint> column = word >>> 28;
        Vector512<uint> mine = Vector512.LessThan(word << 4, Vector512.ShuffleNative(limits, column));
        Vector512<float> input = Vector512.ConditionalSelect(mine.AsSingle(), Vector512.ShuffleNative(own, column.AsInt32()), Vector512.ShuffleNative(other, column.AsInt32()));
        Vector512<float> current = Vector512.Load(sum) + input;
        Vector512<float> next = Vector512.FusedMultiplyAdd(Vector512.Load(v), decayV, current * gain);
        (current * decayI).Store(sum);
        next.Store(v);
        return Vector512.GreaterThanOrEqual(next, Vector512.Create(Microcircuit.Threshold)).ExtractMostSignificantBits();
    }

    /// <summary>Puts refractory membranes back after the step: no current lifts one from reset to the threshold in a single step, which would take 42 nA.</summary>
    private void Rest()
    {
        foreach (NativeArray<int> rests in resting)
        {
            foreach (int i in rests.Span)
            {
                v[i] = Microcircuit.Reset;
            }
        }
    }

    private void Initialise()
    {
        KeyedRandom random = new(Microcircuit.Seed, StatePurpose);
        for (int p = 0; p < Microcircuit.Populations; p++)
        {
            (double mean, double deviation) = Microcircuit.InitialPotential(p);
            for (int i = 0; i < Sizes[p]; i++)
            {
                v[Starts[p] + i] = (float)(mean + (deviation * random.StandardNormal((uint)(firstIds[p] + i), 0)));
            }
        }

        KeyedRandom noise = new(Microcircuit.Seed, BackgroundPurpose);
        PhiloxVectors.Schedule(noise.Key0, noise.Key1, keys.Pointer);
    }

    /// <summary>16 outcomes: at a mean of 2.32, 16 or more would come once in 3e8 draws.</summary>
    private static AliasTable Poisson(double mean)
    {
        double[] odds = new double[16];
        odds[0] = Math.Exp(-mean);
        for (int n = 1; n < odds.Length; n++)
        {
            odds[n] = odds[n - 1] * mean / n;
        }

        return new AliasTable(odds);
    }
}

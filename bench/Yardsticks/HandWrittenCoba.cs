using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Bench.Yardsticks;

/// <summary>COBA as one would write it by hand for this network alone, float64, one thread: the general engine is measured against it.</summary>
/// <remarks>One population array with excitatory neurons first; 32-bit targets; counters of refractory steps; vectors of 512 bits where the machine has them.</remarks>
public static unsafe class HandWrittenCoba
{
    private const double Dt = 0.1;

    /// <summary>Seconds of the shortest of the repeats, each of which prints a line.</summary>
    public static double Best(Case one, Options options) => Enumerable.Range(0, options.Repeat).Min(_ => Run(one, options.Scale));

    private static double Run(Case one, double scale)
    {
        NetworkSpec network = one.Read(scale, []);
        int excitatory = network.Populations[0].Size;
        int neurons = excitatory + network.Populations[1].Size;
        (long[] starts, int[] targets) = Wire(neurons, 80.0 / neurons);
        using NativeArray<double> v = new(neurons, 16);
        using NativeArray<double> ge = new(neurons, 16);
        using NativeArray<double> gi = new(neurons, 16);
        using NativeArray<int> refractory = new(neurons, 16);
        using NativeArray<int> spikes = new(neurons);
        using NativeArray<int> earlier = new(neurons);
        KeyedRandom random = new(42, 1);
        for (int i = 0; i < neurons; i++)
        {
            v[i] = -60 + (5 * random.StandardNormal((uint)i, 0));
        }

        Stopwatch watch = Stopwatch.StartNew();
        long total = 0;
        int fired = 0;
        int due = 0;
        fixed (long* row = starts)
        fixed (int* target = targets)
        {
            for (int step = 0; step < network.Steps; step++)
            {
                // A delay of one step: what fired two steps ago arrives now.
                Deliver(earlier.Pointer, due, row, target, excitatory, ge.Pointer, gi.Pointer);
                spikes.Span[..fired].CopyTo(earlier.Span);
                due = fired;
                fired = Update(neurons, v.Pointer, ge.Pointer, gi.Pointer, refractory.Pointer, spikes.Pointer);
                total += fired;
            }
        }

        double seconds = watch.Elapsed.TotalSeconds;
        Lines.Print(new { yardstick = one.Name, scale, threads = 1, run_s = Math.Round(seconds, 4), spikes = total });
        return seconds;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Deliver(int* spikes, int count, long* row, int* target, int excitatory, double* ge, double* gi)
    {
        for (int s = 0; s < count; s++)
        {
            double* g = spikes[s] < excitatory ? ge : gi;
            double weight = spikes[s] < excitatory ? 0.6 : 6.7;
            for (long j = row[spikes[s]]; j < row[spikes[s] + 1]; j++)
            {
                g[target[j]] += weight;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Update(int neurons, double* v, double* ge, double* gi, int* refractory, int* spikes)
    {
        int found = 0;
        Vector512<double> decay = Vector512.Create(Math.Exp(-Dt / 20));
        Vector512<double> gain = Vector512.Create(1 - Math.Exp(-Dt / 20));
        Vector512<double> decayE = Vector512.Create(Math.Exp(-Dt / 5));
        Vector512<double> decayI = Vector512.Create(Math.Exp(-Dt / 10));
        Vector512<double> threshold = Vector512.Create(-50.0);
        for (int i = 0; i < neurons; i += 8)
        {
            Vector512<double> x = Vector512.Load(v + i);
            Vector512<double> e = Vector512.Load(ge + i);
            Vector512<double> h = Vector512.Load(gi + i);
            Vector256<int> left = Vector256.Load(refractory + i);
            Vector512<double> drive = Vector512.Create(-40.0) - (e * x) + (h * (Vector512.Create(-80.0) - x));
            Vector512<double> next = Vector512.FusedMultiplyAdd(x, decay, drive * gain);
            Vector512<long> held = Vector512.GreaterThan(Vector512.WidenLower(left.ToVector512Unsafe()), Vector512<long>.Zero);
            next = Vector512.ConditionalSelect(held.AsDouble(), x, next);
            Vector512.Store(e * decayE, ge + i);
            Vector512.Store(h * decayI, gi + i);
            Vector256.Store(Vector256.Max(left - Vector256<int>.One, Vector256<int>.Zero), refractory + i);
            Vector512.Store(next, v + i);
            ulong lanes = Vector512.GreaterThanOrEqual(next, threshold).ExtractMostSignificantBits();
            for (; lanes != 0; lanes &= lanes - 1)
            {
                int id = i + System.Numerics.BitOperations.TrailingZeroCount(lanes);
                if (id < neurons)
                {
                    spikes[found++] = id;
                    v[id] = -60;
                    refractory[id] = 50;
                }
            }
        }

        return found;
    }

    private static (long[] Starts, int[] Targets) Wire(int neurons, double probability)
    {
        KeyedRandom random = new(42, 2);
        double scale = 1 / Math.Log(1 - probability);
        long[] starts = new long[neurons + 1];
        List<int> targets = [];
        for (int source = 0; source < neurons; source++)
        {
            KeyedStream stream = random.Stream((uint)source, 0);
            for (double t = Math.Floor(Math.Log(stream.NextOpen()) * scale); t < neurons; t += 1 + Math.Floor(Math.Log(stream.NextOpen()) * scale))
            {
                targets.Add((int)t);
            }

            starts[source + 1] = targets.Count;
        }

        return (starts, [.. targets]);
    }
}

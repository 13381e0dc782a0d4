using System.Diagnostics;
using BrainSim.Engine.Units;

namespace BrainSim.Bench.Yardsticks;

/// <summary>
/// The microcircuit as one would write it by hand for this network alone, float32: the general engine is measured against it. Each thread owns a part
/// of every population and the synapses onto it; spikes are read from the thread that found them.
/// </summary>
public sealed unsafe class HandWrittenMicrocircuit : IDisposable
{
    /// <summary>Steps between a spike's step and the first step at whose start it may arrive: the smallest delay of one step, plus one.</summary>
    public const int Window = 2;

    /// <summary>Spike lists that a part keeps. The other parts may be a window behind the one that writes, itself a window ahead of what they read.</summary>
    public const int Slots = 2 * Window;

    /// <summary>ms: left out of rates and times.</summary>
    private const double Transient = 100;

    /// <summary>Counters that different threads write stand in lines of their own.</summary>
    private const int Line = 16;

    private readonly Microcircuit network;
    private readonly MicrocircuitPart[] parts;

    /// <summary>Steps that each part has finished.</summary>
    private readonly int[] done;

    /// <summary>Ticks of waiting, delivering and updating, per part.</summary>
    private readonly long[] phases;

    private HandWrittenMicrocircuit(double scale, int threads)
    {
        network = new Microcircuit(scale);
        parts = [.. Enumerable.Range(0, threads).Select(p => new MicrocircuitPart(network, p, threads))];
        done = new int[threads * Line];
        phases = new long[threads * Line];
    }

    /// <summary>Builds once, then steps <paramref name="repeat"/> biological seconds in turn, printing a line for each. Returns the shortest, in seconds.</summary>
    /// <exception cref="UserMistakeException">A part would have more neurons than 16-bit targets can name.</exception>
    public static double Run(double scale, int threads, int repeat)
    {
        using HandWrittenMicrocircuit circuit = new(scale, threads);
        Stopwatch watch = Stopwatch.StartNew();
        circuit.OnEachPart(p => circuit.parts[p].Build());
        double build = watch.Elapsed.TotalSeconds;
        int step = (int)(Transient / Microcircuit.Dt);
        int second = (int)(1000 / Microcircuit.Dt);
        circuit.Advance(0, step);
        double best = double.PositiveInfinity;
        for (int r = 0; r < repeat; r++, step += second)
        {
            best = Math.Min(best, circuit.MeasuredSecond(step, step + second, scale, build));
        }

        return best;
    }

    public void Dispose()
    {
        foreach (MicrocircuitPart part in parts)
        {
            part.Dispose();
        }
    }

    private double MeasuredSecond(int from, int to, double scale, double build)
    {
        Array.Clear(phases);
        long[] before = Spikes();
        long events = parts.Sum(p => p.Events);
        Stopwatch watch = Stopwatch.StartNew();
        Advance(from, to);
        double seconds = watch.Elapsed.TotalSeconds;
        events = parts.Sum(p => p.Events) - events;
        double[] rates = [.. Spikes().Select((n, p) => Math.Round((double)(n - before[p]) / network.Size(p), 3))];
        double deliver = Phase(1);
        Lines.Print(new
        {
            yardstick = "microcircuit", scale, threads = parts.Length, build_s = Math.Round(build, 3), synapses = parts.Sum(p => p.Synapses),
            run_s = Math.Round(seconds, 4), wait_s = Phase(0), deliver_s = deliver, update_s = Phase(2), events,
            ns_per_event = Math.Round(deliver * parts.Length / events * 1e9, 3), peak_mb = Lines.PeakMegabytes(), rates, expected_rates = scale == 1 ? Microcircuit.ExpectedRates : null,
        });
        return seconds;
    }

    private long[] Spikes() => [.. Enumerable.Range(0, Microcircuit.Populations).Select(i => parts.Sum(p => p.Spikes[i]))];

    /// <summary>Seconds, the mean of the threads.</summary>
    private double Phase(int phase) =>
        Math.Round(Enumerable.Range(0, parts.Length).Average(p => (double)phases[(p * Line) + phase]) / Stopwatch.Frequency, 3);

    private void OnEachPart(Action<int> work)
    {
        Thread[] threads = [.. Enumerable.Range(0, parts.Length).Select(p => new Thread(() => work(p)))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
    }

    private void Advance(int from, int to) => OnEachPart(p =>
    {
        for (int step = from; step < to; step++)
        {
            long start = Stopwatch.GetTimestamp();
            TakeSpikes(p, step - Window);
            long taken = Stopwatch.GetTimestamp();
            parts[p].Deliver();
            long delivered = Stopwatch.GetTimestamp();
            parts[p].Update(step);
            Volatile.Write(ref done[p * Line], step + 1);
            phases[p * Line] += taken - start;
            phases[(p * Line) + 1] += delivered - taken;
            phases[(p * Line) + 2] += Stopwatch.GetTimestamp() - delivered;
        }
    });

    /// <summary>There is no barrier: whoever needs a step's spikes waits for the part that finds them, which may already be a step further.</summary>
    private void TakeSpikes(int part, int step)
    {
        for (int p = 0; step >= 0 && p < parts.Length; p++)
        {
            SpinWait spin = default;
            while (Volatile.Read(ref done[p * Line]) <= step)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            parts[part].Take(parts[p].Fired(step));
        }
    }
}

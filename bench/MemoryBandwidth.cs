using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using BrainSim.Engine.Units;

namespace BrainSim.Bench;

/// <summary>What the memory gives to loops that do nothing else: the roof over every loop that streams state or synapses.</summary>
public static unsafe class MemoryBandwidth
{
    /// <summary>Per thread and array; larger than any cache, so that nothing is read twice.</summary>
    private const long Bytes = 256 << 20;

    /// <summary>Prints a line for one thread, and one for all where there are more. Returns the seconds of the last copy.</summary>
    public static double Run(int threads, int repeat)
    {
        double seconds = 0;
        foreach (int count in new[] { 1, threads }.Distinct())
        {
            double read = Best(count, repeat, static (from, _) => Sum(from));
            seconds = Best(count, repeat, Copy);
            Lines.Print(new
            {
                yardstick = "bandwidth", threads = count, read_gb_s = Math.Round(count * Bytes / read / 1e9, 1),
                copy_gb_s = Math.Round(2 * count * Bytes / seconds / 1e9, 1), machine = Lines.Machine(),
            });
        }

        return seconds;
    }

    private delegate void Loop(byte* from, byte* to);

    /// <summary>Seconds from the first thread's start to the last one's end; each looks at the clock itself.</summary>
    private static double Best(int threads, int repeat, Loop loop)
    {
        long[,] starts = new long[threads, repeat];
        long[,] ends = new long[threads, repeat];
        using Barrier together = new(threads);
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(t => new Thread(() => Work(t, together, loop, starts, ends)))];
        Array.ForEach(workers, w => w.Start());
        Array.ForEach(workers, w => w.Join());
        IEnumerable<int> all = Enumerable.Range(0, threads);
        return Enumerable.Range(0, repeat).Min(r => Stopwatch.GetElapsedTime(all.Min(t => starts[t, r]), all.Max(t => ends[t, r])).TotalSeconds);
    }

    private static void Work(int thread, Barrier together, Loop loop, long[,] starts, long[,] ends)
    {
        using NativeArray<byte> from = NativeArray<byte>.Large(Bytes);
        using NativeArray<byte> to = NativeArray<byte>.Large(Bytes);
        Unsafe.InitBlock(from.Pointer, 1, (uint)Bytes);
        Unsafe.InitBlock(to.Pointer, 2, (uint)Bytes);
        for (int r = 0; r < starts.GetLength(1); r++)
        {
            together.SignalAndWait();
            starts[thread, r] = Stopwatch.GetTimestamp();
            loop(from.Pointer, to.Pointer);
            ends[thread, r] = Stopwatch.GetTimestamp();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(byte* from, byte* to)
    {
        for (long i = 0; i < Bytes; i += Vector512<byte>.Count)
        {
            Vector512.Load(from + i).Store(to + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum(byte* from)
    {
        Vector512<long> even = default;
        Vector512<long> odd = default;
        for (long i = 0; i < Bytes; i += 2 * Vector512<byte>.Count)
        {
            even += Vector512.Load(from + i).AsInt64();
            odd += Vector512.Load(from + i + Vector512<byte>.Count).AsInt64();
        }

        GC.KeepAlive(Vector512.Sum(even + odd));
    }
}

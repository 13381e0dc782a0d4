using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using BrainSim.Engine.Units;

namespace BrainSim.Node;

/// <summary>What the memory gives to threads that do nothing but copy: the roof over loops that stream synapses and columns.</summary>
internal sealed unsafe class CopyLoop(int threads) : IDisposable
{
    /// <summary>Of all threads together, read once and written once; beyond the caches of most machines.</summary>
    private const long Bytes = 64 << 20;

    /// <summary>The best counts: others may use the machine too.</summary>
    private const int Repeats = 3;

    private readonly Barrier together = new(threads);
    private readonly long[,] starts = new long[Repeats, threads];
    private readonly long[,] ends = new long[Repeats, threads];

    /// <summary>A whole number of vectors.</summary>
    private long BytesOfOne => Bytes / threads / Vector512<byte>.Count * Vector512<byte>.Count;

    /// <summary>Bytes read and bytes written, in 10^9 per second, from the first thread's start to the last one's end.</summary>
    public double GigabytesPerSecond
    {
        get
        {
            IEnumerable<int> all = Enumerable.Range(0, threads);
            double best = Enumerable.Range(0, Repeats).Min(r => Stopwatch.GetElapsedTime(all.Min(t => starts[r, t]), all.Max(t => ends[r, t])).TotalSeconds);
            return 2 * threads * BytesOfOne / best / 1e9;
        }
    }

    /// <summary>One thread's part; all must do theirs at the same time.</summary>
    public void Work(int thread)
    {
        using NativeArray<byte> from = NativeArray<byte>.Large(BytesOfOne);
        using NativeArray<byte> to = NativeArray<byte>.Large(BytesOfOne);
        from.Span.Fill(1);
        to.Span.Fill(2);
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            together.SignalAndWait();
            starts[repeat, thread] = Stopwatch.GetTimestamp();
            Copy(from.Pointer, to.Pointer, BytesOfOne);
            ends[repeat, thread] = Stopwatch.GetTimestamp();
        }
    }

    public void Dispose() => together.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(byte* from, byte* to, long bytes)
    {
        for (long i = 0; i < bytes; i += Vector512<byte>.Count)
        {
            Vector512.Load(from + i).Store(to + i);
        }
    }
}

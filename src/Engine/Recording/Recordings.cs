using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BrainSim.Engine.Monitors;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Recording;

/// <summary>What the monitors of all shards recorded, put together as if there had been one shard. What is read in pieces takes the memory of a few chunks. Not thread-safe.</summary>
/// <param name="spikeCounts">Spikes by population.</param>
public sealed class Recordings(NetworkSpec network, IChunkSource chunks, ImmutableArray<long> spikeCounts)
{
    /// <summary>Spikes by population.</summary>
    public ImmutableArray<long> SpikeCounts => spikeCounts;

    /// <summary>Steps and global ids of a spike monitor, by step, then id.</summary>
    public (int[] Steps, int[] Ids) Spikes(string monitor)
    {
        int[] steps = new int[SpikesOf(monitor)];
        int[] ids = new int[steps.Length];
        int next = 0;
        foreach (ArraySegment<RecordedSpike> piece in SpikePieces(monitor))
        {
            foreach (RecordedSpike spike in piece)
            {
                (steps[next], ids[next]) = (spike.Step, spike.Id);
                next++;
            }
        }

        return (steps, ids);
    }

    /// <summary>End times of the bins in ms and the population's rate in each, Hz.</summary>
    public (double[] Times, double[] Rates) Rate(string monitor) => ([.. RowTimes(monitor)], [.. RatePieces(monitor).SelectMany(piece => piece)]);

    /// <summary>Times of the rows in ms, and the rows of one variable, neuron by neuron, in float64.</summary>
    public (double[] Times, double[] Rows, int Width) Variable(string monitor, string variable)
    {
        double[] times = [.. RowTimes(monitor)];
        int width = Width(monitor);
        double[] rows = new double[(long)times.Length * width];
        long next = 0;
        foreach (ArraySegment<double> piece in WidePieces(monitor, variable))
        {
            piece.AsSpan().CopyTo(rows.AsSpan((int)next));
            next += piece.Count;
        }

        return (times, rows, width);
    }

    /// <summary>Writes <c>NAME.npz</c> for every monitor of the file.</summary>
    public void Write(string folder) => RecordingFiles.Write(this, network, folder);

    /// <summary>In ms. A spike at time 0 was replayed before the first step.</summary>
    public double SpikeTime(long step) => network.Grid.ToMilliseconds(step + network.Schedule.SpikeTimeOffset);

    /// <summary>Spikes that a monitor recorded.</summary>
    public long SpikesOf(string monitor) => Intervals(monitor).Sum(parts => parts.Sum(part => (long)part.Length)) / Marshal.SizeOf<RecordedSpike>();

    /// <summary>The spikes of a monitor by step, then id. A piece is gone when the next is asked for.</summary>
    public IEnumerable<ArraySegment<RecordedSpike>> SpikePieces(string monitor)
    {
        RecordedSpike[] joined = [];
        foreach (Chunk[] parts in Intervals(monitor))
        {
            ReadOnlyMemory<byte>[] bytes = [.. parts.Select(part => part.Read())];
            int count = bytes.Sum(part => SpikeRecord.SpikesOf(part.Span).Length);
            joined = count <= joined.Length ? joined : new RecordedSpike[count];
            Join(bytes, joined);
            yield return new ArraySegment<RecordedSpike>(joined, 0, count);
        }
    }

    /// <summary>Times of the rows of a variable, or ends of the bins of a rate, ms.</summary>
    public IEnumerable<double> RowTimes(string monitor)
    {
        MonitorSpec spec = Spec(monitor);
        int offset = spec.Kind == MonitorKind.Rate || network.Schedule.IsBefore(Phase.Update, Phase.Observe) ? 0 : -1;
        for (long row = 1; row <= RowCount(monitor); row++)
        {
            yield return network.Grid.ToMilliseconds((row * spec.EverySteps) + offset);
        }
    }

    /// <summary>Rows of a variable, or full bins of a rate.</summary>
    public long RowCount(string monitor) => Intervals(monitor).Select(parts => parts[0].Key.To).LastOrDefault() / Spec(monitor).EverySteps;

    /// <summary>The population's rate in Hz, bin by bin. A bin that the run did not fill is dropped. A piece is gone when the next is asked for.</summary>
    public IEnumerable<double[]> RatePieces(string monitor)
    {
        MonitorSpec spec = Spec(monitor);
        double seconds = network.Grid.ToMilliseconds(spec.EverySteps) / 1000;
        int size = spec.Ids?.Distinct().Count() ?? network.Populations[spec.Population].Size;
        long open = 0;
        foreach (Chunk[] parts in Intervals(monitor))
        {
            long[] counts = Summed(parts);
            long full = (parts[0].Key.To / spec.EverySteps) - (parts[0].Key.From / spec.EverySteps);
            counts[0] += open;
            open = counts.Length > full ? counts[^1] : 0;
            yield return [.. counts.Take((int)full).Select(count => count / (size * seconds))];
        }
    }

    /// <summary>Numbers in a row of a monitor of variables; 0 where nothing was recorded.</summary>
    public int Width(string monitor) => Intervals(monitor).Select(parts => (int)RowLayout.Of(parts[0].Read().Span).Width).FirstOrDefault();

    /// <summary>Source and target of each recorded synapse; null for a monitor of other things.</summary>
    public SynapseEnds[]? Ends(string monitor)
    {
        SynapseEnds[] all = [];
        foreach (Chunk part in Intervals(monitor).Take(1).SelectMany(parts => parts))
        {
            RowLayout layout = RowLayout.Of(part.Read().Span);
            all = all.Length > 0 || layout.Ends.IsEmpty ? all : new SynapseEnds[layout.Width];
            ReadOnlySpan<SynapseEnds> ends = layout.Ends;
            foreach (ColumnRun run in ends.IsEmpty ? [] : layout.Runs)
            {
                ends[..run.Count].CopyTo(all.AsSpan(run.From));
                ends = ends[run.Count..];
            }
        }

        return all.Length > 0 ? all : null;
    }

    /// <summary>Whole rows of one variable, in the run's precision. A piece is gone when the next is asked for.</summary>
    public IEnumerable<ArraySegment<byte>> RowPieces(string monitor, string variable)
    {
        MonitorSpec spec = Spec(monitor);
        (int index, int width, int item) = (spec.Variables.IndexOf(variable), Width(monitor), network.Precision.Bytes());
        byte[] rows = [];
        foreach (Chunk[] parts in Intervals(monitor))
        {
            long count = (parts[0].Key.To / spec.EverySteps) - (parts[0].Key.From / spec.EverySteps);
            int bytes = checked((int)(count * width * item));
            rows = bytes <= rows.Length ? rows : new byte[bytes];
            foreach (Chunk part in parts)
            {
                Scatter(part.Read().Span, new VariableOfChunk(index, spec.Variables.Length, item), rows.AsSpan(0, bytes), width * item);
            }

            yield return new ArraySegment<byte>(rows, 0, bytes);
        }
    }

    /// <summary>The same in float64.</summary>
    public IEnumerable<ArraySegment<double>> WidePieces(string monitor, string variable)
    {
        double[] wide = [];
        foreach (ArraySegment<byte> piece in RowPieces(monitor, variable))
        {
            int count = piece.Count / network.Precision.Bytes();
            wide = count <= wide.Length ? wide : new double[count];
            Widen(piece, wide);
            yield return new ArraySegment<double>(wide, 0, count);
        }
    }

    /// <summary>The chunks of all shards between two steps at which all have one that ends, in the order of time, then of shards.</summary>
    /// <exception cref="UserMistakeException">Some are missing.</exception>
    private IEnumerable<Chunk[]> Intervals(string monitor)
    {
        int index = network.Monitors.IndexOf(Spec(monitor));
        List<IEnumerator<Chunk>> shards = [];
        try
        {
            for (long from = long.MinValue; Next(shards, index, 0) is { } first; from = first.Key.To)
            {
                Chunk[] parts = new Chunk[first.Key.Shards];
                parts[0] = first;
                for (int shard = 1; shard < parts.Length; shard++)
                {
                    parts[shard] = Next(shards, index, shard) ?? throw Missing(monitor, first.Key.From);
                }

                bool fits = (from == first.Key.From || (from == long.MinValue && first.Key.From <= 0)) && parts.Select((part, shard) => part.Key == first.Key with { Shard = shard }).All(same => same);
                yield return fits ? parts : throw Missing(monitor, first.Key.From);
            }
        }
        finally
        {
            shards.ForEach(chunksOfShard => chunksOfShard.Dispose());
        }
    }

    private Chunk? Next(List<IEnumerator<Chunk>> shards, int monitor, int shard)
    {
        if (shard == shards.Count)
        {
            shards.Add(chunks.Of(monitor, shard).GetEnumerator());
        }

        return shards[shard].MoveNext() ? shards[shard].Current : null;
    }

    /// <summary>Shards own rising ids and record by rising step, so each step is that of one shard after the other.</summary>
    private static void Join(ReadOnlyMemory<byte>[] parts, Span<RecordedSpike> joined)
    {
        Span<int> next = stackalloc int[parts.Length];
        next.Clear();
        for (int done = 0; done < joined.Length;)
        {
            int step = int.MaxValue;
            for (int p = 0; p < parts.Length; p++)
            {
                ReadOnlySpan<RecordedSpike> mine = SpikeRecord.SpikesOf(parts[p].Span)[next[p]..];
                step = mine.IsEmpty ? step : Math.Min(step, mine[0].Step);
            }

            if (step == int.MaxValue)
            {
                return;
            }

            for (int p = 0; p < parts.Length; p++)
            {
                ReadOnlySpan<RecordedSpike> mine = SpikeRecord.SpikesOf(parts[p].Span);
                for (; next[p] < mine.Length && mine[next[p]].Step == step; next[p]++)
                {
                    joined[done++] = mine[next[p]];
                }
            }
        }
    }

    private static long[] Summed(Chunk[] parts)
    {
        long[] counts = new long[parts[0].Length / sizeof(long)];
        foreach (Chunk part in parts)
        {
            ReadOnlySpan<long> mine = RateRecord.CountsOf(part.Read().Span);
            for (int bin = 0; bin < counts.Length; bin++)
            {
                counts[bin] += mine[bin];
            }
        }

        return counts;
    }

    /// <summary>Puts a shard's numbers of one variable to their places in the rows of the whole monitor.</summary>
    private static void Scatter(ReadOnlySpan<byte> chunk, VariableOfChunk variable, Span<byte> rows, int rowBytes)
    {
        RowLayout layout = RowLayout.Of(chunk);
        int part = 0;
        foreach (ColumnRun run in layout.Runs)
        {
            part += run.Count * variable.Item;
        }

        for (int row = 0; part > 0 && (long)row * rowBytes < rows.Length; row++)
        {
            ReadOnlySpan<byte> numbers = layout.Rows.Slice(((row * variable.Variables) + variable.Index) * part, part);
            foreach (ColumnRun run in layout.Runs)
            {
                int bytes = run.Count * variable.Item;
                numbers[..bytes].CopyTo(rows[((row * rowBytes) + (run.From * variable.Item))..]);
                numbers = numbers[bytes..];
            }
        }
    }

    private void Widen(ReadOnlySpan<byte> bytes, Span<double> wide)
    {
        if (network.Precision == Precision.Float64)
        {
            MemoryMarshal.Cast<byte, double>(bytes).CopyTo(wide);
            return;
        }

        ReadOnlySpan<float> narrow = MemoryMarshal.Cast<byte, float>(bytes);
        for (int j = 0; j < narrow.Length; j++)
        {
            wide[j] = narrow[j];
        }
    }

    private static UserMistakeException Missing(string monitor, long step) =>
        new(new Place("recording", 0, 0, monitor), $"what was recorded about step {Math.Max(0, step)} is missing; begin the run anew.");

    private MonitorSpec Spec(string monitor) => network.Monitors.First(m => m.Name == monitor);

    /// <summary>Which variable, of how many, of how many bytes.</summary>
    private readonly record struct VariableOfChunk(int Index, int Variables, int Item);
}

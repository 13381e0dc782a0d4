using BrainSim.Engine.Monitors;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Engine.Recording;

/// <summary>What is recorded leaves the shards in chunks, which files keep, cut off and put together.</summary>
public sealed class ChunkTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>
    /// Rows of 1000 numbers, and spikes of 2^20 neurons, one in every step: a chunk of the first has 131 rows and less than 1.1 MB, of the second 64 steps and 512 bytes, of the rates
    /// none is full before the end. Four times the steps give four times the bytes, and never more at once.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ALongerRunHoldsNoMore(int shards)
    {
        (long Held, long Total) Run(int steps)
        {
            CompiledNetwork compiled = Runs.Compile($$"""
                {name: t, dt: 1, duration: {{steps}}, populations: {V: {size: 1000, model: lif}, S: {size: 1048576, model: spike_source, spikes: {t: [{{Many(steps, k => k)}}], id: [{{Many(steps, k => k * 997 % 1048576)}}]} } },
                 monitors: [{name: v, of: V, record: V}, {name: s, of: S, record: spikes}, {name: r, of: S, record: rate, every: 10}]}
                """);
            CountingSink sink = new();
            using SerialRun run = new(compiled, shards, sink);
            long held = 0;
            while (run.Step < steps)
            {
                run.RunTo(run.Step + 1);
                held = Math.Max(held, run.Shards.Sum(shard => shard.Monitors.HeldBytes));
            }

            run.TakeCheckpoint();
            return (held, sink.Bytes);
        }

        (long held, long total) = Run(400);
        (long longerHeld, long longerTotal) = Run(1600);
        Assert.InRange(held, 1_000_000, 1_100_000);
        Assert.InRange(longerHeld, 1_000_000, 1_100_000);
        Assert.InRange(longerTotal / (double)total, 3.9, 4.1);
    }

    /// <summary>A run that goes on from a checkpoint hands over what the first had handed over after it, chunk by chunk and byte by byte.</summary>
    [Fact]
    public void AChunkThatComesTwiceIsTheSame()
    {
        CompiledNetwork compiled = Runs.Compile(Text(300));
        CountingSink first = new();
        CountingSink second = new();
        using SerialRun run = new(compiled, 3, first);
        run.RunTo(123);
        Checkpoint checkpoint = run.TakeCheckpoint();
        int before = first.Kept.Count;
        run.RunTo(211);
        run.TakeCheckpoint();
        run.Run().TakeCheckpoint();
        using SerialRun again = new(compiled, 3, second);
        again.Restore(checkpoint);
        again.RunTo(211);
        again.TakeCheckpoint();
        again.Run().TakeCheckpoint();
        Assert.Equal(first.Kept[before..].Select(c => c.Key), second.Kept.Select(c => c.Key));
        Assert.All(first.Kept[before..].Zip(second.Kept), pair => Assert.Equal(pair.First.Bytes, pair.Second.Bytes));
        Assert.Equal(2 * 3 * 4, second.Kept.Count);
    }

    /// <summary>Ends of chunks are a matter of the monitor alone: two populations of different sizes, three splits.</summary>
    [Fact]
    public void AllShardsEndTheirChunksAtTheSameSteps()
    {
        foreach (int shards in new[] { 1, 2, 7 })
        {
            CountingSink sink = new();
            using SerialRun run = new(Runs.Compile(Text(3000)), shards, sink);
            run.Run().TakeCheckpoint();
            Assert.Equal([(0, 1310), (1310, 2620), (2620, 3000)], sink.Kept.Where(c => c.Key.Monitor == 2 && c.Key.Shard == shards - 1).Select(c => (c.Key.From, c.Key.To)));
            Assert.Equal([(-1, 3000)], sink.Kept.Where(c => c.Key.Monitor == 0 && c.Key.Shard == 0).Select(c => (c.Key.From, c.Key.To)));
        }
    }

    /// <summary>Through files, with another number of shards after each checkpoint, and with a rest that the next run knows nothing of.</summary>
    [Theory]
    [InlineData("float64")]
    [InlineData("float32")]
    public void FilesArePutTogetherOverAnySplits(string precision)
    {
        NetworkSpec network = Runs.Read(Text(3000, precision));
        CompiledNetwork compiled = CompiledNetwork.Of(network);
        using SerialRun whole = new SerialRun(compiled).Run();
        whole.Recordings.Write(folder.At("whole"));
        Checkpoint? checkpoint = null;
        using ChunkFolder chunks = new(folder.At("recording"), network.Monitors.Length);
        foreach ((int shards, int until, int beyond) in new[] { (3, 7, 20), (1, 1310, 1400), (7, 1999, 2999), (2, 2000, 2000), (7, 3000, 3000) })
        {
            using SerialRun run = new(compiled, shards, chunks);
            run.Restore(checkpoint);
            run.RunTo(until);
            checkpoint = run.TakeCheckpoint();
            run.RunTo(beyond);
            run.Recordings.Write(folder.At("part"));
        }

        foreach (string path in Directory.GetFiles(folder.At("whole")))
        {
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(folder.At($"part/{Path.GetFileName(path)}")));
        }

        Assert.Equal(7, Directory.GetFiles(folder.At("recording")).Length);
        File.WriteAllText(folder.At("recording/mine.txt"), "kept");
        chunks.Delete();
        Assert.Equal(["mine.txt"], Directory.GetFiles(folder.At("recording")).Select(Path.GetFileName));
        File.Delete(folder.At("recording/mine.txt"));
        chunks.Delete();
        Assert.False(Directory.Exists(folder.At("recording")));
    }

    /// <summary>Whatever is left of the last chunk, cut anywhere, is cut off; a chunk before the checkpoint must be there.</summary>
    [Fact]
    public void ATornChunkIsCutOff()
    {
        ChunkKey first = new(0, 0, 1, 0, 10);
        byte[] bytes = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];
        string path = folder.At("recording/0000.chunks");
        long whole = 0;
        for (int cut = 0; whole == 0 || cut < whole; cut++)
        {
            using ChunkFolder chunks = new(folder.At("recording"), 1);
            chunks.DropAfter(-1);
            chunks.Take(first, bytes);
            long one = new FileInfo(path).Length;
            chunks.Take(first with { From = 10, To = 20 }, bytes);
            whole = new FileInfo(path).Length - one;
            chunks.Dispose();
            using (FileStream file = File.OpenWrite(path))
            {
                file.SetLength(one + cut);
            }

            chunks.DropAfter(10);
            Assert.Equal(one, new FileInfo(path).Length);
            Assert.Equal(bytes, Assert.Single(chunks.Of(0, 0).Select(chunk => chunk.Read().ToArray())));
            Assert.Contains("no longer holds all that was recorded", Assert.Throws<UserMistakeException>(() => chunks.DropAfter(20)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ADamagedChunkIsFound()
    {
        byte[] bytes = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];
        string path = folder.At("recording/0000.chunks");
        using ChunkFolder chunks = new(folder.At("recording"), 1);
        chunks.Take(new ChunkKey(0, 0, 1, 0, 10), bytes);
        chunks.Dispose();
        byte[] whole = File.ReadAllBytes(path);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] bent = [.. whole];
            bent[at] ^= 4;
            File.WriteAllBytes(path, bent);
            bool inHeader = at < whole.Length - bytes.Length;
            string message = Assert.Throws<UserMistakeException>(() =>
            {
                chunks.DropAfter(10);
                _ = chunks.Of(0, 0).Select(chunk => chunk.Read()).Count(read => read.Length > 0);
            }).Message;
            Assert.Contains(inHeader ? "no longer holds all" : "a checksum does not fit", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AFullDiskIsTheUsersMistake()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no disk that is always full");
        Directory.CreateDirectory(folder.At("recording"));
        File.CreateSymbolicLink(folder.At("recording/0000.chunks"), "/dev/full");
        using ChunkFolder chunks = new(folder.At("recording"), 4);
        string message = Assert.Throws<UserMistakeException>(() =>
        {
            using SerialRun run = new SerialRun(Runs.Compile(Text(300)), 2, chunks).Run();
            run.TakeCheckpoint();
        }).Message;
        Assert.StartsWith($"{folder.At("recording")}: cannot be written: ", message, StringComparison.Ordinal);
        Assert.EndsWith("a run that keeps checkpoints goes on with resume.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void APartThatIsMissingIsNamed()
    {
        NetworkSpec network = Runs.Read(Text(300));
        MemoryChunks chunks = new();
        chunks.Take(new ChunkKey(0, 0, 1, -1, 10), []);
        chunks.Take(new ChunkKey(0, 0, 1, 11, 20), []);
        Recordings recordings = new(network, chunks, [0, 0]);
        Assert.Contains("about step 11 is missing", Assert.Throws<UserMistakeException>(() => recordings.Spikes("spikes")).Message, StringComparison.Ordinal);
        chunks.DropAfter(-1);
        chunks.Take(new ChunkKey(0, 0, 2, -1, 10), []);
        Assert.Contains("about step 0 is missing", Assert.Throws<UserMistakeException>(() => recordings.Spikes("spikes")).Message, StringComparison.Ordinal);
    }

    /// <summary>Without a folder only what measures look at is recorded.</summary>
    [Fact]
    public void MeasuresNeedTheirMonitorsOnly()
    {
        NetworkSpec network = Runs.Read(Text(300).TrimEnd()[..^1] + ", measures: [{isi: {of: P}}, {voltage_fluctuation: {of: 'A[1:3]', variable: V}}, {van_rossum: {of: 'P[0]', with: 'A[1]', tau: 3}}]}");
        Assert.Equal(["spikes", "v", "(spikes of A)"], MeasureMonitors.NeededBy(network).Order().Select(m => network.Monitors[m].Name));
        using SerialRun run = new SerialRun(CompiledNetwork.Of(network), 2, new MemoryChunks(MeasureMonitors.NeededBy(network))).Run();
        using SerialRun all = new SerialRun(CompiledNetwork.Of(network)).Run();
        Assert.Equal(Measures.Of(network, all.Recordings, 300).Select(m => m.Number), Measures.Of(network, run.Recordings, 300).Select(m => m.Number));
        Assert.Empty(run.Recordings.Rate("rate").Rates);
    }

    private static string Many(int count, Func<long, long> item) => string.Join(", ", Enumerable.Range(0, count).Select(k => item(k)));

    /// <summary>A row of v is 50 neurons with 16 bytes: a chunk has 1310 of them.</summary>
    private static string Text(int steps, string precision = "float64") => $$"""
        {name: t, dt: 0.1, duration: {{steps / 10.0}}, seed: 5, precision: {{precision}},
         populations: {P: {size: 40, model: poisson, params: {rate: 200} }, A: {size: 50, model: lif} },
         projections: [{pre: P, post: A, connect: {fixed_prob: 0.5}, synapse: exp_cond, weight: 0.1, delay: 'uniform(0, 1)'}],
         inputs: [{to: A.I, expr: 'normal(20, 5)'}],
         monitors: [{name: spikes, of: P, record: spikes}, {name: rate, of: P, record: rate, every: 0.7}, {name: v, of: A, record: [{{(precision == "float64" ? "V, I" : "V, I, tau, R")}}]},
                    {name: g, of: P->A, record: g, index: [8, 0, 1, 2, 30, 8], every: 0.3}]}
        """;

    /// <summary>Keeps what comes, for a test to look at; of it nothing is read.</summary>
    private sealed class CountingSink : IChunkStore
    {
        public List<(ChunkKey Key, byte[] Bytes)> Kept { get; } = [];

        public long Bytes => Kept.Sum(chunk => chunk.Bytes.LongLength);

        public bool Wants(int monitor) => true;

        public void Take(ChunkKey key, ReadOnlySpan<byte> bytes) => Kept.Add((key, bytes.ToArray()));

        public IEnumerable<Chunk> Of(int monitor, int shard) => [];

        public void DropAfter(long step)
        {
        }
    }
}

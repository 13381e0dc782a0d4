using BrainSim.Engine.Exchange;
using BrainSim.Engine.Monitors;
using BrainSim.Engine.Simulation;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Engine.Kernels;

/// <summary>A step takes nothing from the garbage collector's heap.</summary>
public sealed class AllocationTests
{
    private const int Steps = 1000;

    /// <summary>More rounds than it takes until the runtime compiles a loop anew while it runs, at about 1000, which may take a few bytes itself.</summary>
    private const int WarmUp = 2000;

    [Theory]
    [MemberData(nameof(Runs.Precisions), MemberType = typeof(Runs))]
    public void Coba(string precision) => AssertNothing($$"""
        name: coba
        dt: 0.1
        duration: 300
        precision: {{precision}}
        populations:
          E: {size: 160, model: lif, params: {tau: 20, V_rest: -60, V_reset: -60, V_th: -50, t_ref: 5}, init: {V: "normal(-60, 5)"} }
          I: {size: 40, like: E}
        projections:
          - {pre: E, post: [E, I], connect: {fixed_prob: 0.1}, synapse: exp_cond, params: {tau: 5, E: 0}, weight: 0.6, delay: 0.1}
          - {pre: I, post: [E, I], connect: {fixed_prob: 0.1}, synapse: exp_cond, params: {tau: 10, E: -80}, weight: 6.7, delay: 0.1}
        inputs: [{to: E.I, value: 20}, {to: I.I, value: 20}]
        monitors: [{name: s, of: E, record: spikes}, {name: part, of: I, record: spikes, index: "3:30:2"}, {name: v, of: E, record: [V, tau], every: 0.5}, {name: g, of: E->I, record: g}, {name: r, of: I, record: rate, every: 0.3}]
        """);

    [Theory]
    [MemberData(nameof(Runs.Precisions), MemberType = typeof(Runs))]
    public void Everything_at_once(string precision)
    {
        using TemporaryFolder folder = new();
        using (FileStream file = File.Create(folder.At("in.npz")))
        using (BrainSim.Engine.Documents.NpzWriter writer = new(file))
        {
            double[] each = new double[2500 * 10];
            Array.Fill(each, 0.3);
            writer.Add<double>("all", Enumerable.Repeat(0.1, 2500).ToArray());
            writer.Add("each", each, 2500, 10);
        }

        string times = string.Join(", ", Enumerable.Range(0, 2900).Select(j => LibraryModels.Text(Math.Round(j * 0.1, 1))));
        string ids = string.Join(", ", Enumerable.Range(0, 2900).Select(j => j % 20));
        AssertNothing($$"""
            name: everything
            dt: 0.1
            duration: 300
            precision: {{precision}}
            schedule: [arrive, input, spike, update, observe]
            every: {fine: 2, fine->E: 3, noise: 4}
            models:
              - {model: noisy, kind: neuron, params: {k: 2}, state: {x: 0, y: 0}, inputs: [I], equations: {dy/dt: -y + xi}, update: {x: "0.9*x + y + normal(0, 1) + gamma(k, 1) + poisson(2)"}, spike: {when: x + I > 6, then: {x: "uniform(0, 1)"} } }
              - {model: sine, kind: synapse, current: weight*sin(pre.V + post.V + t) }
            populations:
              E: {size: 50, model: lif, params: {t_ref: "uniform(1, 3)", tau: "uniform(8, 12)"}, init: {V: "uniform(0, 19)"} }
              fine: {size: 20, model: izhikevich, method: rk4, substeps: 5}
              own: {size: 20, model: izhikevich, method: bs, tol: 1e-3}
              replay: {size: 20, model: spike_source, spikes: {t: [{{times}}], id: [{{ids}}]} }
              noise: {size: 30, model: poisson, params: {rate: 200} }
              noisy: {size: 25, model: noisy, params: {k: "uniform(1, 3)"} }
            projections:
              - {pre: replay, post: E, connect: {fixed_prob: 0.5}, synapse: delta, weight: "uniform(0, 1)", delay: "uniform(0.1, 2)"}
              - {pre: E, post: E, connect: {fixed_prob: 0.5}, synapse: gap_junction, weight: "uniform(0, 0.02)", delay: "uniform(0.1, 2)"}
              - {pre: fine, post: E, connect: all_to_all, synapse: sine, weight: 0.01}
              - {pre: replay, post: E, connect: {fixed_prob: 0.5}, synapse: delta, weight: 0.2, delay: 0.3}
              - {pre: E, post: E, connect: {fixed_prob: 0.5, include_self: false}, synapse: exp_cond, params: {E: 30}, weight: "normal(0.1, 0.01)", delay: "uniform(0.1, 2)"}
              - {pre: noise, post: E, connect: all_to_all, synapse: exponential, weight: "uniform(0, 1)", delay: 1}
              - {pre: noisy, post: fine, connect: all_to_all, synapse: exponential, weight: 1, delay: "uniform(0.1, 2)"}
            inputs:
              - {to: E.I, value: "uniform(15, 25)"}
              - {to: E.I, section: {values: [1, 2], durations: [100, 200]} }
              - {to: "E.I[:10]", ramp: {from: 0, to: 1, t_start: 0, t_end: 300} }
              - {to: E.I, pulses: {at: [10, 20, 130], length: 100, size: 0.5}, op: "-" }
              - {to: E.I, file: {file: "{{folder.At("in.npz").Replace('\\', '/')}}", array: all} }
              - {to: "E.I[5:15]", file: {file: "{{folder.At("in.npz").Replace('\\', '/')}}", array: each}, op: "*" }
              - {to: E.I, expr: "clip(5*sin(2*pi*t/100), -1, 1) + max(0, t/1000, i/N)*normal(0, 1)" }
              - {to: own.I, value: 15}
              - {to: noisy.I, expr: "min(1, t/100, 3)" }
            """);
    }

    private static void AssertNothing(string text)
    {
        AssertNothing(text, null);
        long now = 0;
        AssertNothing(text, () => now++);
    }

    private static void AssertNothing(string text, Func<long>? clock)
    {
        CompiledNetwork compiled = Runs.Compile(text);
        SinkOfNothing sink = new();
        using ShardRun first = new(compiled, 0, 2, clock, sink);
        using ShardRun second = new(compiled, 1, 2, clock, sink);
        ShardRun[] shards = [first, second];
        ExchangePlan plan = new(compiled.Network.Schedule, shards.Select(s => s.State.Reach(2)));
        Array.ForEach(shards, s => s.Open(plan));
        SpikeBatch[] batches = [.. shards.Select(s => new SpikeBatch(s.Shard, compiled.Network.Populations.Length))];
        Advance(shards, batches, WarmUp);
        first.HandOver();
        second.HandOver();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Advance(shards, batches, WarmUp + Steps);
        first.HandOver();
        second.HandOver();
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, taken);
        Assert.Equal(compiled.Network.Monitors.IsEmpty, sink.Bytes == 0);
        Assert.All(Enumerable.Range(0, compiled.Network.Populations.Length), p => Assert.True(shards.Sum(s => s.Monitors.SpikeCounts[p]) > 0, $"{compiled.Network.Populations[p].Name} is silent, so its events were not tested"));
    }

    /// <summary>Two shards that project to each other, step by step.</summary>
    private static void Advance(ShardRun[] shards, SpikeBatch[] batches, long to)
    {
        while (shards[0].Step < to)
        {
            shards[0].Advance(shards[0].Step + 1, batches[0]);
            shards[1].Advance(shards[1].Step + 1, batches[1]);
            if (shards[0].Accept(batches[1]) != Acceptance.Accepted || shards[1].Accept(batches[0]) != Acceptance.Accepted)
            {
                throw new InvalidOperationException("A batch was refused.");
            }
        }
    }

    private sealed class SinkOfNothing : IChunkSink
    {
        public long Bytes { get; private set; }

        public bool Wants(int monitor) => true;

        public void Take(ChunkKey key, ReadOnlySpan<byte> bytes) => Bytes += bytes.Length;
    }
}

using BrainSim.Engine.Sweeps;
using BrainSim.Contracts;
using BrainSim.Engine.Simulation;
using BrainSim.Node.Cluster;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Node.Cluster;

/// <summary>A node whose recordings the coordinator's disk does not take.</summary>
public sealed class BackPressureTests : INetworkSource, IDisposable
{
    private const int Steps = 1500;

    private const long Most = 64 << 20;

    private static readonly RunEpoch Epoch = new() { Run = 1, Epoch = 1 };

    /// <summary>80 kB in each step.</summary>
    private static readonly CompiledNetwork Network = Runs.Compile("""
        name: wide
        dt: 0.1
        duration: 150
        populations: { A: { size: 10000, model: lif, params: {tau: 10, V_th: 10}, init: {V: "uniform(0, 9)"} } }
        projections: [ { pre: A, post: A, connect: {fixed_total_num: 1000}, synapse: delta, weight: 0.1, delay: 0.5 } ]
        monitors: [ { name: v, of: A, record: V } ]
        """);

    private readonly NodeLogic node;
    private readonly List<Upload> uploads = [];
    private long now;

    public BackPressureTests()
    {
        node = new NodeLogic("n", new NodeDescription { Address = "n", Slots = 2 }, this, () => now, Crews.Alone, Crews.Alone);
        BuildShards order = new() { Epoch = Epoch, Network = new NetworkReference(), Peers = { new Peer { Node = "n", Address = "n", Shards = 2 } } };
        node.Hear(new ToNode { Build = order });
        BuildJob job = node.TakeEffects().OfType<StartJob>().Single().Job;
        job.Run();
        node.Finished(job, null);
        OpenShards open = new() { Epoch = Epoch };
        open.Shards.AddRange(node.TakeEffects().OfType<Tell>().Single(t => t.Message.Built is not null).Message.Built.Shards);
        node.Hear(new ToNode { Open = open });
        Advance();
    }

    public void Dispose() => node.Dispose();

    public CompiledNetwork Compile(NetworkReference network, double share) => Network;

    public SweepPlan Plan(NetworkReference network, SweepReference sweep) => throw new InvalidOperationException("this node shares one run.");

    public byte[]? Read(PartKept part) => null;

    [Fact]
    public void It_waits_with_bounded_memory_and_goes_on_when_the_disk_takes_them()
    {
        Work();
        long step = Step();
        Assert.InRange(step, 1, Steps - 1);
        Assert.InRange(uploads.Sum(u => (long)u.Bytes.Length), Most, Most + (16 << 20));

        Upload[] refused = Answer(kept: false);
        Advance();
        Work();
        Assert.Equal(refused.Select(u => u.Key), uploads.Select(u => u.Key));
        Assert.Equal(step, Step());

        List<PartKey> kept = [];
        while (uploads.Count > 0)
        {
            kept.AddRange(Answer(kept: true).Where(u => u.Key.IsRecorded).Select(u => u.Key));
            Work();
        }

        Assert.Equal(Steps, Step());
        foreach (IGrouping<int, PartKey> shard in kept.GroupBy(key => key.Shard))
        {
            Assert.Equal([.. shard.Skip(1).Select(key => key.RecordedAfter), Steps], shard.Select(key => key.Step));
        }
    }

    private void Advance()
    {
        node.Hear(new ToNode { Advance = new Advance { Epoch = Epoch, Limits = { Steps } } });
        Collect();
    }

    private void Work()
    {
        while (node.Work())
        {
            Collect();
        }

        Collect();
    }

    private void Collect() => uploads.AddRange(node.TakeEffects().OfType<Upload>());

    private Upload[] Answer(bool kept)
    {
        Upload[] all = [.. uploads];
        uploads.Clear();
        Array.ForEach(all, upload => node.Uploaded(upload.Key, kept));
        return all;
    }

    private long Step()
    {
        now += NodeLogic.ReportEvery;
        node.Tick();
        return node.TakeEffects().OfType<Tell>().Last(t => t.Message.Report is not null).Message.Report.Runs.Single().Step;
    }
}

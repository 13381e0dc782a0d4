using BrainSim.Contracts;
using BrainSim.Contracts.Frames;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;
using BrainSim.Tests.ClusterSimulation;

namespace BrainSim.Tests.Node.Cluster;

/// <summary>Two nodes that share one run, and whoever carries their messages: each frame can be looked at, and others slipped in, before it arrives.</summary>
internal sealed class PairOfNodes : INetworkSource, IDisposable
{
    public const int Run = 5, Epoch = 3;

    private const long MostRounds = 20_000;

    private readonly TinyNetwork network;
    private readonly Dictionary<(long Step, int Shard), byte[]> parts = [];
    private readonly Dictionary<PartKey, byte[]> recorded = [];
    private readonly List<ShardEnd> ends = [];

    /// <param name="shards">Of each node.</param>
    public PairOfNodes(TinyNetwork network, int shards)
    {
        this.network = network;
        Nodes = [.. Enumerable.Range(0, 2).Select(n => new NodeLogic($"{n}", new NodeDescription { Address = $"{n}", Slots = shards }, this, () => Now, Crews.Alone))];
        ShardsBuilt[] built = [.. Enumerable.Range(0, 2).Select(self => Build(self, shards))];
        OpenShards open = new() { Epoch = RunEpoch };
        open.Shards.AddRange(built.SelectMany(b => b.Shards));
        Advance advance = new() { Epoch = RunEpoch, Limits = { network.Steps / 2, network.Steps } };
        foreach (NodeLogic node in Nodes)
        {
            node.Hear(new ToNode { Open = open });
            node.Hear(new ToNode { Advance = advance });
        }
    }

    public static RunEpoch RunEpoch => new() { Run = Run, Epoch = Epoch };

    public long Now { get; private set; }

    public NodeLogic[] Nodes { get; }

    /// <summary>Called with every frame before it arrives, and the node that it is for.</summary>
    public Action<byte[], NodeLogic> Attack { get; init; } = (_, _) => { };

    /// <summary>Carries everything until nothing moves.</summary>
    public void Finish()
    {
        for (bool moved = true; moved;)
        {
            Xunit.Assert.True(++Now < MostRounds, "the nodes go on for ever");
            moved = false;
            for (int n = 0; n < 2; n++)
            {
                moved |= Nodes[n].Work();
                moved |= CarryFrom(n);
            }
        }
    }

    /// <summary>What the run came to.</summary>
    public (string? StateHash, byte[] Last, byte[] Recorded) Results()
    {
        Checkpoint last = Checkpoint.Join([.. parts.Where(p => p.Key.Step == network.Steps).OrderBy(p => p.Key.Shard).Select(p => CheckpointFile.FromBytes(p.Value))]);
        byte[][][] byShard = [.. recorded.GroupBy(r => r.Key.Shard).OrderBy(r => r.Key).Select(r => r.OrderBy(part => part.Key.RecordedAfter).Select(part => part.Value).ToArray())];
        return (WireShapes.StateHashOf([.. ends.OrderBy(e => e.Shard)]), CheckpointFile.ToBytes(last), TinyNetwork.Files(network.Compiled!.Network, [.. last.SpikeCounts], byShard));
    }

    public CompiledNetwork Compile(NetworkReference reference, double share) => network.Compiled!;

    public SweepPlan Plan(NetworkReference network, SweepReference sweep) => throw new InvalidOperationException("these nodes share one run.");

    public byte[]? Read(PartKept part) => null;

    public void Dispose() => Array.ForEach(Nodes, n => n.Dispose());

    private ShardsBuilt Build(int self, int shards)
    {
        BuildShards order = new() { Epoch = RunEpoch, Self = self, Network = new NetworkReference() };
        order.Peers.AddRange(Enumerable.Range(0, 2).Select(n => new Peer { Node = $"{n}", Address = $"{n}", FirstShard = n * shards, Shards = shards }));
        Nodes[self].Hear(new ToNode { Build = order });
        BuildJob job = Nodes[self].TakeEffects().OfType<StartJob>().Single().Job;
        job.Run();
        Nodes[self].Finished(job, null);
        return Nodes[self].TakeEffects().OfType<Tell>().Single(t => t.Message.BodyCase == ToCoordinator.BodyOneofCase.Built).Message.Built;
    }

    private bool CarryFrom(int node)
    {
        bool carried = false;
        foreach (NodeEffect effect in Nodes[node].TakeEffects().ToList())
        {
            switch (effect)
            {
                case SendFrame send:
                    byte[] frame = send.Frame.ToArray();
                    Attack(frame, Nodes[1 - node]);
                    Xunit.Assert.Equal(FrameRefusal.None, Nodes[1 - node].Hear(frame));
                    carried = true;
                    break;
                case Upload { Key.IsRecorded: true } upload:
                    recorded.Add(upload.Key, upload.Bytes);
                    Nodes[node].Uploaded(upload.Key, kept: true);
                    break;
                case Upload upload:
                    parts[(upload.Key.Step, upload.Key.Shard)] = upload.Bytes;
                    break;
                case Tell { Message.Ended: { } ended }:
                    ends.AddRange(ended.Shards);
                    break;
                default:
                    break;
            }
        }

        return carried;
    }
}

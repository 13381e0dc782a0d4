using BrainSim.Contracts;
using BrainSim.Contracts.Frames;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;
using BrainSim.Tests.ClusterSimulation;

namespace BrainSim.Tests.Node.Cluster;

/// <summary>Two nodes that share one run or two, and whoever carries their messages: each frame can be looked at, and others slipped in, before it arrives.</summary>
internal sealed class PairOfNodes : INetworkSource, IDisposable
{
    public const int Run = 5, OtherRun = 16, Epoch = 3;

    private const long MostRounds = 20_000;

    private readonly Dictionary<long, TinyNetwork> networks = [];
    private readonly Dictionary<PartKey, byte[]> parts = [];
    private readonly List<(long Run, ShardEnd End)> ends = [];

    /// <param name="shards">Of each node, of each run.</param>
    /// <param name="other">The network of <see cref="OtherRun"/>; null for none.</param>
    public PairOfNodes(TinyNetwork network, int shards, TinyNetwork? other = null)
    {
        networks[Run] = network;
        if (other is not null)
        {
            networks[OtherRun] = other;
        }

        Nodes = [.. Enumerable.Range(0, 2).Select(n => new NodeLogic($"{n}", new NodeDescription { Address = $"{n}", Slots = shards }, this, () => Now, Crews.Alone, Crews.Alone))];
        foreach (long run in networks.Keys)
        {
            Open(run, shards);
        }
    }

    public long Now { get; private set; }

    public NodeLogic[] Nodes { get; }

    /// <summary>The address of the other node.</summary>
    public static string Other(NodeLogic node) => node.Address == "0" ? "1" : "0";

    /// <summary>Called with every frame before it arrives, and the node that it is for.</summary>
    public Action<byte[], NodeLogic> Attack { get; init; } = (_, _) => { };

    /// <summary>A run whose true frames may be refused, since others took their place.</summary>
    public long? Spoilt { get; init; }

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

    /// <summary>What a run came to.</summary>
    public (string? StateHash, byte[] Last, byte[] Recorded) Results(long run = Run)
    {
        TinyNetwork network = networks[run];
        ILookup<bool, KeyValuePair<PartKey, byte[]>> all = parts.Where(p => p.Key.Epoch.Run == run).ToLookup(p => p.Key.IsRecorded);
        Checkpoint last = Checkpoint.Join([.. all[false].Where(p => p.Key.Step == network.Steps).OrderBy(p => p.Key.Shard).Select(p => CheckpointFile.FromBytes(p.Value))]);
        byte[][][] byShard = [.. all[true].GroupBy(r => r.Key.Shard).OrderBy(r => r.Key).Select(r => r.OrderBy(part => part.Key.RecordedAfter).Select(part => part.Value).ToArray())];
        string? hash = WireShapes.StateHashOf([.. ends.Where(e => e.Run == run).Select(e => e.End).OrderBy(e => e.Shard)]);
        return (hash, CheckpointFile.ToBytes(last), TinyNetwork.Files(network.Compiled!.Network, [.. last.SpikeCounts], byShard));
    }

    public CompiledNetwork Compile(NetworkReference reference, double share) => networks.Values.Single(n => n.Name == reference.Main).Compiled!;

    public SweepPlan Plan(NetworkReference network, SweepReference sweep) => throw new InvalidOperationException("these nodes share one run.");

    public byte[]? Read(PartKept part) => null;

    public void Dispose() => Array.ForEach(Nodes, n => n.Dispose());

    private void Open(long run, int shards)
    {
        RunEpoch epoch = new() { Run = run, Epoch = Epoch };
        ShardsBuilt[] built = [.. Enumerable.Range(0, 2).Select(self => Build(epoch, self, shards))];
        OpenShards open = new() { Epoch = epoch };
        open.Shards.AddRange(built.SelectMany(b => b.Shards));
        Advance advance = new() { Epoch = epoch, Limits = { networks[run].Steps / 2, networks[run].Steps } };
        foreach (NodeLogic node in Nodes)
        {
            node.Hear(new ToNode { Open = open });
            node.Hear(new ToNode { Advance = advance });
        }
    }

    private ShardsBuilt Build(RunEpoch epoch, int self, int shards)
    {
        BuildShards order = new() { Epoch = epoch, Self = self, Network = new NetworkReference { Main = networks[epoch.Run].Name } };
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
                    FrameRefusal answer = Nodes[1 - node].Hear(frame, Nodes[node].Address);
                    _ = FrameHeader.Read(frame, out FrameHeader header);
                    Xunit.Assert.True(answer == FrameRefusal.None || header.Run == Spoilt, $"a frame of run {header.Run} is {answer}");
                    carried = true;
                    break;
                case Upload upload:
                    parts[upload.Key] = upload.Bytes;
                    Nodes[node].Uploaded(upload.Key, kept: true);
                    break;
                case Tell { Message.Ended: { } ended }:
                    ends.AddRange(ended.Shards.Select(end => (ended.Epoch.Run, end)));
                    break;
                default:
                    break;
            }
        }

        return carried;
    }
}

internal static class PairOfNodesExtensions
{
    /// <summary>As if the other node had sent it.</summary>
    public static FrameRefusal Hear(this NodeLogic node, ReadOnlySpan<byte> frame) => node.Hear(frame, PairOfNodes.Other(node));
}

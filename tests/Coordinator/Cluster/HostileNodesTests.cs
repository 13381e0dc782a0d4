using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Operations;
using BrainSim.Coordinator.Service;
using BrainSim.Engine.Sweeps;
using BrainSim.Tests.Engine;
using BrainSim.Tests.Engine.Sweeps;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Xunit;

namespace BrainSim.Tests.Coordinator.Cluster;

/// <summary>Whatever numbers nodes say, the coordinator's thread neither throws nor stays.</summary>
public sealed class HostileNodesTests
{
    private const long Run = 1, Sweep = 2, Other = 3;

    private static readonly SweepPlan Plan = SweepFiles.Plan("sweep: {vary: {drive: [10, 12, 14, 16, 18, 20]}}");

    private static readonly Gen<long> Usual = Gen.Choose(0, 4).Select(n => (long)n);

    private static readonly Gen<long> Extreme = Gen.Elements(long.MinValue, -1L, 99, 100, 101, Messages.MostSlots, int.MaxValue, 1L << 42, 1L << 50, long.MaxValue / 2, long.MaxValue);

    private static readonly Gen<long> Number = Gen.OneOf([.. Enumerable.Repeat(Usual, 8), Extreme]);

    private static readonly Gen<ToCoordinator> Message =
        from kind in Gen.Choose(0, 7)
        from node in Gen.Elements("a", "b", "c")
        from numbers in Number.ArrayOf(16)
        from name in Gen.Elements("", "x", new string('y', 300))
        select Of(kind, node, numbers, name);

    private readonly MemoryStore store = new();
    private readonly Totals totals = new(TimeProvider.System);

    [Fact]
    public void WhateverNodesSayTheCoordinatorGoesOn()
    {
        int heard = 0;
        foreach (ToCoordinator[] messages in Message.ArrayOf(40).Samples(150))
        {
            CoordinatorLogic logic = Begin();
            long now = 0;
            foreach (ToCoordinator message in messages)
            {
                now += 300;
                heard += Hear(logic, message, now) ? 1 : 0;
                Look(logic, now);
            }

            Look(new CoordinatorLogic(store, new ClusterSettings(), now, _ => []), now);
        }

        Assert.InRange(heard, 500, 5500);
    }

    [Fact]
    public void SpikesOfTwoNodesThatAreMoreThanCanBeCountedAreTheMost()
    {
        CoordinatorLogic logic = Begin();
        foreach (string node in (string[])["a", "b"])
        {
            Hear(logic, Report(node, new HostedStatus { Epoch = Epoch(1), Phase = HostedPhase.Open, Spikes = long.MaxValue }), 10);
        }

        Assert.Equal(long.MaxValue, logic.Find(Run, 10)!.Spikes);
    }

    [Fact]
    public void AShareThatCannotBeEndsTheEpochAndSaysSo()
    {
        CoordinatorLogic logic = Begin();
        Hear(logic, Report("a", new HostedStatus { Epoch = Epoch(1), Phase = HostedPhase.Open, Step = 101 }), 10);
        Assert.Equal("begins again from step 0: node a tells of its shards what cannot be", logic.Find(Run, 10)!.Reason);
    }

    [Fact]
    public void APartBeyondTheLastStepIsNone()
    {
        CoordinatorLogic logic = Begin();
        foreach (int shard in (int[])[0, 1])
        {
            logic.Hear(new PartKept { Key = new PartKey { Epoch = Epoch(1), IsRecorded = true, Shard = shard, Step = long.MaxValue } }, 10);
        }

        logic.Tick(20);
        Assert.Equal(RunState.Building, logic.Find(Run, 20)!.State);
    }

    /// <summary>A run on two nodes, a sweep that waits for room, and a run behind it that asks for more memory than there is.</summary>
    private CoordinatorLogic Begin()
    {
        store.Records.Clear();
        CoordinatorLogic logic = new(store, new ClusterSettings(), 0, _ => []);
        Hear(logic, Report("a"), 0);
        Hear(logic, Report("b"), 0);
        Submission submission = new() { Key = "r", Shards = 3, Network = new(), Need = new() { Steps = 100, OperationsPerStep = 10 } };
        Assert.Equal(Run, logic.Submit(submission, 0));
        Assert.Equal(2, logic.Find(Run, 0)!.Nodes.Count);
        Assert.Equal(Sweep, logic.Submit(new() { Key = "s", Network = new(), Sweep = new(), Need = new() { Steps = 6, MemoryBytes = 10 } }, 0));
        Assert.Equal(Other, logic.Submit(new() { Key = "o", Network = new(), Need = new() { Steps = 10, OperationsPerStep = 10, MemoryBytes = 1L << 51 } }, 0));
        return logic;
    }

    private static bool Hear(CoordinatorLogic logic, ToCoordinator message, long now)
    {
        try
        {
            logic.Hear(Messages.ReadToCoordinator(message.ToByteArray()), now);
            return true;
        }
        catch (MalformedMessageException)
        {
            return false;
        }
    }

    /// <summary>All that the shell does after a message.</summary>
    private void Look(CoordinatorLogic logic, long now)
    {
        logic.Tick(now);
        foreach (PlanSweep plan in logic.TakeEffects().OfType<PlanSweep>().ToList())
        {
            logic.Planned(plan.Submission.Run, Plan, Plan.Points(), now);
        }

        NodeView[] nodes = [.. logic.Nodes(now)];
        IReadOnlyList<RunView> runs = logic.TakeNews(now);
        totals.See(runs, nodes);
        Assert.All(runs, run => Views.Of(run, nodes.ToDictionary(n => n.Node), null));
        Assert.All(store.Records, record => Assert.NotEmpty(Story.Tell(record)));
    }

    private static RunEpoch Epoch(int epoch) => new() { Run = Run, Epoch = epoch };

    private static ToCoordinator Report(string node, params HostedStatus[] has) => new()
    {
        Node = node, Report = new() { Sequence = has.Length + 1, Description = new() { Address = $"{node}:1", Slots = 2, MemoryBytes = 1 << 30 }, Runs = { has } },
    };

    private static ToCoordinator Of(int kind, string node, long[] n, string name) => kind switch
    {
        0 => Told(node, r => r.Ended = new()
        {
            Epoch = EpochOf(n), Status = n[2] > 0 ? StatusOf(n) : null,
            Shards = { new ShardEnd { Shard = (int)n[3], Synapses = { n[4], n[5] }, Digests = { new Digest { Name = name, Head = ByteString.CopyFrom(1, 2), EndsBlock = n[6] > 0 } } } },
        }),
        1 => Told(node, r => r.Built = new()
        {
            Epoch = EpochOf(n), Shards = { Enumerable.Range((int)n[2] & 3, (int)n[3] & 3).Select(s => new ShardAsks { Shard = s, ShortestFrom = { (int)n[4], 1, 1 }, Reads = { true, false, true }, LongestOf = { (int)n[5] }, Synapses = { n[6] } }) },
        }),
        2 => Told(node, r => r.Failed = new() { Epoch = EpochOf(n), Cause = (FailureCause)((int)n[2] & 7), Message = name, Step = n[3], Order = { n[4], n[5] } }),
        3 => Told(node, r => r.PointFailed = new() { Run = n[0], Index = (int)n[1], Cause = (FailureCause)((int)n[2] & 7), Message = name }),
        4 => Told(node, r => r.Points = new()
        {
            Run = n[0], Results = { new PointResult { Key = Plan.Points()[(int)n[1] & 3].Key, Index = (int)n[2], Status = "done", Reason = name, Seconds = n[3], Measures = { new MeasureResult { Name = name, Number = n[4] } } } },
        }),
        _ => Told(node, r => r.Report = new()
        {
            Sequence = n[6] + 4, Draining = n[7] > 3, MemoryUsedBytes = n[8], Runs = { StatusOf(n) }, Sweeps = { new SweepStatus { Run = n[0], AtOnce = (int)n[1], Begun = { (int)n[2], (int)n[3] }, Waiting = { (int)n[4] } } },
            Description = new() { Address = n[9] > 3 ? name : $"{node}:1", Slots = (int)n[10], Cores = (int)n[11], MemoryBytes = n[12], Version = name.Length > 1 ? name : "" },
        }),
    };

    private static ToCoordinator Told(string node, Action<ToCoordinator> body)
    {
        ToCoordinator message = new() { Node = node };
        body(message);
        return message;
    }

    private static RunEpoch EpochOf(long[] n) => new() { Run = n[0], Epoch = (int)n[1] };

    private static HostedStatus StatusOf(long[] n) => new()
    {
        Epoch = EpochOf(n), Phase = (HostedPhase)((int)n[2] & 3), Step = n[3], WaitsFor = (int)n[4], BusyMs = n[13], Spikes = n[14], WaitedMs = { n[15], n[5] }, ShardBusyMs = { n[5] }, Limits = { 50, 100 },
    };
}

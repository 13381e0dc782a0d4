using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Service;
using Xunit;

namespace BrainSim.Tests.Coordinator.Operations;

/// <summary>What an operator reads while things go wrong, on a clock of the test: every decision is one line.</summary>
public sealed class DecisionTests
{
    private const string Alone = "waits for a node: none is there";

    private readonly List<(string Kind, string Text)> lines = [];
    private readonly TellingStore store;
    private readonly CoordinatorLogic logic;
    private long now;
    private long sequence;

    public DecisionTests()
    {
        store = new TellingStore(lines);
        logic = new CoordinatorLogic(store, new ClusterSettings(), 0, _ => []);
    }

    [Fact]
    public void TheStoryOfALostNodeIsOneLineForEachDecision()
    {
        logic.Submit(Submission("one"), now);
        logic.Submit(Submission("two"), now);
        Pass(1000);
        Pass(1000, "a");
        Pass(7000);
        Pass(3000, "b");
        logic.Cancel(1);
        Pass(500, "b");
        Assert.Equal(
        [
            ("submitted", "submitted as 'one': 100 steps, priority 0"),
            ("submitted", "submitted as 'two': 100 steps, priority 0"),
            ("waits", Alone),
            ("waits", Alone),
            ("node came", "node a at a:1 is there: 2 slots, 2 cores"),
            ("placed", "begun on a:1 (2 shards)"),
            ("waits", "waits for 2 free slots; 0 are free"),
            ("node lost", "node a is lost: it has said nothing for 5.3 s"),
            ("waits", "begins again from step 0: node a was lost"),
            ("waits", "waits behind others"),
            ("waits", Alone),
            ("waits", Alone),
            ("node came", "node b at b:1 is there: 2 slots, 2 cores"),
            ("placed", "taken up again (epoch 2) on b:1 (2 shards): node a was lost"),
            ("waits", "waits for 2 free slots; 0 are free"),
            ("ended", "ended as cancelled: by request"),
            ("placed", "begun on b:1 (2 shards)"),
        ], lines);
    }

    [Fact]
    public void AFullDiskIsSaidOnceForEachRunThatWaits()
    {
        Pass(250, "a");
        logic.Submit(Submission("one"), now);
        lines.Clear();
        logic.Hear(DiskState.Full);
        logic.Submit(Submission("two"), now);
        Pass(2000, "a");
        Assert.Equal(2, lines.Count(line => line == ("waits", "waits for room on the coordinator's disk")));
        logic.Hear(DiskState.HasRoom);
        Pass(500, "a");
        Assert.Equal(("waits", "waits for 2 free slots; 0 are free"), lines[^1]);
    }

    [Fact]
    public void ARunDoesNotBeginAgainForStandingStillWhileTheDiskIsFull()
    {
        Pass(250, "a");
        long run = logic.Submit(Submission("one"), now);
        logic.Hear(DiskState.Full);
        PassWith(1_300_000, run);
        Assert.Equal((1, "waits for room on the coordinator's disk"), (logic.Find(run, now)!.Epoch, logic.Find(run, now)!.Reason));
        logic.Hear(DiskState.HasRoom);
        PassWith(700_000, run);
        Assert.Equal(2, logic.Find(run, now)!.Epoch);
        Assert.Contains(("placed", "taken up again (epoch 2) on a:1 (2 shards): nothing has moved for 600 s"), lines);
    }

    [Fact]
    public void ADrainingNodeAndTheCauseOfEveryEpochAreTold()
    {
        Pass(250, "a");
        long run = logic.Submit(Submission("one"), now);
        Report("a", draining: true);
        logic.Hear(new ToCoordinator { Node = "a", Failed = new RunFailed { Epoch = new RunEpoch { Run = run, Epoch = 1 }, Message = "no space left" } }, now);
        Assert.Contains(("node drains", "node a at a:1 wants to go: its runs leave it at their next checkpoint"), Taken());
        Pass(2000, "b");
        Assert.Equal([EpochCause.Submitted, EpochCause.NodeFailed], store.Records.Where(r => r.Begun?.Epoch.Run == run).Select(r => r.Begun.Cause));
    }

    /// <summary>Reports every quarter of a second from those who live.</summary>
    private void Pass(long milliseconds, params string[] alive)
    {
        for (long end = now + milliseconds; now < end;)
        {
            now += 250;
            Array.ForEach(alive, node => Report(node));
            Taken();
            logic.Tick(now);
            Taken();
        }
    }

    /// <summary>A node that has the run open and does nothing.</summary>
    private void PassWith(long milliseconds, long run)
    {
        for (long end = now + milliseconds; now < end;)
        {
            now += 1000;
            Report("a", false, new HostedStatus { Epoch = new RunEpoch { Run = run, Epoch = logic.Find(run, now)!.Epoch }, Phase = HostedPhase.Open, WaitsFor = -1 });
            logic.Tick(now);
            Taken();
        }
    }

    private void Report(string node, bool draining = false, params HostedStatus[] has) => logic.Hear(
        new ToCoordinator
        {
            Node = node,
            Report = new NodeReport { Sequence = ++sequence, Draining = draining, Description = new NodeDescription { Address = $"{node}:1", Slots = 2, Cores = 2, MemoryBytes = 1 << 30 }, Runs = { has } },
        }, now);

    private List<(string Kind, string Text)> Taken()
    {
        lines.AddRange(logic.TakeEffects().OfType<Decision>().Select(decision => (decision.Kind, decision.Text)));
        return lines;
    }

    private static Submission Submission(string name) => new()
    {
        Key = name, Name = name, Shards = 2, Network = new NetworkReference(), Need = new RunNeed { Steps = 100, OperationsPerStep = 10 },
    };

    /// <summary>Journal and decisions as the coordinator's shell logs them.</summary>
    private sealed class TellingStore(List<(string Kind, string Text)> lines) : IRunStore
    {
        public IEnumerable<JournalRecord> Load() => [];

        public List<JournalRecord> Records { get; } = [];

        public void Append(JournalRecord record)
        {
            Records.Add(record.Clone());
            lines.Add((Story.Word(record), Story.Tell(record)));
        }
    }
}

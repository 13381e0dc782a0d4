using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;

namespace BrainSim.Tests.Coordinator.Cluster;

/// <summary>The coordinator's logic, with a clock and nodes that do as a test says.</summary>
internal sealed class ScriptedCluster
{
    private readonly SortedDictionary<string, ScriptedNode> nodes = new(StringComparer.Ordinal);
    private long sequence;

    public ScriptedCluster() => Logic = new CoordinatorLogic(Store, new ClusterSettings { Version = "2" }, 0, _ => []);

    public MemoryStore Store { get; } = new();

    public CoordinatorLogic Logic { get; }

    public long Now { get; private set; }

    public RunView View(long run) => Logic.Find(run, Now)!;

    public ScriptedNode Add(string name, int slots = 2, long bytes = 1 << 30, string version = "2")
    {
        ScriptedNode node = nodes[name] = new ScriptedNode(new NodeDescription { Address = $"{name}:1", Slots = slots, MemoryBytes = bytes, Version = version });
        Report();
        return node;
    }

    /// <summary>No node says anything of its own accord any more.</summary>
    public void Silence() => nodes.Clear();

    public long Submit(string key, int shards = 0, int priority = 0, RunNeed? need = null, NetworkReference? network = null) => Logic.Submit(
        new Submission { Key = key, Name = key, Shards = shards, Priority = priority, Network = network ?? new(), Need = need ?? new() { Steps = 100, OperationsPerStep = 10 } }, Now);

    /// <summary>Time goes on; every second all nodes report, and the coordinator ticks.</summary>
    /// <param name="told">Hears what a node is told.</param>
    public void Pass(long milliseconds, Action<string, ToNode>? told = null)
    {
        for (long end = Now + milliseconds; Now < end;)
        {
            Now = Math.Min(end, Now + 1000);
            Report();
            foreach (TellNode tell in Logic.TakeEffects().OfType<TellNode>())
            {
                told?.Invoke(tell.Node, tell.Message);
            }
        }
    }

    /// <summary>The coordinator does nothing for so long, nor do its nodes reach it.</summary>
    public void StandStill(long milliseconds)
    {
        Now += milliseconds;
        Logic.Tick(Now);
    }

    public void Say(string node, Action<ToCoordinator> what)
    {
        ToCoordinator message = new() { Node = node };
        what(message);
        Logic.Hear(message, Now);
    }

    public void Fail(string node, long run, FailureCause cause, string message) => Say(
        node, m => m.Failed = new RunFailed { Epoch = new RunEpoch { Run = run, Epoch = View(run).Epoch }, Cause = cause, Message = message });

    private void Report()
    {
        foreach ((string name, ScriptedNode node) in nodes)
        {
            Say(name, m => m.Report = new NodeReport { Sequence = ++sequence, Description = node.Description, Runs = { node.Has } });
        }

        Logic.Tick(Now);
    }
}

internal sealed class ScriptedNode(NodeDescription description)
{
    public NodeDescription Description => description;

    /// <summary>What it reports to have.</summary>
    public List<HostedStatus> Has { get; } = [];
}

internal sealed class MemoryStore : IRunStore
{
    public List<JournalRecord> Records { get; } = [];

    public IEnumerable<JournalRecord> Load() => [.. Records];

    public void Append(JournalRecord record) => Records.Add(record.Clone());
}

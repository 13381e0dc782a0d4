using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Disk;
using BrainSim.Coordinator.Service;

namespace BrainSim.Coordinator.Operations;

/// <summary>All that is measured of a coordinator and its cluster: sent by OpenTelemetry, and shown at <c>/metrics</c>. The table in docs/operations.md says the same.</summary>
internal sealed class Instruments(Board board, Totals totals, TimeProvider clock, Func<(DiskUse Use, DiskPolicy Policy)> disk, Func<int> mailbox, Func<int> brokenFiles)
{
    private static readonly string[] States = [RunState.Waiting, RunState.Building, RunState.Running, .. RunState.Ends];

    private Snapshot Now => board.Now;

    public IReadOnlyList<Instrument> All => [.. Runs, .. Checkpoints, .. Nodes, .. Itself];

    private Instrument[] Runs =>
    [
        Instrument.Gauge("brainsim.runs", "{run}", "Runs that are known, by state.", ["state"], () => States.Select(state => new Sample(Now.Runs.Values.Count(run => run.State == state), state))),
        Instrument.Gauge("brainsim.queue", "{run}", "Runs that wait to be placed.", () => Waiting.Count()),
        Instrument.Gauge("brainsim.queue.age", "s", "Since the oldest of the runs that wait was submitted; 0 where none waits.", OldestWait),
        Instrument.Counter("brainsim.runs.ended", "{run}", "Runs that have ended, by outcome.", ["outcome"], () => totals.Ends),
        Instrument.Counter("brainsim.epochs", "{epoch}", "How often runs were begun or taken up again, by cause.", ["cause"], () => totals.Epochs),
        Instrument.Counter("brainsim.steps", "{step}", "Steps that all shards of a run have done, over all runs; those done again count again.", () => totals.Steps),
        Instrument.Counter("brainsim.points", "{point}", "Points of sweeps that have ended, over all sweeps.", () => totals.Points),
        Instrument.Counter("brainsim.spikes", "{spike}", "Spikes of all runs; those fired again count again.", () => totals.Spikes),
    ];

    private Instrument[] Checkpoints =>
    [
        Instrument.Counter("brainsim.checkpoints", "{checkpoint}", "Checkpoints that were committed.", () => totals.Checkpoints),
        Instrument.Counter("brainsim.checkpoint.time", "s", "Time that checkpoints took, from the first part on the disk to the commit.", () => totals.CheckpointSeconds),
        Instrument.Counter("brainsim.checkpoint.size", "By", "Size of the checkpoints that were committed.", () => totals.CheckpointBytes),
        Instrument.Gauge("brainsim.checkpoint.age", "s", "Since the last checkpoint of a run that is under way, or since nodes took it up.", ["run"], () => totals.CheckpointAges),
    ];

    private Instrument[] Nodes =>
    [
        Instrument.Gauge("brainsim.nodes", "{node}", "Nodes that are heard of.", () => Now.Nodes.Length),
        Instrument.Gauge("brainsim.slots", "{shard}", "Shards that nodes could have.", () => Now.Nodes.Sum(node => (double)node.Slots)),
        Instrument.Gauge("brainsim.shards", "{shard}", "Shards that nodes have.", () => Now.Nodes.Sum(node => (double)node.Shards)),
        Instrument.Counter("brainsim.node.stepping", "s", "Time that the shards of a node stepped, added up over its shards.", ["node"], () => totals.Stepped),
        Instrument.Counter("brainsim.node.waiting", "s", "Time that a node waited for another, or for the coordinator.", ["node", "for"], () => totals.Waited),
        Instrument.Gauge("brainsim.node.memory.used", "By", "Memory that the process of a node holds.", ["node"], () => totals.MemoryUsed),
        Instrument.Gauge("brainsim.node.memory.total", "By", "Memory that a node may use.", ["node"], () => Now.Nodes.Select(node => new Sample(node.MemoryBytes, node.Address))),
        Instrument.Gauge("brainsim.node.silence", "s", "Since a node was last heard of.", ["node"], () => Now.Nodes.Select(node => new Sample(node.SilentMs / 1000.0, node.Address))),
    ];

    private Instrument[] Itself =>
    [
        Instrument.Gauge("brainsim.memory.used", "By", "Memory that the coordinator's process holds.", () => Environment.WorkingSet),
        Instrument.Gauge("brainsim.mailbox", "{message}", "Messages that wait for the coordinator's thread.", () => mailbox()),
        Instrument.Gauge("brainsim.security.files.broken", "{file}", "Tokens and certificate files that cannot be used as they are now; what they said before counts on.", () => brokenFiles()),
        Instrument.Gauge("brainsim.disk.used", "By", "What the coordinator keeps, by kind.", ["kind"], () => Kinds(disk().Use)),
        Instrument.Gauge("brainsim.disk.free", "By", "Free on the coordinator's disk.", () => disk().Use.Free),
        Instrument.Gauge("brainsim.disk.room", "By", "What may still be written: within the quota, and of the disk all but the reserve of the journal.", () => disk().Policy.RoomAt(disk().Use)),
    ];

    private IEnumerable<RunView> Waiting => Now.Runs.Values.Where(run => run.State == RunState.Waiting);

    private double OldestWait() => Waiting.Select(run => (clock.GetUtcNow() - run.Submitted).TotalSeconds).DefaultIfEmpty(0).Max();

    private static Sample[] Kinds(DiskUse use) => [new(use.Journal, "journal"), new(use.Blobs, "files"), new(use.Runs, "runs"), new(use.Incoming, "incoming")];
}

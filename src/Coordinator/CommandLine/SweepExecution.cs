using System.Collections.Immutable;
using BrainSim.Coordinator.Sweeps;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;
using BrainSim.Node;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>Carries out a plan in this process, from checking every point to the table.</summary>
/// <param name="folder">Null to keep nothing.</param>
internal sealed class SweepExecution(SweepPlan plan, BackEnd backEnd, string? folder, bool records)
{
    public bool Quiet { get; init; }

    /// <summary>True where nothing was left to run.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Points that an earlier sweep had run.</summary>
    public int WereKnown { get; private set; }

    public int AtOnce { get; private set; }

    public PointTable Run(int cores, CancellationToken cancellation)
    {
        CompiledNetwork compiled = CompiledNetwork.Of(plan.Network, backEnd);
        NetworksRead read = new();
        ImmutableArray<SweepPoint> points = plan.Points(read.Keep);
        if (folder is not null)
        {
            Results.PrepareFolder(folder);
        }

        using Ledger? ledger = folder is null ? null : Ledger.Open(folder, TimeProvider.System);
        SweepLogic logic = new(plan, points, point => Known(ledger, point));
        MemoryBudget memory = MemoryBudget.OfThisProcess();
        AtOnce = (int)Math.Clamp(Math.Min(memory.Bytes / MemoryNeed.Of(compiled, records ? ImmutableHashSet<int>.Empty : MeasureMonitors.NeededBy(plan.Network)), logic.Total), 1, cores);
        int threads = AtOnce == cores ? 1 : Math.Min(cores / AtOnce, HostChoice.Worth(compiled));
        using PointRun run = new(plan, backEnd) { Known = read.Take, Reserve = memory.Reserve, Record = records ? Record : null, Keep = KeepRecordings };
        LocalSweep sweep = new(logic, run, (point, outcome) => ledger?.Append(point.Key, outcome));
        ProgressLine.Follow(
            logic.Total, !Quiet, _ => sweep.Run(AtOnce, threads, cancellation), () => sweep.Tally is var (finished, running, failed) ? (finished, $"{finished} of {logic.Total} points, {running} running, {failed} failed") : default);
        IsDone = logic.IsDone;
        PointTable table = new(plan.Spec, logic.Table);
        Write(table);
        return table;
    }

    /// <summary>What was run before, unless recordings are wanted that are not there.</summary>
    private PointOutcome? Known(Ledger? ledger, SweepPoint point)
    {
        PointOutcome? outcome = ledger?.Find(point.Key);
        bool isKept = !records || Results.NetworkHashOf(FolderOf(point)) == point.NetworkHash;
        if (outcome is null || !outcome.IsFinal(plan.Spec.Limits) || !isKept)
        {
            return null;
        }

        WereKnown++;
        return outcome;
    }

    private string FolderOf(SweepPoint point) => Path.Combine(folder!, "points", $"{point.Index:0000}");

    private ChunkFolder Record(SweepPoint point, NetworkSpec network)
    {
        Results.Prepare(FolderOf(point), request: null);
        return new ChunkFolder(Path.Combine(FolderOf(point), Results.RecordingFolder), network.Monitors.Length);
    }

    private void KeepRecordings(SweepPoint point, CompiledNetwork compiled, LocalHost host, ChunkFolder chunks, PointOutcome outcome) => Results.Write(
        FolderOf(point), host, Results.Describe(compiled, host, compileSeconds: 0, failure: null) with { Interrupted = false, Failure = outcome.Reason }, chunks, goesOn: false);

    private void Write(PointTable table)
    {
        if (folder is null)
        {
            return;
        }

        Results.Writing(folder, () => table.Write(folder));
    }
}

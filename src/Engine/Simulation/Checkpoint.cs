using System.Collections.Immutable;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Monitors;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Simulation;

/// <summary>
/// All that a run needs to go on, in global order, so that another number of shards can take it up: columns that steps change, refractory limits, spikes that are still
/// under way, what was recorded, what was counted. Taken between windows.
/// </summary>
/// <param name="Columns">By population, then changing column: the bytes of all neurons.</param>
/// <param name="ActiveFrom">By population: the first step in which each neuron is active.</param>
/// <param name="Histories">By population: the last steps' spikes.</param>
/// <param name="Records">By monitor.</param>
public sealed record Checkpoint(
    string NetworkHash, long Step, ImmutableArray<ImmutableArray<byte[]>> Columns, ImmutableArray<int[]> ActiveFrom,
    ImmutableArray<PastSpikes> Histories, ImmutableArray<PastRecord> Records, long[] SpikeCounts, long[] Events)
{
    /// <param name="shards">All shards of a run, in order, between two windows.</param>
    public static Checkpoint Of(NetworkSpec network, IReadOnlyList<ShardRun> shards)
    {
        int[] populations = [.. Enumerable.Range(0, network.Populations.Length)];
        return new Checkpoint(
            network.Hash,
            shards[0].Step,
            [.. populations.Select(p => ChangingColumns(shards[0], p).Select(c => shards.SelectMany(s => s.State.Populations[p].ColumnBytes(c).ToArray()).ToArray()).ToImmutableArray())],
            [.. populations.Select(p => shards.SelectMany(s => s.State.Populations[p].ActiveFromOfAll.ToArray()).ToArray())],
            [.. populations.Select(p => PastSpikes.Of(shards.Select(s => s.State.Histories[p]).MaxBy(h => h.Depth)!, shards[0].Step))],
            [.. Enumerable.Range(0, network.Monitors.Length).Select(m => PastRecord.Of([.. shards.Select(s => s.Monitors.Records[m])]))],
            [.. populations.Select(p => shards.Sum(s => s.Monitors.SpikeCounts[p]))],
            [.. Enumerable.Range(0, network.Projections.Length).Select(p => shards.Sum(s => s.State.Arrivals[p].Events))]);
    }

    /// <summary>Puts this shard's part into it. Sums over all shards go to the first.</summary>
    public void ApplyTo(ShardRun shard)
    {
        for (int p = 0; p < Columns.Length; p++)
        {
            PopulationShard population = shard.State.Populations[p];
            Partition slice = population.Slice;
            foreach ((int column, byte[] bytes) in ChangingColumns(shard, p).Zip(Columns[p]))
            {
                int item = population.Precision.Bytes();
                bytes.AsSpan(slice.From * item, slice.Count * item).CopyTo(population.ColumnBytes(column));
                shard.State.Partners.Restore(p, column, bytes);
            }

            ActiveFrom[p].AsSpan(slice.From, slice.Count).CopyTo(population.ActiveFromOfAll);
            Histories[p].ApplyTo(shard.State.Histories[p], Step);
            shard.Monitors.SpikeCounts[p] = shard.Shard == 0 ? SpikeCounts[p] : 0;
        }

        for (int p = 0; p < Events.Length; p++)
        {
            shard.State.Arrivals[p].Events = shard.Shard == 0 ? Events[p] : 0;
        }

        for (int m = 0; m < Records.Length; m++)
        {
            Records[m].ApplyTo(shard.Monitors.Records[m], first: shard.Shard == 0);
        }
    }

    private static IEnumerable<int> ChangingColumns(ShardRun shard, int population)
    {
        ImmutableArray<Column> columns = shard.State.Populations[population].Program.Columns;
        return Enumerable.Range(0, columns.Length).Where(c => columns[c].Kind is ColumnKind.State or ColumnKind.Synaptic or ColumnKind.Buffer);
    }
}

/// <summary>The spikes of one population in the steps before a checkpoint.</summary>
/// <param name="Counts">Of the steps Step - Counts.Length to Step - 1.</param>
/// <param name="Ids">Global, in the order of the steps, rising within each.</param>
public sealed record PastSpikes(int[] Counts, int[] Ids)
{
    public static PastSpikes Of(SpikeHistory history, long step)
    {
        NativeArray<int>[] slots = [.. Enumerable.Range(1, history.Depth - 1).Select(age => history.Of(step - age)).Reverse()];
        return new PastSpikes([.. slots.Select(s => (int)s.Length)], [.. slots.SelectMany(s => s.Span.ToArray())]);
    }

    /// <summary>Steps that the history has no room for are steps that it does not need.</summary>
    public unsafe void ApplyTo(SpikeHistory history, long step)
    {
        int next = 0;
        fixed (int* ids = Ids)
        {
            for (int s = 0; s < Counts.Length; s++)
            {
                int age = Counts.Length - s;
                if (age < history.Depth)
                {
                    history.Begin(step - age).AddRange(ids + next, Counts[s]);
                }

                next += Counts[s];
            }
        }
    }
}

/// <summary>What one monitor had recorded: spikes (Steps, Ids), bins (Counts, Open) or rows (Steps, Rows by variable).</summary>
public sealed record PastRecord(int[] Steps, int[] Ids, long[] Counts, long Open, ImmutableArray<byte[]> Rows)
{
    public static PastRecord Of(object[] parts) => parts[0] switch
    {
        SpikeRecord => OfSpikes(SpikeRecord.Joined([.. parts.Cast<SpikeRecord>()])),
        RateRecord => OfBins([.. parts.Cast<RateRecord>()]),
        _ => OfRows([.. parts.Cast<VariableRecord>()]),
    };

    /// <param name="first">The first shard takes what is a sum over all.</param>
    public void ApplyTo(object record, bool first)
    {
        switch (record)
        {
            case SpikeRecord spikes:
                spikes.Restore(Steps, Ids);
                break;
            case RateRecord rate:
                rate.Restore([.. Counts.Select(c => first ? c : 0)], first ? Open : 0);
                break;
            default:
                ((VariableRecord)record).Restore(Steps, Rows);
                break;
        }
    }

    private static PastRecord OfSpikes((int[] Steps, int[] Ids) spikes) => new(spikes.Steps, spikes.Ids, [], 0, []);

    private static PastRecord OfBins(RateRecord[] parts) => new(
        [], [], [.. Enumerable.Range(0, parts[0].Counts.Count).Select(bin => parts.Sum(p => p.Counts[bin]))], parts.Sum(p => p.Open), []);

    private static PastRecord OfRows(VariableRecord[] parts) => new(
        [.. parts[0].Steps.Select(step => (int)step)], [], [], 0, [.. Enumerable.Range(0, parts[0].Rows.Length).Select(v => VariableRecord.Joined(parts, v))]);
}

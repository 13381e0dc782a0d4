using System.Collections.Immutable;
using BrainSim.Engine.Exchange;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Simulation;

/// <summary>
/// All that a run needs to go on, in global order, so that another number of shards can take it up: columns that steps change, refractory limits, spikes that are still
/// under way, what was counted. Taken when all shards have done the same steps. A part holds the same of one shard. What was recorded before the step has been handed over as
/// chunks that end there, and is not in it.
/// </summary>
/// <param name="ColumnNames">By population, then changing column.</param>
/// <param name="Columns">By population, then changing column: the bytes of all neurons.</param>
/// <param name="ActiveFrom">By population: the first step in which each neuron is active.</param>
/// <param name="Histories">By population: the last steps' spikes.</param>
/// <param name="Events">By projection.</param>
public sealed record Checkpoint(
    string NetworkHash, long Step, ImmutableArray<ImmutableArray<string>> ColumnNames, ImmutableArray<ImmutableArray<byte[]>> Columns, ImmutableArray<int[]> ActiveFrom,
    ImmutableArray<PastSpikes> Histories, long[] SpikeCounts, long[] Events)
{
    internal static Checkpoint Part(string networkHash, ShardRun shard, ExchangePlan plan)
    {
        IReadOnlyList<PopulationShard> populations = shard.State.Populations;
        return new Checkpoint(
            networkHash,
            shard.Step,
            [.. populations.Select(NamesOf)],
            [.. populations.Select(population => ChangingColumns(population).Select(c => population.ColumnBytes(c).ToArray()).ToImmutableArray())],
            [.. populations.Select(population => population.ActiveFromOfAll.ToArray())],
            [.. populations.Select((population, p) => PastSpikes.Of(shard.State.Histories[p], population.Slice, shard.Step, plan.StepsUnderWay(p)))],
            [.. shard.Monitors.SpikeCounts],
            [.. shard.State.Arrivals.Select(a => a.Events)]);
    }

    /// <param name="parts">Of all shards of a run, in order, at the same step.</param>
    public static Checkpoint Join(IReadOnlyList<Checkpoint> parts)
    {
        Checkpoint first = parts[0];
        ImmutableArray<T> ForEach<T>(int count, Func<int, T> join) => [.. Enumerable.Range(0, count).Select(join)];
        return new Checkpoint(
            first.NetworkHash,
            first.Step,
            first.ColumnNames,
            ForEach(first.Columns.Length, p => ForEach(first.Columns[p].Length, c => parts.SelectMany(part => part.Columns[p][c]).ToArray())),
            ForEach(first.ActiveFrom.Length, p => parts.SelectMany(part => part.ActiveFrom[p]).ToArray()),
            ForEach(first.Histories.Length, p => PastSpikes.Join([.. parts.Select(part => part.Histories[p])])),
            [.. first.SpikeCounts.Select((_, p) => parts.Sum(part => part.SpikeCounts[p]))],
            [.. first.Events.Select((_, p) => parts.Sum(part => part.Events[p]))]);
    }

    /// <summary>Puts this shard's part into it. Sums over all shards go to the first.</summary>
    /// <exception cref="UserMistakeException">The shard's program keeps other variables: another version of this program made them of the same network.</exception>
    internal void ApplyTo(ShardRun shard)
    {
        for (int p = 0; p < Columns.Length; p++)
        {
            PopulationShard population = shard.State.Populations[p];
            Partition slice = population.Slice;
            CheckNames(population);
            foreach ((int column, byte[] bytes) in ChangingColumns(population).Zip(Columns[p]))
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
            shard.State.Arrivals[p].EventsBefore = shard.Shard == 0 ? Events[p] : 0;
        }
    }

    private void CheckNames(PopulationShard population)
    {
        int index = population.Program.Population.Index;
        ImmutableArray<string> wanted = NamesOf(population);
        if (!ColumnNames[index].SequenceEqual(wanted))
        {
            throw new UserMistakeException(
                new Place("checkpoint", 0, 0, $"populations.{population.Program.Population.Name}"),
                $"holds {string.Join(", ", ColumnNames[index])} where this version of brainsim computes {string.Join(", ", wanted)}; go on with the version that wrote it, or begin anew with run.");
        }
    }

    private static ImmutableArray<string> NamesOf(PopulationShard population) => [.. ChangingColumns(population).Select(c => population.Program.Columns[c].Name)];

    private static IEnumerable<int> ChangingColumns(PopulationShard population)
    {
        ImmutableArray<Column> columns = population.Program.Columns;
        return Enumerable.Range(0, columns.Length).Where(c => columns[c].IsKept);
    }
}

/// <summary>The spikes of one population in the steps before a checkpoint.</summary>
/// <param name="Counts">Of the steps Step - Counts.Length to Step - 1.</param>
/// <param name="Ids">Global, in the order of the steps, rising within each.</param>
public sealed record PastSpikes(int[] Counts, int[] Ids)
{
    /// <param name="slice">The neurons whose spikes are wanted.</param>
    /// <param name="steps">How far back.</param>
    public static PastSpikes Of(SpikeHistory history, Partition slice, long step, int steps)
    {
        int[][] slots = [.. Enumerable.Range(0, steps).Select(s => Array.FindAll(history.Of(step - steps + s).Span.ToArray(), slice.Holds))];
        return new PastSpikes([.. slots.Select(s => s.Length)], [.. slots.SelectMany(s => s)]);
    }

    /// <param name="parts">Of all shards, in order.</param>
    public static PastSpikes Join(IReadOnlyList<PastSpikes> parts)
    {
        int[] counts = [.. parts[0].Counts.Select((_, s) => parts.Sum(part => part.Counts[s]))];
        List<int> ids = [];
        int[] next = new int[parts.Count];
        for (int s = 0; s < counts.Length; s++)
        {
            for (int p = 0; p < parts.Count; p++)
            {
                ids.AddRange(parts[p].Ids.AsSpan(next[p], parts[p].Counts[s]));
                next[p] += parts[p].Counts[s];
            }
        }

        return new PastSpikes(counts, [.. ids]);
    }

    internal unsafe void ApplyTo(SpikeHistory history, long step)
    {
        history.Clear();
        fixed (int* all = Ids)
        {
            int* ids = all;
            for (int s = 0; s < Counts.Length; s++)
            {
                history.Insert(step - Counts.Length + s, ids, Counts[s]);
                ids += Counts[s];
            }
        }
    }
}

using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using BrainSim.Engine.Exchange;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Monitors;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Simulation;

/// <summary>
/// All that a run needs to go on, in global order, so that another number of shards can take it up: columns that steps change, refractory limits, spikes that are still
/// under way, what was recorded, what was counted. Taken when all shards have done the same steps. A part holds the same of one shard.
/// </summary>
/// <param name="ColumnNames">By population, then changing column.</param>
/// <param name="Columns">By population, then changing column: the bytes of all neurons.</param>
/// <param name="ActiveFrom">By population: the first step in which each neuron is active.</param>
/// <param name="Histories">By population: the last steps' spikes.</param>
/// <param name="Synapses">By projection that keeps variables of sources or synapses.</param>
/// <param name="Records">By monitor.</param>
/// <param name="Events">By projection.</param>
public sealed record Checkpoint(
    string NetworkHash, long Step, ImmutableArray<ImmutableArray<string>> ColumnNames, ImmutableArray<ImmutableArray<byte[]>> Columns, ImmutableArray<int[]> ActiveFrom,
    ImmutableArray<PastSpikes> Histories, ImmutableArray<PastSynapses> Synapses, ImmutableArray<PastRecord> Records, long[] SpikeCounts, long[] Events)
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
            [.. shard.State.Synapses.Select(synapses => PastSynapses.Of(synapses, populations[synapses.Program.Projection.Pre].Slice))],
            [.. shard.Monitors.Records.Select(PastRecord.Of)],
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
            ForEach(first.Synapses.Length, s => PastSynapses.Join([.. parts.Select(part => part.Synapses[s])])),
            ForEach(first.Records.Length, m => PastRecord.Join([.. parts.Select(part => part.Records[m])])),
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

        foreach ((PastSynapses past, SynapseShard synapses) in Synapses.Zip(shard.State.Synapses))
        {
            past.ApplyTo(synapses);
        }

        for (int p = 0; p < Events.Length; p++)
        {
            shard.State.Arrivals[p].EventsBefore = shard.Shard == 0 ? Events[p] : 0;
        }

        for (int m = 0; m < Records.Length; m++)
        {
            Records[m].ApplyTo(shard.Monitors.Records[m], first: shard.Shard == 0);
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
        return Enumerable.Range(0, columns.Length).Where(c => columns[c].IsState || columns[c].Kind == ColumnKind.Buffer);
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

/// <summary>What a projection keeps for its sources and synapses.</summary>
/// <param name="Names">Of the variables, sources' first.</param>
/// <param name="OfSources">By variable: the bytes of all sources.</param>
/// <param name="OfSynapses">By variable: the bytes of all synapses, target by target.</param>
/// <param name="Counts">Synapses of each target.</param>
public sealed record PastSynapses(ImmutableArray<string> Names, ImmutableArray<byte[]> OfSources, ImmutableArray<byte[]> OfSynapses, int[] Counts)
{
    /// <param name="owned">The sources that this shard answers for.</param>
    public static PastSynapses Of(SynapseShard shard, Partition owned)
    {
        int bytes = shard.Target.Precision.Bytes();
        ReadOnlySpan<long> starts = shard.Lists.Starts;
        int[] counts = new int[shard.Lists.Targets.Count];
        for (int j = 0; j < counts.Length; j++)
        {
            counts[j] = (int)(starts[j + 1] - starts[j]);
        }

        CheckpointFile.CheckFits(shard.Count * bytes);
        return new PastSynapses(
            NamesOf(shard),
            [.. shard.Program.SourceVariables.Select((_, v) => shard.Sources!.ColumnBytes(v).Slice(owned.From * bytes, owned.Count * bytes).ToArray())],
            [.. shard.Program.Variables.Select((_, v) => shard.Snapshot(v))],
            counts);
    }

    /// <param name="parts">Of all shards, in order.</param>
    public static PastSynapses Join(IReadOnlyList<PastSynapses> parts) => new(
        parts[0].Names,
        [.. parts[0].OfSources.Select((_, v) => Joined(parts, part => part.OfSources[v]))],
        [.. parts[0].OfSynapses.Select((_, v) => Joined(parts, part => part.OfSynapses[v]))],
        [.. parts.SelectMany(part => part.Counts)]);

    /// <exception cref="UserMistakeException">Another version of this program kept other variables.</exception>
    internal void ApplyTo(SynapseShard shard)
    {
        ImmutableArray<string> wanted = NamesOf(shard);
        if (!Names.SequenceEqual(wanted))
        {
            throw new UserMistakeException(
                new Place("checkpoint", 0, 0, $"projections.{shard.Program.Projection.Name}"),
                $"holds {string.Join(", ", Names)} where this version of brainsim computes {string.Join(", ", wanted)}; go on with the version that wrote it, or begin anew with run.");
        }

        for (int v = 0; v < OfSources.Length; v++)
        {
            OfSources[v].CopyTo(shard.Sources!.ColumnBytes(v));
        }

        int bytes = shard.Target.Precision.Bytes();
        long before = 0;
        for (int target = 0; target < shard.Target.Slice.From; target++)
        {
            before += Counts[target];
        }

        for (int v = 0; v < OfSynapses.Length; v++)
        {
            shard.Restore(v, OfSynapses[v].AsSpan((int)(before * bytes), (int)(shard.Count * bytes)));
        }
    }

    private static ImmutableArray<string> NamesOf(SynapseShard shard) =>
        [.. shard.Program.SourceVariables.Select(name => $"{name} of sources"), .. shard.Program.Variables.Select(v => $"{v.Name} of synapses")];

    private static byte[] Joined(IReadOnlyList<PastSynapses> parts, Func<PastSynapses, byte[]> numbers)
    {
        CheckpointFile.CheckFits(parts.Sum(part => numbers(part).LongLength));
        return [.. parts.SelectMany(numbers)];
    }
}

/// <summary>What one monitor had recorded: spikes (Steps, Ids), bins (Counts, Open) or rows (Steps, Rows by variable, Places).</summary>
/// <param name="Places">For rows: where the columns stand in the rows of the whole monitor.</param>
public sealed record PastRecord(int[] Steps, int[] Ids, long[] Counts, long Open, ImmutableArray<byte[]> Rows, int[] Places)
{
    public static PastRecord Of(object record) => record switch
    {
        SpikeRecord spikes => new(Whole(spikes.Steps), Whole(spikes.Ids), [], 0, [], []),
        RateRecord rate => new([], [], [.. rate.Counts], rate.Open, [], []),
        _ => OfRows((VariableRecord)record),
    };

    /// <param name="parts">Of all shards, in order.</param>
    public static PastRecord Join(IReadOnlyList<PastRecord> parts)
    {
        if (!parts[0].Rows.IsEmpty)
        {
            return parts[0] with
            {
                Rows = [.. Enumerable.Range(0, parts[0].Rows.Length).Select(v => JoinedRows(parts, v))],
                Places = [.. Enumerable.Range(0, parts.Sum(p => p.Places.Length))],
            };
        }

        CheckpointFile.CheckFits(parts.Sum(p => p.Ids.LongLength) * sizeof(int));
        (int[] steps, int[] ids) = SpikeRecord.Joined([.. parts.Select(p => (p.Steps, p.Ids))]);
        return new PastRecord(steps, ids, [.. parts[0].Counts.Select((_, bin) => parts.Sum(p => p.Counts[bin]))], parts.Sum(p => p.Open), [], []);
    }

    /// <param name="first">The first shard takes what is a sum over all.</param>
    internal void ApplyTo(object record, bool first)
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

    private static PastRecord OfRows(VariableRecord record) =>
        new([.. record.Steps.Select(step => (int)step)], [], [], 0, [.. record.Rows.Select(Whole)], record.Places);

    private static T[] Whole<T>(NativeArray<T> items)
        where T : unmanaged
    {
        CheckpointFile.CheckFits(items.Length * Unsafe.SizeOf<T>());
        return items.Span.ToArray();
    }

    private static byte[] JoinedRows(IReadOnlyList<PastRecord> parts, int variable)
    {
        CheckpointFile.CheckFits(parts.Sum(p => p.Rows[variable].LongLength));
        return VariableRecord.Joined([.. parts.Select(p => (p.Rows[variable], p.Places))], parts[0].Steps.Length);
    }
}

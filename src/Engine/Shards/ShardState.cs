using System.Collections.Immutable;
using BrainSim.Engine.Connectivity;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>Everything that one shard holds, and what it does in one step. Owned by one thread at a time.</summary>
public sealed class ShardState : IDisposable
{
    private readonly NetworkSpec network;
    private readonly PopulationShard[] populations;
    private readonly TargetSpace targets;
    private readonly RowDelivery? delivery;
    private readonly ArrivalTable[] arrivals;
    private readonly ArrivalTable[] tables;
    private readonly CouplingShard[] couplings;
    private readonly SpikeHistory[] histories;

    /// <summary>By population, of all shards: the spikes of each neuron that have become known.</summary>
    private readonly NativeArray<int>[] spikesOf;

    /// <summary>By population: whether <see cref="spikesOf"/> is needed.</summary>
    private readonly bool[] countsBySource;
    private readonly NativeArray<int>[] fired;
    private readonly ReplayCursor?[] replays;
    private readonly List<IDisposable> wired = [];
    private readonly StepAction[] untilObserve;
    private readonly StepAction[] afterObserve;

    /// <param name="wiring">Synapses that others have wired, or will use.</param>
    /// <exception cref="UserMistakeException">A drawn or listed value does not fit.</exception>
    public ShardState(NetworkSpec network, IReadOnlyList<PopulationProgram> programs, KernelCompiler compile, Partition[] slices, Wiring wiring)
    {
        this.network = network;
        ImmutableArray<Arrival> all = Arrival.AllOf(programs);
        SharedRows rows = new(network, all, slices);
        targets = rows.Targets;
        populations = [.. programs.Select((program, p) => new PopulationShard(network, program, slices[p], compile, targets))];
        Partners = new PartnerValues(network, programs, populations);
        histories = [.. network.Populations.Select(_ => new SpikeHistory())];
        spikesOf = [.. network.Populations.Select(p => new NativeArray<int>(p.Size))];
        wired.AddRange(rows.Build(populations, histories, wiring) is { } lease ? [lease] : []);
        delivery = rows.Delivery;
        List<CouplingShard> coupled = [];
        arrivals = [.. all.Select(arrival => rows.Find(arrival.Projection) is { } share
            ? ArrivalTable.InRows(network, arrival, populations[arrival.Projection.Post], share, histories[arrival.Projection.Pre], spikesOf[arrival.Projection.Pre])
            : Connect(arrival, compile, coupled, wiring))];
        tables = [.. arrivals.Where(arrival => arrival.HasTable)];
        couplings = [.. coupled];
        countsBySource = [.. network.Populations.Select(p => network.Projections.Any(x => x.Pre == p.Index && arrivals[x.Index].CountsBySource))];
        replays = [.. network.Populations.Select((p, i) => p.Replay is null ? null : new ReplayCursor(p.Replay, slices[i]))];
        fired = [.. network.Populations.Select(_ => new NativeArray<int>(0))];
        (untilObserve, afterObserve) = Plan();
    }

    public IReadOnlyList<PopulationShard> Populations => populations;

    /// <summary>By projection.</summary>
    public IReadOnlyList<ArrivalTable> Arrivals => arrivals;

    public IReadOnlyList<CouplingShard> Couplings => couplings;

    /// <summary>By population.</summary>
    public IReadOnlyList<SpikeHistory> Histories => histories;

    /// <summary>What this shard's couplings read of all shards' neurons.</summary>
    public PartnerValues Partners { get; }

    public NetworkSpec Network => network;

    /// <summary>By population: local ids of the neurons that spiked in the step at hand, rising.</summary>
    public IReadOnlyList<NativeArray<int>> Fired => fired;

    /// <summary>The phases of a step that come before observe.</summary>
    public void RunUntilObserve(long step) => RunUntilObserve(step, default(NoNotes));

    /// <summary>The phases of a step that come after observe.</summary>
    public void RunAfterObserve(long step) => RunAfterObserve(step, default(NoNotes));

    /// <inheritdoc cref="RunUntilObserve(long)"/>
    internal void RunUntilObserve<TNotes>(long step, TNotes notes)
        where TNotes : struct, IStepNotes
    {
        for (int p = 0; p < populations.Length; p++)
        {
            populations[p].LoadRows(step);
            fired[p].Clear();
            replays[p]?.Emit(step, fired[p]);
        }

        notes.Charge(StepWork.Inputs);
        foreach (CouplingShard coupling in couplings)
        {
            coupling.Compute(step);
            notes.Charge(StepWork.Couplings, coupling.Projection);
        }

        Do(untilObserve, step, notes);
    }

    /// <inheritdoc cref="RunAfterObserve(long)"/>
    internal void RunAfterObserve<TNotes>(long step, TNotes notes)
        where TNotes : struct, IStepNotes => Do(afterObserve, step, notes);

    /// <summary>True where a state variable was NaN or infinite in some step, whatever it is now.</summary>
    public bool IsUnsound => Array.Exists(populations, p => p.Noted is not null);

    /// <summary>The first state variable that was NaN or infinite, or is so after a step; null where all is well.</summary>
    public NonFinite? FindNonFinite(long step)
    {
        if (IsUnsound)
        {
            return populations.Select(p => p.Noted).OfType<NonFinite>().MinBy(found => found.Order);
        }

        for (int p = 0; p < Populations.Count; p++)
        {
            PopulationShard population = Populations[p];
            for (int c = 0; c < population.Program.Columns.Length; c++)
            {
                if (population.Program.Columns[c].IsState && population.FindNonFinite(c) is >= 0 and var local)
                {
                    return new NonFinite(step, p, c, population.Slice.From + local, population.Read(c, local));
                }
            }
        }

        return null;
    }

    /// <summary>What this shard asks of the others.</summary>
    /// <param name="shards">Shards of the run.</param>
    public ShardReach Reach(int shards) => new(
        [.. Enumerable.Range(0, shards).Select(sender => network.Projections.Min(p => arrivals[p.Index].ShortestDelayFrom(Partition.Of(network.Populations[p.Pre].Size, sender, shards))))],
        [.. network.Populations.Select(p => network.Projections.Where(x => x.Pre == p.Index).Select(x => arrivals[x.Index].LongestDelay).DefaultIfEmpty(0).Max())],
        [.. Enumerable.Range(0, shards).Select(sender => couplings.Any(c => c.Reads(Partition.Of(network.Populations[c.Source].Size, sender, shards))))]);

    /// <summary>Makes room for spikes that are under way.</summary>
    /// <param name="historySteps">By population.</param>
    public void Open(IReadOnlyList<int> historySteps)
    {
        for (int p = 0; p < histories.Length; p++)
        {
            histories[p].Open(historySteps[p]);
        }

        RememberSpikesBeforeStart();
    }

    /// <summary>Takes up what is under way at a step, which is done next, once the histories are those of a checkpoint.</summary>
    public void Restore(long step)
    {
        delivery?.Restore(step);
        Array.ForEach(spikesOf, counts => counts.Span.Clear());
    }

    /// <summary>Counts spikes of one shard that have become known.</summary>
    /// <param name="counts">Spikes by step, then population.</param>
    /// <param name="ids">Global, in that order.</param>
    public void CountEvents(NativeArray<int> counts, NativeArray<int> ids)
    {
        int from = 0;
        for (int c = 0; c < counts.Length; c++)
        {
            CountEvents(c % populations.Length, ids.Span.Slice(from, counts[c]));
            from += counts[c];
        }
    }

    public void Dispose()
    {
        delivery?.Dispose();
        foreach (IDisposable part in populations.Cast<IDisposable>().Concat(arrivals).Concat(couplings).Concat(histories).Concat(spikesOf).Concat(fired).Append(Partners).Append(targets).Concat(wired))
        {
            part.Dispose();
        }
    }

    /// <summary>A projection whose synapses have one delay, change several columns, or lose what comes while refractory.</summary>
    private ArrivalTable Connect(Arrival arrival, KernelCompiler compile, List<CouplingShard> coupled, Wiring wiring)
    {
        ProjectionSpec projection = arrival.Projection;
        PopulationShard target = populations[projection.Post];
        Coupling? coupling = target.Program.Couplings.FirstOrDefault(c => c.Projection.Index == projection.Index);
        Lease<WiredProjection> lease = wiring.Rent(WiringKey.Of(network, arrival, target, coupling), () => WiredProjection.Of(network, arrival, target, coupling));
        wired.Add(lease);
        if (coupling is not null)
        {
            coupled.Add(new CouplingShard(network, coupling, target, lease.Part, Partners, compile));
        }

        return ArrivalTable.Of(network, arrival, target, lease.Part, histories[projection.Pre], spikesOf[projection.Pre]);
    }

    private void CountEvents(int population, ReadOnlySpan<int> sourceIds)
    {
        if (!countsBySource[population])
        {
            return;
        }

        NativeArray<int> counts = spikesOf[population];
        foreach (int source in sourceIds)
        {
            counts[source]++;
        }
    }

    /// <summary>The actions of a step in the order of the schedule, cut at observe.</summary>
    private (StepAction[] UntilObserve, StepAction[] AfterObserve) Plan()
    {
        List<StepAction> actions = [];
        int cut = 0;
        int group = 0;
        foreach (Phase phase in network.Schedule.Phases.Where(p => p is Phase.Arrive or Phase.Observe))
        {
            AddPasses(actions, group++);
            if (phase == Phase.Arrive)
            {
                actions.Add(StepAction.Arrive);
            }
            else
            {
                cut = actions.Count;
            }
        }

        AddPasses(actions, group);
        return ([.. actions[..cut]], [.. actions[cut..]]);
    }

    private void AddPasses(List<StepAction> actions, int group)
    {
        for (int p = 0; p < populations.Length; p++)
        {
            actions.AddRange(populations[p].Passes.Where(pass => pass.Pass.Group == group).Select(pass => new StepAction(p, pass)));
        }
    }

    private void Do<TNotes>(StepAction[] actions, long step, TNotes notes)
        where TNotes : struct, IStepNotes
    {
        foreach (StepAction action in actions)
        {
            if (action.Pass is { } pass)
            {
                if (!pass.ActsIn(step))
                {
                    continue;
                }

                populations[action.Population].Run(pass, step, fired[action.Population]);
                notes.Charge(StepWork.Passes, action.Population);
            }
            else
            {
                Arrive(step, notes);
            }
        }
    }

    private void Arrive<TNotes>(long step, TNotes notes)
        where TNotes : struct, IStepNotes
    {
        foreach (ArrivalTable table in tables)
        {
            table.Deliver(step);
            notes.Charge(StepWork.Arrivals, table.Projection);
        }

        if (delivery is not null)
        {
            delivery.Deliver(step);
            notes.Charge(StepWork.Rows);
        }
    }

    /// <summary>Spikes at time 0 happened before the first step; every shard knows them all.</summary>
    private void RememberSpikesBeforeStart()
    {
        for (int p = 0; p < Populations.Count; p++)
        {
            if (network.Populations[p].Replay is { } replay)
            {
                NativeArray<int> slot = histories[p].Of(ReplayCursor.BeforeStart);
                for (int j = 0; j < replay.Steps.Length && replay.Steps[j] <= ReplayCursor.BeforeStart; j++)
                {
                    slot.Add(replay.Ids[j]);
                }

                CountEvents(p, slot.Span);
            }
        }
    }
}

/// <summary>One pass of one population, or the arrival of spikes.</summary>
internal readonly record struct StepAction(int Population, BoundPass? Pass)
{
    public static StepAction Arrive { get; } = new(-1, null);
}

/// <summary>A state variable that is no number: the step that left it so, indices of the population and its column, the neuron's global id, and the value.</summary>
public readonly record struct NonFinite(long Step, int Population, int Column, int Id, double Value)
{
    /// <summary>Order of reports, the same for every split.</summary>
    public (long Step, int Population, int Id, int Column) Order => (Step, Population, Id, Column);
}

/// <summary>Walks through the spikes that a source replays.</summary>
internal sealed class ReplayCursor(ReplayTable table, Partition slice)
{
    /// <summary>The step of spikes at time 0.</summary>
    public const long BeforeStart = -1;

    private int next;

    /// <summary>Adds the local ids of this shard's spikes of a step. Steps must rise.</summary>
    public void Emit(long step, NativeArray<int> fired)
    {
        for (; next < table.Steps.Length && table.Steps[next] <= step; next++)
        {
            if (table.Steps[next] == step && slice.Holds(table.Ids[next]))
            {
                fired.Add(table.Ids[next] - slice.From);
            }
        }
    }
}

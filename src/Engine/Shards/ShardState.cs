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
    private readonly ArrivalTable[] arrivals;
    private readonly SpikeHistory[] histories;
    private readonly NativeArray<int>[] fired;
    private readonly ReplayCursor?[] replays;
    private readonly StepAction[] untilObserve;
    private readonly StepAction[] afterObserve;

    /// <exception cref="UserMistakeException">A drawn or listed value does not fit.</exception>
    public ShardState(NetworkSpec network, IReadOnlyList<PopulationProgram> programs, KernelCompiler compile, Partition[] slices)
    {
        this.network = network;
        populations = [.. programs.Select((program, p) => new PopulationShard(network, program, slices[p], compile))];
        (SynapseTable Table, SynapseValues Values)[] built = [.. network.Projections.Select(Build)];
        ShortestDelay = built.Where(b => b.Table.Count > 0).Select(b => (int?)b.Table.ShortestDelay).Min();
        histories = [.. network.Populations.Select(p => new SpikeHistory(Depth(p, built)))];
        arrivals = [.. programs.SelectMany(p => p.Arrivals).OrderBy(a => a.Projection.Index).Select(arrival => BuildArrival(arrival, built[arrival.Projection.Index]))];
        replays = [.. network.Populations.Select((p, i) => p.Replay is null ? null : new ReplayCursor(p.Replay, slices[i]))];
        fired = [.. network.Populations.Select(_ => new NativeArray<int>(0))];
        (untilObserve, afterObserve) = Plan();
        RememberSpikesBeforeStart();
    }

    public IReadOnlyList<PopulationShard> Populations => populations;

    /// <summary>By projection.</summary>
    public IReadOnlyList<ArrivalTable> Arrivals => arrivals;

    /// <summary>By population.</summary>
    public IReadOnlyList<SpikeHistory> Histories => histories;

    /// <summary>In steps, over this shard's synapses; null where it has none.</summary>
    public int? ShortestDelay { get; }

    public NetworkSpec Network => network;

    /// <summary>By population: local ids of the neurons that spiked in the step at hand, rising.</summary>
    public IReadOnlyList<NativeArray<int>> Fired => fired;

    /// <summary>The phases of a step that come before observe.</summary>
    public void RunUntilObserve(long step)
    {
        for (int p = 0; p < populations.Length; p++)
        {
            populations[p].LoadRows(step);
            fired[p].Clear();
            replays[p]?.Emit(step, fired[p]);
        }

        Do(untilObserve, step);
    }

    /// <summary>The phases of a step that come after observe.</summary>
    public void RunAfterObserve(long step) => Do(afterObserve, step);

    /// <summary>The first state variable that is NaN or infinite; null where all is well.</summary>
    public NonFinite? FindNonFinite()
    {
        for (int p = 0; p < Populations.Count; p++)
        {
            PopulationShard population = Populations[p];
            for (int c = 0; c < population.Program.Columns.Length; c++)
            {
                if (population.Program.Columns[c].IsState && population.FindNonFinite(c) is >= 0 and var local)
                {
                    return new NonFinite(p, c, population.Slice.From + local, population.Read(c, local));
                }
            }
        }

        return null;
    }

    /// <summary>Counts the events of every projection when a spike is as old as the network's shortest delay, so that the count does not depend on the split.</summary>
    public void CountEventsAfter(int shortestDelay) => Array.ForEach(arrivals, arrival => arrival.CountAfter = shortestDelay);

    public void Dispose()
    {
        foreach (IDisposable part in populations.Cast<IDisposable>().Concat(arrivals).Concat(histories).Concat(fired))
        {
            part.Dispose();
        }
    }

    private (SynapseTable Table, SynapseValues Values) Build(ProjectionSpec projection)
    {
        using SourceLists lists = SourceLists.Of(
            projection.Connect, network.Populations[projection.Pre].Size, network.Populations[projection.Post].Size, projection.Pre == projection.Post,
            populations[projection.Post].Slice, network.Seed, $"projections.{projection.Name}.connect");
        SynapseValues values = new(projection, lists, network.Populations[projection.Post].Size, network.Seed, network.Grid);
        SynapseTable table = SynapseTable.Of(lists, network.Populations[projection.Pre].Size, values.SameDelay, values.DelaysInSteps(1 - network.Schedule.ArrivalOffset));
        return (table, values);
    }

    private ArrivalTable BuildArrival(Arrival arrival, (SynapseTable Table, SynapseValues Values) built) =>
        ArrivalTable.Build(network, arrival, populations[arrival.Projection.Post], built.Table, built.Values, histories[arrival.Projection.Pre]);

    /// <summary>A spike is needed until its slowest synapse is served; a window's worth more, since windows are merged as a whole.</summary>
    private int Depth(PopulationSpec population, (SynapseTable Table, SynapseValues Values)[] built)
    {
        int longest = network.Projections.Where(p => p.Pre == population.Index).Select(p => built[p.Index].Table.LongestDelay).DefaultIfEmpty(0).Max();
        return longest + network.Schedule.ArrivalOffset + Window.Steps(network.Schedule, ShortestDelay) + 1;
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

    private void Do(StepAction[] actions, long step)
    {
        foreach (StepAction action in actions)
        {
            if (action.Pass is { } pass)
            {
                populations[action.Population].Run(pass, step, fired[action.Population]);
                continue;
            }

            foreach (ArrivalTable arrival in arrivals)
            {
                arrival.Deliver(step);
            }
        }
    }

    /// <summary>Spikes at time 0 happened before the first step; every shard knows them all.</summary>
    private void RememberSpikesBeforeStart()
    {
        for (int p = 0; p < Populations.Count; p++)
        {
            if (network.Populations[p].Replay is { } replay)
            {
                NativeArray<int> slot = histories[p].Begin(ReplayCursor.BeforeStart);
                for (int j = 0; j < replay.Steps.Length && replay.Steps[j] <= ReplayCursor.BeforeStart; j++)
                {
                    slot.Add(replay.Ids[j]);
                }
            }
        }
    }
}

/// <summary>One pass of one population, or the arrival of spikes.</summary>
internal readonly record struct StepAction(int Population, PassShard? Pass)
{
    public static StepAction Arrive { get; } = new(-1, null);
}

/// <summary>A state variable that is no number: indices of the population and its column, the neuron's global id, and the value.</summary>
public readonly record struct NonFinite(int Population, int Column, int Id, double Value)
{
    /// <summary>Order of reports, the same for every split.</summary>
    public (int Population, int Column, int Id) Order => (Population, Column, Id);
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

using BrainSim.Engine.Connectivity;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>Everything that one shard holds, and what it does in one step. Owned by one thread at a time.</summary>
public sealed class ShardState : IDisposable
{
    private readonly NetworkSpec network;
    private readonly List<ArrivalTable> arrivals = [];
    private readonly ReplayCursor?[] replays;
    private readonly int observeAt;

    /// <exception cref="UserMistakeException">A drawn or listed value does not fit.</exception>
    public ShardState(NetworkSpec network, IReadOnlyList<PopulationProgram> programs, KernelCompiler compile, Partition[] slices)
    {
        this.network = network;
        Populations = [.. programs.Select((program, p) => new PopulationShard(network, program, slices[p], compile))];
        (SynapseTable Table, SynapseValues Values)[] built = [.. network.Projections.Select(Build)];
        ShortestDelay = built.Where(b => b.Table.Count > 0).Select(b => (int?)b.Table.ShortestDelay).Min();
        Histories = [.. network.Populations.Select(p => new SpikeHistory(Depth(p, built)))];
        foreach (Arrival arrival in programs.SelectMany(p => p.Arrivals).OrderBy(a => a.Projection.Index))
        {
            ProjectionSpec projection = arrival.Projection;
            (SynapseTable table, SynapseValues values) = built[projection.Index];
            arrivals.Add(ArrivalTable.Build(network, arrival, Populations[projection.Post], table, values, Histories[projection.Pre]));
        }

        replays = [.. network.Populations.Select((p, i) => p.Replay is null ? null : new ReplayCursor(p.Replay, slices[i]))];
        Fired = [.. network.Populations.Select(_ => new NativeArray<int>(0))];
        observeAt = network.Schedule.Phases.IndexOf(Phase.Observe);
        RememberSpikesBeforeStart();
    }

    public IReadOnlyList<PopulationShard> Populations { get; }

    /// <summary>By projection.</summary>
    public IReadOnlyList<ArrivalTable> Arrivals => arrivals;

    /// <summary>By population.</summary>
    public IReadOnlyList<SpikeHistory> Histories { get; }

    /// <summary>In steps, over this shard's synapses; null where it has none.</summary>
    public int? ShortestDelay { get; }

    public NetworkSpec Network => network;

    /// <summary>By population: local ids of the neurons that spiked in the step at hand, rising.</summary>
    public IReadOnlyList<NativeArray<int>> Fired { get; }

    /// <summary>The phases of a step that come before observe.</summary>
    public void RunUntilObserve(long step)
    {
        for (int p = 0; p < Populations.Count; p++)
        {
            Populations[p].LoadRows(step);
            Fired[p].Clear();
            replays[p]?.Emit(step, Fired[p]);
        }

        Run(0, observeAt, step);
    }

    /// <summary>The phases of a step that come after observe.</summary>
    public void RunAfterObserve(long step) => Run(observeAt + 1, network.Schedule.Phases.Length, step);

    /// <summary>The first state variable that is NaN or infinite; null where all is well.</summary>
    public (string Population, string Variable, int Id, double Value)? FindNonFinite()
    {
        foreach (PopulationShard population in Populations)
        {
            for (int c = 0; c < population.Program.Columns.Length; c++)
            {
                if (!population.Program.Columns[c].IsState)
                {
                    continue;
                }

                for (int local = 0; local < population.Slice.Count; local++)
                {
                    if (!double.IsFinite(population.Read(c, local)))
                    {
                        return (population.Program.Population.Name, population.Program.Columns[c].Name, population.Slice.From + local, population.Read(c, local));
                    }
                }
            }
        }

        return null;
    }

    public void Dispose()
    {
        foreach (IDisposable part in Populations.Cast<IDisposable>().Concat(arrivals).Concat(Histories).Concat(Fired))
        {
            part.Dispose();
        }
    }

    private (SynapseTable Table, SynapseValues Values) Build(ProjectionSpec projection)
    {
        using SourceLists lists = SourceLists.Of(
            projection.Connect, network.Populations[projection.Pre].Size, projection.Pre == projection.Post,
            Populations[projection.Post].Slice, network.Seed, $"projections.{projection.Name}.connect");
        SynapseValues values = new(projection, lists, network.Seed, network.Grid);
        SynapseTable table = SynapseTable.Of(lists, network.Populations[projection.Pre].Size, values.SameDelay, values.DelaysInSteps(1 - network.Schedule.ArrivalOffset));
        return (table, values);
    }

    /// <summary>A spike is needed until its slowest synapse is served; a window's worth more, since windows are merged as a whole.</summary>
    private int Depth(PopulationSpec population, (SynapseTable Table, SynapseValues Values)[] built)
    {
        int longest = network.Projections.Where(p => p.Pre == population.Index).Select(p => built[p.Index].Table.LongestDelay).DefaultIfEmpty(0).Max();
        return longest + network.Schedule.ArrivalOffset + Window.Steps(network.Schedule, ShortestDelay) + 1;
    }

    private void Run(int firstPhase, int endPhase, long step)
    {
        int group = GroupsBefore(firstPhase);
        bool groupDone = false;
        for (int i = firstPhase; i < endPhase; i++)
        {
            if (network.Schedule.Phases[i] == Phase.Arrive)
            {
                foreach (ArrivalTable arrival in arrivals)
                {
                    arrival.Deliver(step);
                }

                group++;
                groupDone = false;
            }
            else if (!groupDone)
            {
                RunPasses(group, step);
                groupDone = true;
            }
        }
    }

    private int GroupsBefore(int phase)
    {
        int groups = 0;
        for (int i = 0; i < phase; i++)
        {
            groups += network.Schedule.Phases[i] is Phase.Arrive or Phase.Observe ? 1 : 0;
        }

        return groups;
    }

    private unsafe void RunPasses(int group, long step)
    {
        for (int p = 0; p < Populations.Count; p++)
        {
            PopulationShard population = Populations[p];
            foreach (PassShard pass in population.Passes)
            {
                if (pass.Pass.Group == group)
                {
                    ReadOnlySpan<int> spikes = population.Run(pass, step);
                    fixed (int* ids = spikes)
                    {
                        Fired[p].AddRange(ids, spikes.Length);
                    }
                }
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
                NativeArray<int> slot = Histories[p].Begin(ReplayCursor.BeforeStart);
                for (int j = 0; j < replay.Steps.Length && replay.Steps[j] <= ReplayCursor.BeforeStart; j++)
                {
                    slot.Add(replay.Ids[j]);
                }
            }
        }
    }
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

using System.Collections.Immutable;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Simulation;

/// <summary>A rough count of the memory that a network's synapses take, to refuse what cannot fit before it is tried.</summary>
public static class MemoryNeed
{
    /// <summary>Per synapse that has the projection's delay, while it is built: source and origin, sorted place, target.</summary>
    private const double BuildBytes = 24;

    /// <summary>Per synapse for each value of its own: as read, and as kept.</summary>
    private const double ValueBytes = 16;

    /// <summary>Per synapse in shared rows: target, delay until it is sorted, and what a spike adds.</summary>
    private const double RowBytes = 8, WideRowBytes = 14;

    /// <summary>Bytes of the network's synapses while they are built, by projection.</summary>
    /// <param name="arrivals">All projections.</param>
    public static IEnumerable<(Arrival Arrival, double Synapses, double Bytes)> Estimate(NetworkSpec network, IEnumerable<Arrival> arrivals) => arrivals.Select(arrival =>
    {
        ProjectionSpec projection = arrival.Projection;
        double kept = arrival.Variables.Length * network.Precision.Bytes();
        double own = BuildBytes + kept + (projection.Weight.Constant is null || projection.Connect.BringsWeights ? ValueBytes : 0) + (projection.Delay.Steps is null ? ValueBytes : 0);
        double each = !SharedRows.InRows(arrival) ? own : network.Precision == Precision.Float32 || SharedRows.HasSingleSizes(arrival) ? RowBytes : WideRowBytes;
        double synapses = Synapses(network, projection);
        return (arrival, synapses, synapses * each);
    });

    /// <summary>Per run whatever its size: tables, programs, code.</summary>
    private const double RunBytes = 2_000_000;

    /// <summary>Bytes of a run: synapses, columns of all neurons, variables that are recorded in memory. Recorded spikes are not known before.</summary>
    /// <param name="inMemory">Positions of the monitors that are kept there.</param>
    public static double Of(CompiledNetwork compiled, IReadOnlySet<int> inMemory)
    {
        NetworkSpec network = compiled.Network;
        ImmutableArray<Arrival> arrivals = Arrival.AllOf(compiled.Programs);
        double synapses = Estimate(network, arrivals).Sum(need => need.Bytes);
        double columns = compiled.Programs.Sum(program => (double)program.Columns.Length * program.Population.Size * network.Precision.Bytes());
        double recordings = network.Monitors.Where((m, position) => m.Kind == MonitorKind.Variables && inMemory.Contains(position))
            .Sum(monitor => Math.Floor((double)network.Steps / monitor.EverySteps) * Recorded(network, monitor, arrivals) * monitor.Variables.Length * network.Precision.Bytes());
        return RunBytes + synapses + columns + recordings;
    }

    /// <summary>Neurons, sources or synapses that a monitor looks at, of synapses about so many.</summary>
    /// <param name="arrivals">All projections, in order.</param>
    /// <exception cref="UserMistakeException">What it records is not kept for the same things.</exception>
    public static double Recorded(NetworkSpec network, MonitorSpec monitor, IReadOnlyList<Arrival> arrivals)
    {
        Arrival? of = monitor.Projection is { } projection ? arrivals[projection] : null;
        string[] homes = [.. monitor.Variables.Select(v => of is null ? "" : of.Variables.Contains(v) ? "synapse" : of.SourceVariables.Contains(v) ? "source" : "target").Distinct()];
        if (homes.Length > 1)
        {
            throw new UserMistakeException(monitor.Place.At("record"), $"one of these variables is kept for each {homes[0]}, another for each {homes[1]}; make a monitor for each");
        }

        string home = homes.FirstOrDefault("");
        return monitor.Ids?.Length ?? (home == "synapse" ? Synapses(network, of!.Projection) : network.Populations[home == "source" ? of!.Projection.Pre : monitor.Population].Size);
    }

    /// <param name="arrivals">All projections.</param>
    /// <param name="share">Of the synapses that this process is to hold, 0 to 1.</param>
    /// <exception cref="UserMistakeException">A projection, or all together, need more than this process may have; or a monitor records what is not kept for the same things.</exception>
    public static void Check(NetworkSpec network, IEnumerable<Arrival> arrivals, double share)
    {
        Arrival[] all = [.. arrivals];
        foreach (MonitorSpec monitor in network.Monitors)
        {
            Recorded(network, monitor, all);
        }

        double available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        double total = 0;
        foreach ((Arrival arrival, double synapses, double bytes) in Estimate(network, all))
        {
            total += bytes * share;
            bool tooMany = synapses > int.MaxValue && !SharedRows.InRows(arrival);
            if (total > available || tooMany)
            {
                throw new UserMistakeException(
                    arrival.Projection.Place.At("connect"),
                    FormattableString.Invariant($"{arrival.Projection.Name} would make about {synapses:N0} synapses, which{(share < 1 ? $", of {share:P0} of them," : "")} with those before it need some {total / 1e9:0.#} GB; this process may have {available / 1e9:0.#} GB{(tooMany ? $", and a projection of one delay {int.MaxValue:N0} synapses" : "")}."));
            }
        }
    }

    /// <summary>Expected number of synapses; the most where it depends on the place.</summary>
    public static double Synapses(NetworkSpec network, ProjectionSpec projection)
    {
        double pre = network.Populations[projection.Pre].Size;
        double post = network.Populations[projection.Post].Size;
        return projection.Connect switch
        {
            AllToAll => pre * post,
            FixedProbability rule => rule.Probability * pre * post,
            FixedTotalNumber rule => rule.Count,
            FixedPreNumber rule => rule.Count * post,
            FixedPostNumber rule => rule.Count * pre,
            SmallWorld ring => 2.0 * ring.EachSide * post,
            GrownGraph graph => graph.MostLinks((int)post) * (graph.Directed ? 1.0 : 2.0),
            GridNeighbours { Straight: true } rule => Math.Min(pre, (2.0 * rule.Grid.Pre.Length) + 1) * post,
            GridNeighbours rule => rule.Grid.InBox(rule.Reach) * post,
            GaussianProbability rule => rule.Grid.InBox(rule.Sigma * Math.Sqrt(Math.PI / 2)) * post,
            GaussianWeights rule => rule.Grid.InBox(Math.Sqrt(rule.SquaredReach)) * post,
            Pairs pairs => pairs.Pre.Length,
            _ => post,
        };
    }
}

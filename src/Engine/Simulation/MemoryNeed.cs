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
        double own = BuildBytes + (projection.Weight.Constant is null || projection.Connect.BringsWeights ? ValueBytes : 0) + (projection.Delay.Steps is null ? ValueBytes : 0);
        double each = !SharedRows.InRows(arrival) ? own : network.Precision == Precision.Float32 || SharedRows.HasSingleSizes(arrival) ? RowBytes : WideRowBytes;
        double synapses = Synapses(network, projection);
        return (arrival, synapses, synapses * each);
    });

    /// <param name="arrivals">All projections.</param>
    /// <param name="share">Of the synapses that this process is to hold, 0 to 1.</param>
    /// <exception cref="UserMistakeException">A projection, or all together, need more than this process may have.</exception>
    public static void Check(NetworkSpec network, IEnumerable<Arrival> arrivals, double share)
    {
        double available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        double total = 0;
        foreach ((Arrival arrival, double synapses, double bytes) in Estimate(network, arrivals))
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

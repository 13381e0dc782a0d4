using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Simulation;

/// <summary>A rough count of the memory that a network's synapses take while they are built, to refuse what cannot fit before it is tried.</summary>
public static class MemoryNeed
{
    /// <summary>Per synapse during the build: source and origin, sorted place, target.</summary>
    private const double BuildBytes = 24;

    /// <summary>Per synapse for each value of its own: as read, and as kept.</summary>
    private const double ValueBytes = 16;

    /// <summary>Bytes of one recorded variable: what one array holds.</summary>
    private const double LargestRecording = 2_000_000_000;

    /// <exception cref="UserMistakeException">A monitor, a projection, or all together, need more than this process may have.</exception>
    public static void Check(NetworkSpec network)
    {
        foreach (MonitorSpec monitor in network.Monitors.Where(m => m.Kind == MonitorKind.Variables))
        {
            double rows = Math.Floor((double)network.Steps / monitor.EverySteps);
            double bytes = rows * (monitor.Ids?.Length ?? network.Populations[monitor.Population].Size) * network.Precision.Bytes();
            if (bytes > LargestRecording)
            {
                throw new UserMistakeException(
                    monitor.Place, FormattableString.Invariant($"would record {bytes / 1e9:0.#} GB for each variable; at most {LargestRecording / 1e9:0.#} GB fit. Record fewer neurons (index) or steps (every)."));
            }
        }

        double available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        double total = 0;
        foreach (ProjectionSpec projection in network.Projections)
        {
            double synapses = Synapses(network, projection);
            double bytes = synapses * (BuildBytes + (projection.Weight.Constant is null || projection.Connect.BringsWeights ? ValueBytes : 0) + (projection.Delay.Steps is null ? ValueBytes : 0));
            total += bytes;
            if (total > available || synapses > int.MaxValue)
            {
                throw new UserMistakeException(
                    projection.Place.At("connect"),
                    FormattableString.Invariant($"{projection.Name} would make about {synapses:N0} synapses, which with those before it need some {total / 1e9:0.#} GB; this process may have {available / 1e9:0.#} GB, and a projection {int.MaxValue:N0} synapses."));
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

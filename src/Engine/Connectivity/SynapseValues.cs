using BrainSim.Engine.Connectivity.Rules;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity;

/// <summary>
/// Weights and delays of the synapses that some lists hold: numbers, list items, or draws keyed by (target, place among its synapses), for pairs by place in the list,
/// so that every shard finds the same. Weights drawn at random are float32 numbers in both precisions.
/// </summary>
public sealed class SynapseValues : IDisposable
{
    private readonly ProjectionSpec projection;
    private readonly SourceLists lists;
    private readonly int postSize;
    private readonly TimeGrid grid;
    private readonly DrawnValues? drawnDelays;
    private readonly DrawnValues? drawnWeights;

    /// <param name="lists">Read anew at every <see cref="Read"/>.</param>
    public SynapseValues(NetworkSpec network, ProjectionSpec projection, SourceLists lists)
    {
        (this.projection, this.lists, grid) = (projection, lists, network.Grid);
        postSize = network.Populations[projection.Post].Size;
        Pairs? pairs = projection.Connect as Pairs;
        drawnDelays = DrawnValues.Of(network, projection, projection.Delay.Milliseconds, pairs?.DelayMilliseconds, "delay");
        drawnWeights = DrawnValues.Of(network, projection, projection.Weight, pairs?.Weight, Scope.Weight);
        Read();
    }

    /// <summary>Finds the values of the synapses that are in the lists now.</summary>
    /// <exception cref="UserMistakeException">A weight is no finite number, or a list has not one number for each synapse.</exception>
    public void Read()
    {
        Delays = null;
        Delays = Evaluate(projection.Delay.Milliseconds, (projection.Connect as Pairs)?.DelayMilliseconds, drawnDelays, "delay");
        Weights = projection.Connect is GaussianWeights bells ? OfDistances(bells) : Evaluate(projection.Weight, (projection.Connect as Pairs)?.Weight, drawnWeights, Scope.Weight);
        if (drawnWeights is { IsRandom: true })
        {
            for (int s = 0; s < Weights!.Length; s++)
            {
                Weights[s] = (float)Weights[s];
            }
        }

        if (Weights is not null && !Array.TrueForAll(Weights, double.IsFinite))
        {
            throw new UserMistakeException(projection.Place.At(Scope.Weight), "a weight was drawn that is no finite number.");
        }
    }

    public void Dispose()
    {
        drawnDelays?.Dispose();
        drawnWeights?.Dispose();
    }

    /// <summary>In milliseconds, per synapse in the order of the lists; null where all have the same.</summary>
    public double[]? Delays { get; private set; }

    /// <summary>Per synapse in the order of the lists; null where the weight is one number, <see cref="SameWeight"/>.</summary>
    public double[]? Weights { get; private set; }

    public double SameWeight => projection.Weight.Constant ?? 0;

    public int SameDelay => projection.Delay.Steps ?? 0;

    public double SameDelayMilliseconds => grid.ToMilliseconds(SameDelay);

    /// <summary>In steps, in the order of the lists; null where all have the same delay.</summary>
    /// <param name="least">Shortest delay that the schedule allows, in steps.</param>
    /// <exception cref="UserMistakeException">A delay is too short or too long.</exception>
    public ushort[]? DelaysInSteps(int least)
    {
        return Delays is null ? null : Array.ConvertAll(Delays, ms =>
        {
            long steps = double.IsFinite(ms) ? grid.Nearest(ms) : -1;
            return steps >= least && steps <= DelayRule.Longest
                ? (ushort)steps
                : throw new UserMistakeException(projection.Place.At("delay"), $"a delay of {ms} ms was drawn or listed; it must be {least} to {DelayRule.Longest} steps of {TimeGrid.Text(grid.Dt)} ms");
        });
    }

    private double[] OfDistances(GaussianWeights bells)
    {
        GridSpace space = new(bells.Grid);
        double[] values = new double[lists.Count];
        for (int j = 0; j < lists.Targets.Count; j++)
        {
            for (long s = lists.Starts[j]; s < lists.Starts[j + 1]; s++)
            {
                values[s] = bells.At(space.SquaredDistance(lists.Sources[s], lists.Targets.From + j));
            }
        }

        return values;
    }

    private double[]? Evaluate(Value? value, double[]? listed, DrawnValues? drawn, string what) => value switch
    {
        _ when listed is not null => ByListIndex(listed),
        null or { Constant: not null } => null,
        FromArray array => FromItems(array.Items, what),
        _ => drawn!.For(lists, Delays, SameDelayMilliseconds),
    };

    private double[] ByListIndex(double[] listed)
    {
        double[] values = new double[lists.Count];
        for (int s = 0; s < values.Length; s++)
        {
            values[s] = listed[lists.ListIndex[s]];
        }

        return values;
    }

    /// <summary>A list gives one value per synapse: in the order of the pairs, of the neurons (one_to_one), or source by source (all_to_all).</summary>
    private double[] FromItems(double[] items, string what)
    {
        if (projection.Connect is Pairs)
        {
            return ByListIndex(items);
        }

        double[] values = new double[lists.Count];
        for (int j = 0; j < lists.Targets.Count; j++)
        {
            for (long s = lists.Starts[j]; s < lists.Starts[j + 1]; s++)
            {
                long place = PlaceInList(lists.Sources[s], lists.Targets.From + j);
                values[s] = place < items.Length
                    ? items[place]
                    : throw new UserMistakeException(projection.Place.At(what), $"has {items.Length} numbers, which are not one for each synapse.");
            }
        }

        return values;
    }

    private long PlaceInList(int source, int target)
    {
        bool withoutSelf = !projection.Connect.IncludeSelf && projection.Pre == projection.Post;
        return projection.Connect switch
        {
            OneToOne => target,
            AllToAll when withoutSelf => ((long)source * (postSize - 1)) + (target > source ? target - 1 : target),
            AllToAll => ((long)source * postSize) + target,
            _ => long.MaxValue,
        };
    }
}

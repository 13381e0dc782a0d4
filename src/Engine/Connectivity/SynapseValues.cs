using BrainSim.Engine.Connectivity.Rules;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity;

/// <summary>Weights and delays of single synapses: numbers, list items, or draws keyed by (target, source), or by (target, place among its synapses) where two may join the same neurons: so that every shard finds the same.</summary>
public sealed class SynapseValues
{
    private readonly ProjectionSpec projection;
    private readonly SourceLists lists;
    private readonly int postSize;
    private readonly ulong seed;
    private readonly TimeGrid grid;

    /// <param name="postSize">Neurons of the target population, of all shards.</param>
    public SynapseValues(ProjectionSpec projection, SourceLists lists, int postSize, ulong seed, TimeGrid grid)
    {
        (this.projection, this.lists, this.postSize, this.seed, this.grid) = (projection, lists, postSize, seed, grid);
        Delays = Evaluate(projection.Delay.Milliseconds, (projection.Connect as Pairs)?.DelayMilliseconds, "delay");
        Weights = projection.Connect is GaussianWeights bells ? OfDistances(bells) : Evaluate(projection.Weight, (projection.Connect as Pairs)?.Weight, Scope.Weight);
        if (Weights is not null && !Array.TrueForAll(Weights, double.IsFinite))
        {
            throw new UserMistakeException(projection.Place.At(Scope.Weight), "a weight was drawn that is no finite number.");
        }
    }

    /// <summary>In milliseconds, per synapse in the order of the lists; null where all have the same.</summary>
    public double[]? Delays { get; }

    /// <summary>Per synapse in the order of the lists; null where the weight is one number, <see cref="SameWeight"/>.</summary>
    public double[]? Weights { get; }

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

    private double[]? Evaluate(Value? value, double[]? listed, string what) => value switch
    {
        _ when listed is not null => ByListIndex(listed),
        null or { Constant: not null } => null,
        FromArray array => FromItems(array.Items, what),
        _ => Drawn(((FromExpression)value).Expr, what),
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

    private double[] Drawn(Expr expr, string what)
    {
        const int DelaySlot = 0;
        Evaluation evaluation = new(
            Arithmetic.Portable,
            _ => DelaySlot,
            site => new KeyedRandom(seed, KeyedRandom.Purpose($"projections.{projection.Name}.{what}#{site}")));
        Evaluator evaluator = evaluation.Compile(expr);
        Frame frame = new(1);
        double[] values = new double[lists.Count];
        for (int j = 0; j < lists.Targets.Count; j++)
        {
            for (long s = lists.Starts[j]; s < lists.Starts[j + 1]; s++)
            {
                bool listed = lists.ListIndex.Length > 0;
                frame.Id = listed ? (uint)lists.ListIndex[s] : (uint)(lists.Targets.From + j);
                frame.Step = listed ? 0 : projection.Connect.DrawsMultapses ? s - lists.Starts[j] : lists.Sources[s];
                frame.Slots[DelaySlot] = Delays?[s] ?? SameDelayMilliseconds;
                values[s] = evaluator(frame);
            }
        }

        return values;
    }
}

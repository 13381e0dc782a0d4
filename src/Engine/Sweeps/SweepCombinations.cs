using System.Collections.Immutable;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Sweeps;

/// <summary>Values of all points of a sweep, in the order of the table. Drawn ones are functions of (seed, axis, point), so that another axis or more points change none of them; only a Latin hypercube depends on how many there are.</summary>
public static class SweepCombinations
{
    public static IEnumerable<ImmutableArray<AxisValue>> Of(SweepSpec spec, ulong seed) => spec.Mode switch
    {
        SweepMode.Zip => Zip([.. spec.Axes.Cast<ListedAxis>()]),
        SweepMode.Random => Drawn(spec, (axis, sample) => new KeyedRandom(seed, KeyedRandom.Purpose("sweep")).Uniform((uint)axis, sample)),
        SweepMode.LatinHypercube => LatinHypercube(spec, new KeyedRandom(seed, KeyedRandom.Purpose("sweep"))),
        _ => Grid([.. spec.Axes.Cast<ListedAxis>()]),
    };

    private static IEnumerable<ImmutableArray<AxisValue>> Grid(ListedAxis[] axes)
    {
        int points = axes.Aggregate(1, (n, axis) => n * axis.Values.Length);
        for (int point = 0; point < points; point++)
        {
            AxisValue[] values = new AxisValue[axes.Length];
            int rest = point;
            for (int a = axes.Length - 1; a >= 0; a--)
            {
                values[a] = axes[a].Values[rest % axes[a].Values.Length];
                rest /= axes[a].Values.Length;
            }

            yield return [.. values];
        }
    }

    private static IEnumerable<ImmutableArray<AxisValue>> Zip(ListedAxis[] axes) =>
        Enumerable.Range(0, axes[0].Values.Length).Select(point => axes.Select(axis => axis.Values[point]).ToImmutableArray());

    private static IEnumerable<ImmutableArray<AxisValue>> Drawn(SweepSpec spec, Func<int, int, double> unit) =>
        Enumerable.Range(0, spec.Samples).Select(sample => spec.Axes.Select((axis, a) => axis.At(unit(a, sample))).ToImmutableArray());

    /// <summary>Part p of an axis goes to one point, drawn by a shuffle of its own (Fisher and Yates 1938, Durstenfeld 1964); within the part the point lies anywhere.</summary>
    private static IEnumerable<ImmutableArray<AxisValue>> LatinHypercube(SweepSpec spec, KeyedRandom random)
    {
        int[][] parts = [.. spec.Axes.Select((_, axis) => Shuffled(spec.Samples, random.Stream((uint)axis, -1)))];
        return Drawn(spec, (axis, sample) => (parts[axis][sample] + random.Uniform((uint)axis, sample)) / spec.Samples);
    }

    private static int[] Shuffled(int count, KeyedStream stream)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int last = count - 1; last > 0; last--)
        {
            int other = Math.Min(last, (int)(stream.NextUnit() * (last + 1)));
            (order[last], order[other]) = (order[other], order[last]);
        }

        return order;
    }
}

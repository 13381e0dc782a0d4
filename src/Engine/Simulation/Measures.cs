using System.Collections.Immutable;
using BrainSim.Engine.Analysis;
using BrainSim.Engine.Monitors;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;

namespace BrainSim.Engine.Simulation;

/// <summary>What a measure came to.</summary>
/// <param name="Number">Null for an array, and where the measure is undefined: nothing was recorded that it could be computed from.</param>
/// <param name="Numbers">Null for a single number.</param>
public sealed record Measured(MeasureSpec Measure, double? Number, double[]? Numbers);

/// <summary>Computes a network's measures from the joined recordings, so that no split of the network can change them. Not thread-safe.</summary>
public sealed class Measures
{
    private readonly NetworkSpec network;
    private readonly Recordings recordings;
    private readonly long steps;

    private Measures(NetworkSpec network, Recordings recordings, long steps)
    {
        this.network = network;
        this.recordings = recordings;
        this.steps = steps;
    }

    /// <param name="steps">Done by the run. Of a run that ended early the part that was done is measured.</param>
    public static ImmutableArray<Measured> Of(NetworkSpec network, Recordings recordings, long steps) =>
        [.. network.Measures.Select(new Measures(network, recordings, steps).Of)];

    private Measured Of(MeasureSpec measure)
    {
        if (measure.From >= Math.Min(measure.To, steps))
        {
            return new Measured(measure, null, null);
        }

        return measure.Rule switch
        {
            MeanRateRule => Number(measure, MeanRate.Of(Trains(measure))),
            MeanIntervalRule => Number(measure, new Intervals(Trains(measure)).Mean),
            IntervalVariationRule rule => Number(measure, new Intervals(Trains(measure)).MeanVariation(rule.MinSpikes)),
            CrossCorrelationRule rule => Number(measure, CrossCorrelation.Of(Trains(measure), rule.BinSteps)),
            VoltageFluctuationRule rule => Number(measure, Fluctuation(measure, rule.Variable)),
            SmoothedRateRule rule => new Measured(measure, null, SmoothedRate.Of(Trains(measure), rule.IsFlat ? SmoothedRate.Flat(rule.Width) : SmoothedRate.Gaussian(rule.Width), rule.EverySteps)),
            PowerSpectrumRule rule => new Measured(measure, null, PowerSpectrum.Of(Trains(measure), rule.BinSteps, rule.SegmentBins)),
            VanRossumRule rule => Number(measure, MeanDistance(measure, rule, (a, b) => VanRossumDistance.Of(a, b, rule.Tau))),
            VictorPurpuraRule rule => Number(measure, MeanDistance(measure, rule, (a, b) => VictorPurpuraDistance.Of(a, b, rule.Cost))),
            _ => throw new InvalidOperationException($"{measure.Rule} is computed nowhere."),
        };
    }

    private static Measured Number(MeasureSpec measure, double number) => new(measure, double.IsFinite(number) ? number : null, null);

    private double MeanDistance(MeasureSpec measure, DistanceRule rule, Func<double[], double[], double> distance) =>
        Trains(measure).Times().Zip(Trains(measure with { Of = rule.With }).Times(), distance).Average();

    private SpikeTrains Trains(MeasureSpec measure)
    {
        MeasuredNeurons of = measure.Of;
        IEnumerable<ArraySegment<RecordedSpike>> spikes = recordings.SpikePieces(MeasureMonitors.OfSpikes(network.Monitors, of.Population)!.Name);
        return SpikeTrains.Within(spikes, (of.From, of.To, of.Stride), measure.From, Math.Min(measure.To, steps), network.Grid.Dt);
    }

    /// <summary>Row r of a monitor was recorded in step (r + 1)·every - 1.</summary>
    private double Fluctuation(MeasureSpec measure, string variable)
    {
        MonitorSpec monitor = MeasureMonitors.Of(network.Monitors, measure.Of, variable)!;
        int[] columns = Columns(monitor, measure.Of);
        return VoltageFluctuation.Of(
            Rows(monitor, variable, columns, measure.From / monitor.EverySteps, Math.Min(measure.To, steps) / monitor.EverySteps), columns.Length);
    }

    /// <summary>The rows from one to before another of a monitor, some columns of each.</summary>
    private IEnumerable<ArraySegment<double>> Rows(MonitorSpec monitor, string variable, int[] columns, long first, long last)
    {
        int width = recordings.Width(monitor.Name);
        double[] chosen = new double[columns.Length];
        long row = 0;
        foreach (ArraySegment<double> piece in recordings.WidePieces(monitor.Name, variable))
        {
            for (int at = 0; at < piece.Count; at += width, row++)
            {
                if (row >= first && row < last)
                {
                    for (int j = 0; j < columns.Length; j++)
                    {
                        chosen[j] = piece[at + columns[j]];
                    }

                    yield return chosen;
                }
            }
        }
    }

    /// <summary>Of the measured neurons in a row of a monitor; the first where a neuron is recorded twice.</summary>
    private static int[] Columns(MonitorSpec monitor, MeasuredNeurons neurons)
    {
        if (monitor.Ids is not { } ids)
        {
            return [.. neurons.Ids];
        }

        Dictionary<int, int> columnOf = [];
        for (int column = 0; column < ids.Length; column++)
        {
            columnOf.TryAdd(ids[column], column);
        }

        return [.. neurons.Ids.Select(id => columnOf[id])];
    }
}

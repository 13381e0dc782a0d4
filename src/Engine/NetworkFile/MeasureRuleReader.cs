using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads what a measure computes, and checks that it can be computed of some neurons.</summary>
/// <param name="allMonitors">False where a monitor has a mistake, so that it is not known what is recorded.</param>
public sealed class MeasureRuleReader(
    StepReader steps, MeasuredNeuronsReader neurons, ImmutableArray<PopulationSpec> populations, ImmutableArray<MonitorSpec> monitors, bool allMonitors)
{
    /// <summary>Fewest spikes of a neuron that have a variation: two intervals.</summary>
    private const int FewestSpikes = 3;

    private const int UsualSpikes = 10;

    /// <summary>Most numbers that one measure puts into the run's manifest.</summary>
    private const int MostNumbers = 100_000;

    public static ImmutableArray<string> Kinds { get; } =
        ["rate", "isi", "cv_isi", "firing_rate", "cross_correlation", "voltage_fluctuation", "power_spectrum", "van_rossum", "victor_purpura"];

    /// <param name="span">Steps that are measured; 0 where the run has none or it is not known, negative after a mistake.</param>
    /// <returns>Null after a mistake.</returns>
    public MeasureRule? Read(string kind, Fields options, long span) => kind switch
    {
        "rate" => new MeanRateRule(),
        "isi" => new MeanIntervalRule(),
        "cv_isi" => new IntervalVariationRule((int)options.Whole("min_spikes", FewestSpikes, int.MaxValue, UsualSpikes)),
        "firing_rate" => SmoothedRate(options, span),
        "cross_correlation" => Steps(options, "bin", span) is { } bin ? new CrossCorrelationRule(bin) : null,
        "voltage_fluctuation" => new VoltageFluctuationRule(options.Text("variable", "V")),
        "power_spectrum" => PowerSpectrum(options, span),
        _ => Distance(kind, options),
    };

    /// <summary>False after a mistake.</summary>
    /// <param name="text">The neurons as the user wrote them.</param>
    public bool Fits(MeasureRule rule, MeasuredNeurons of, string text, Fields options)
    {
        switch (rule)
        {
            case CrossCorrelationRule or VoltageFluctuationRule when of.Count < 2:
                options.Refuse("of", $"{text} is one neuron, and synchrony is between two or more");
                return false;
            case VoltageFluctuationRule fluctuation:
                return IsRecorded(fluctuation.Variable, of, text, options);
            case DistanceRule distance when distance.With.Count != of.Count:
                options.Refuse("with", $"has {distance.With.Count} neurons and {text} {of.Count}; trains are compared neuron by neuron, so name as many of both");
                return false;
            default:
                return true;
        }
    }

    private bool IsRecorded(string variable, MeasuredNeurons of, string text, Fields options)
    {
        PopulationSpec population = populations[of.Population];
        if (!population.Model.HasState(variable))
        {
            options.Refuse("variable", $"{population.Model.Name} has no state variable '{variable}'.{Suggestion.For(variable, population.Model.State.Select(s => s.Name))}");
            return false;
        }

        bool isRecorded = MeasureMonitors.Of(monitors, of, variable) is not null;
        if (!isRecorded && allMonitors)
        {
            options.Refuse("of", $"needs {variable} of every neuron of {text}, and no monitor records it; add {{name: {variable}_{population.Name}, of: {population.Name}, record: {variable}}}, or measure the recorded neurons, such as {population.Name}[0:10]");
        }

        return isRecorded;
    }

    private SmoothedRateRule? SmoothedRate(Fields options, long span)
    {
        double width = options.RequiredNumber("width");
        bool isFlat = options.OneOf("window", "gaussian", "flat") == "flat";
        int? every = Steps(options, "every", span, missingMeans: 1);
        double longest = steps.Grid.ToMilliseconds(span);
        if (span > 0 && (width <= 0 || width > longest))
        {
            options.Refuse("width", $"{TimeGrid.Text(width)} ms must be more than 0 and at most the measured {TimeGrid.Text(longest)} ms");
        }

        return every is { } everySteps && IsShort(options, "every", (span + everySteps - 1) / everySteps) ? new SmoothedRateRule(isFlat, steps.Grid.TryWhole(width, out long whole) ? whole : width / steps.Grid.Dt, everySteps) : null;
    }

    private PowerSpectrumRule? PowerSpectrum(Fields options, long span)
    {
        int? bin = Steps(options, "bin", span);
        int? segment = Steps(options, "segment", span, missingMeans: bin is not { } b ? 1 : span > 0 ? (int)(span / b * b) : 2 * b);
        if (bin is not { } binSteps || segment is not { } segmentSteps)
        {
            return null;
        }

        if (segmentSteps % binSteps != 0 || segmentSteps < 2 * binSteps)
        {
            options.Refuse(options.Has("segment") ? "segment" : "bin", "a segment must be two or more whole bins long");
            return null;
        }

        return IsShort(options, "segment", (segmentSteps / binSteps / 2) + 1) ? new PowerSpectrumRule(binSteps, segmentSteps / binSteps) : null;
    }

    private DistanceRule? Distance(string kind, Fields options)
    {
        string? with = options.RequiredText("with");
        MeasuredNeurons? others = with is null ? null : neurons.One(with, options.PlaceOf("with"), needsSpikes: true);
        bool isVanRossum = kind == "van_rossum";
        string key = isVanRossum ? "tau" : "cost";
        double number = options.RequiredNumber(key);
        if (isVanRossum ? number <= 0 : number < 0)
        {
            options.Refuse(key, isVanRossum ? "must be a positive number of ms" : "must be a number per ms, and not negative");
        }

        return others is null ? null : isVanRossum ? new VanRossumRule(others, number) : new VictorPurpuraRule(others, number);
    }

    private static bool IsShort(Fields options, string key, long numbers)
    {
        bool isShort = numbers <= MostNumbers;
        if (!isShort)
        {
            options.Refuse(key, $"would give {numbers} numbers; at most {MostNumbers} are kept in run.json");
        }

        return isShort;
    }

    /// <summary>Null after a mistake.</summary>
    /// <param name="missingMeans">Null where the key is required.</param>
    private int? Steps(Fields options, string key, long span, int? missingMeans = null)
    {
        if (missingMeans is not null && !options.Has(key))
        {
            return missingMeans;
        }

        double milliseconds = options.RequiredNumber(key);
        return double.IsNaN(milliseconds) ? null : (int?)steps.Read(milliseconds, options.PlaceOf(key), 1, span > 0 ? span : TimeGrid.MostSteps);
    }
}

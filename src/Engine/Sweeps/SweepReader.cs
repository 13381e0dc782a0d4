using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Sweeps;

/// <summary>Reads <c>sweep:</c> and <c>optimize:</c>.</summary>
/// <param name="network">The file's network without any change.</param>
internal sealed class SweepReader(NetworkSpec network, Constants constants, Mistakes mistakes)
{
    private const int MostRepeats = 10_000;

    private static readonly string[] Modes = ["grid", "zip", "random", "latin_hypercube"];
    private static readonly string[] Methods = ["random", "nelder_mead", "cma_es"];

    /// <summary>Parameters that could be read, also where something else is wrong.</summary>
    public ImmutableArray<Axis> Axes { get; private set; } = [];

    /// <param name="varied">Parameters from the command line; they replace those of the file with the same path.</param>
    /// <returns>Null after a mistake.</returns>
    public SweepSpec? Read(Fields root, IReadOnlyList<MappingEntry> varied)
    {
        Fields? sweep = root.Map("sweep");
        Fields? optimize = root.Map("optimize");
        if (sweep is not null && optimize is not null)
        {
            mistakes.Add(optimize.Place, "a file has a sweep or something to optimize, not both");
            return null;
        }

        if (optimize is not null)
        {
            foreach (MappingEntry entry in varied)
            {
                mistakes.Add(entry.Value.Place, "this file says what to optimize under 'optimize: over:'; change it there, or with --set");
            }

            return ReadOptimize(optimize);
        }

        if (sweep is null && varied.Count == 0 && !mistakes.Any)
        {
            mistakes.Add(root.Place, "there is nothing to vary: add 'sweep: {vary: {...}}' to the file, or give --vary path=values");
        }

        return ReadSweep(sweep ?? new Fields(new Mapping(root.Place.At("sweep"), []), mistakes), varied);
    }

    private SweepSpec? ReadSweep(Fields fields, IReadOnlyList<MappingEntry> varied)
    {
        IEnumerable<MappingEntry> own = fields.Entries("vary").Where(e => !varied.Any(v => v.Key == e.Key));
        Axes = ReadAxes([.. own, .. varied], fields.PlaceOf("vary"));
        string? word = fields.OneOf("mode", Modes);
        SweepMode mode = (SweepMode)Math.Max(0, Array.IndexOf(Modes, word));
        bool isMisspelt = word is null && fields.Has("mode");
        int samples = isMisspelt && fields.Has("samples") ? 1 : ReadSamples(fields, mode);
        SweepSpec spec = new()
        {
            Axes = Axes, Mode = mode, Samples = samples, Repeats = (int)fields.Whole("repeats", 1, MostRepeats, 1), Limits = ReadLimits(fields), Until = ReadFormula(fields, "until", isCondition: true),
        };
        fields.Done();
        if (mistakes.Any)
        {
            return null;
        }

        CheckMode(spec, fields);
        return mistakes.Any ? null : spec;
    }

    private static int ReadSamples(Fields fields, SweepMode mode)
    {
        bool draws = mode is SweepMode.Random or SweepMode.LatinHypercube;
        if (draws)
        {
            return (int)fields.RequiredWhole("samples", 1, SweepSpec.MostPoints);
        }

        if (fields.Has("samples"))
        {
            fields.Refuse("samples", "is for the modes random and latin_hypercube, which draw their points; leave it out, or choose one of them");
        }

        return 0;
    }

    private void CheckMode(SweepSpec spec, Fields fields)
    {
        bool draws = spec.Mode is SweepMode.Random or SweepMode.LatinHypercube;
        foreach (IntervalAxis axis in draws ? [] : spec.Axes.OfType<IntervalAxis>())
        {
            mistakes.Add(axis.Place, $"is a range to draw from, which needs mode: random or latin_hypercube; write a list, linspace, logspace or range");
        }

        ListedAxis[] listed = [.. spec.Axes.OfType<ListedAxis>()];
        if (spec.Mode == SweepMode.Zip && listed.Select(a => a.Values.Length).Distinct().Count() > 1)
        {
            mistakes.Add(fields.PlaceOf("vary"), $"mode: zip needs lists of one length, but has {string.Join(", ", listed.Select(a => $"{a.Path} ({a.Values.Length})"))}");
        }

        double points = (draws ? spec.Samples : spec.Mode == SweepMode.Zip ? listed[0].Values.Length : listed.Aggregate(1.0, (n, a) => n * a.Values.Length)) * spec.Repeats;
        if (points > SweepSpec.MostPoints)
        {
            mistakes.Add(fields.PlaceOf("vary"), FormattableString.Invariant($"makes {points:N0} points; at most {SweepSpec.MostPoints:N0} are run. Take fewer values, or mode: latin_hypercube"));
        }
    }

    private SweepSpec? ReadOptimize(Fields fields)
    {
        Axes = ReadAxes(fields.Entries("over"), fields.PlaceOf("over"));
        foreach (Axis axis in Axes.Where(axis => axis is not IntervalAxis))
        {
            mistakes.Add(axis.Place, "needs a range to search: {uniform: [from, to]}, {loguniform: [from, to]} or {whole: [from, to]}");
        }

        string[] goals = [.. ((string[])["minimize", "maximize"]).Where(fields.Has)];
        if (goals.Length != 1)
        {
            mistakes.Add(fields.Place, "needs minimize or maximize, with a measure or a formula of measures");
        }

        MeasureFormula? objective = goals.Length == 1 ? ReadFormula(fields, goals[0], isCondition: false) : null;
        string method = fields.OneOf("method", Methods) ?? "cma_es";
        int evaluations = (int)fields.RequiredWhole("evaluations", 1, SweepSpec.MostPoints);
        int? batch = (int?)fields.Whole("batch", 1, 10_000);
        SweepSpec spec = new()
        {
            Axes = Axes, Repeats = (int)fields.Whole("repeats", 1, MostRepeats, 1), Limits = ReadLimits(fields), Until = ReadFormula(fields, "until", isCondition: true, objective),
            Optimize = objective is null ? null : new OptimizeSpec(objective, goals[0] == "maximize", (OptimizeMethod)Array.IndexOf(Methods, method), evaluations, batch),
        };
        if (method == "cma_es" && batch is < CmaEs.FewestCandidates)
        {
            fields.Refuse("batch", $"cma_es needs at least {CmaEs.FewestCandidates} candidates in a batch");
        }

        fields.Done();
        return mistakes.Any ? null : spec;
    }

    private ImmutableArray<Axis> ReadAxes(IReadOnlyList<MappingEntry> entries, Place place)
    {
        if (entries.Count == 0 && !mistakes.Any)
        {
            mistakes.Add(place, "names nothing to vary; write path: values, such as populations.E.params.tau: [10, 20]");
        }

        AxisReader reader = new(mistakes, constants);
        return [.. entries.Select(reader.Read).OfType<Axis>()];
    }

    private PointLimits ReadLimits(Fields fields)
    {
        PointLimits limits = new();
        if (fields.Map("limits") is { } given)
        {
            limits = limits with { Rates = ReadRates(given), Seconds = Positive(given, "seconds"), Gigabytes = Positive(given, "memory") };
            given.Done();
        }

        if (fields.Map("stop") is { } stop)
        {
            stop.RequiredNode("when");
            limits = limits with { Stop = ReadFormula(stop, "when", isCondition: true), StopEvery = stop.RequiredNumber("every") };
            long steps = new StepReader(network.Grid, isKnown: true, mistakes).Read(limits.StopEvery, stop.PlaceOf("every"), 1, TimeGrid.MostSteps) ?? 1;
            stop.Done();
            limits = limits with { StopEvery = network.Grid.ToMilliseconds(steps) };
        }

        return limits;
    }

    /// <summary>One number for all populations, or one for each.</summary>
    private ImmutableSortedDictionary<string, double> ReadRates(Fields limits)
    {
        ImmutableSortedDictionary<string, double>.Builder rates = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        if (limits.Take("rate") is not Mapping)
        {
            if (Positive(limits, "rate") is { } most)
            {
                rates.AddRange(network.Populations.Select(p => KeyValuePair.Create(p.Name, most)));
            }

            return rates.ToImmutable();
        }

        Fields each = limits.Map("rate")!;
        foreach (PopulationSpec population in network.Populations)
        {
            if (Positive(each, population.Name) is { } most)
            {
                rates.Add(population.Name, most);
            }
        }

        each.Done("no such population");
        return rates.ToImmutable();
    }

    private static double? Positive(Fields fields, string key)
    {
        double? number = fields.Number(key);
        if (number <= 0)
        {
            fields.Refuse(key, "must be above 0");
        }

        return number;
    }

    /// <param name="objective">What the name <c>objective</c> stands for.</param>
    private MeasureFormula? ReadFormula(Fields fields, string key, bool isCondition, MeasureFormula? objective = null) =>
        fields.Text(key) is { } text ? MeasureFormula.Read(text, fields.PlaceOf(key), isCondition, network.Measures, constants, mistakes, objective) : null;
}

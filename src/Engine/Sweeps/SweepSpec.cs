using System.Collections.Immutable;

namespace BrainSim.Engine.Sweeps;

public enum SweepMode
{
    /// <summary>Every value with every other, the first parameter slowest.</summary>
    Grid,

    /// <summary>The first values of all, the second values of all, and so on.</summary>
    Zip,

    /// <summary>Each point drawn by itself.</summary>
    Random,

    /// <summary>Each parameter once in each of as many equal parts of its range as there are points (McKay, Beckman and Conover 1979).</summary>
    LatinHypercube,
}

/// <summary>What a file says under <c>sweep:</c> or <c>optimize:</c>. Immutable.</summary>
public sealed record SweepSpec
{
    /// <summary>Most points of a sweep, repeats counted.</summary>
    public const int MostPoints = 100_000;

    public required ImmutableArray<Axis> Axes { get; init; }

    public SweepMode Mode { get; init; }

    /// <summary>Points of the modes that draw, without repeats.</summary>
    public int Samples { get; init; }

    /// <summary>Runs of each point, with different seeds.</summary>
    public int Repeats { get; init; } = 1;

    public PointLimits Limits { get; init; } = new();

    /// <summary>No point after the first that fulfils it.</summary>
    public MeasureFormula? Until { get; init; }

    /// <summary>Null for a sweep, whose points are known from the start.</summary>
    public OptimizeSpec? Optimize { get; init; }
}

public enum OptimizeMethod
{
    Random,
    NelderMead,
    CmaEs,
}

/// <param name="Objective">To be as small as possible, or as large.</param>
/// <param name="Evaluations">Most candidates, repeats not counted.</param>
/// <param name="Batch">Candidates that are judged at the same time; null for the method's own choice.</param>
public sealed record OptimizeSpec(MeasureFormula Objective, bool Maximize, OptimizeMethod Method, int Evaluations, int? Batch);

/// <summary>What ends a point before its time.</summary>
public sealed record PointLimits
{
    /// <summary>Highest mean rate of a population over any <see cref="RateWindow"/>, Hz, by population; empty for no limit.</summary>
    public ImmutableSortedDictionary<string, double> Rates { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>ms of biological time over which rates are judged.</summary>
    public const double RateWindow = 50;

    /// <summary>Wall-clock seconds of a point, from reading it to its measures.</summary>
    public double? Seconds { get; init; }

    /// <summary>Estimated memory of a point, 10^9 bytes.</summary>
    public double? Gigabytes { get; init; }

    /// <summary>A point of which this holds has told what it had to tell.</summary>
    public MeasureFormula? Stop { get; init; }

    /// <summary>ms of biological time between two looks at <see cref="Stop"/>.</summary>
    public double StopEvery { get; init; }

    /// <summary>What of the limits decides over results, so that points with other limits are other points; seconds and memory decide only whether there are results.</summary>
    public string Identity => string.Join('|', [.. Rates.Select(r => FormattableString.Invariant($"{r.Key}<{r.Value:R}")), Stop is null ? "" : FormattableString.Invariant($"{Stop.Text} every {StopEvery:R}")]);
}

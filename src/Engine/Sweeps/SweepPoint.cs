using System.Collections.Immutable;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;

namespace BrainSim.Engine.Sweeps;

/// <summary>One run of a sweep.</summary>
/// <param name="Index">From 0, in the order of the table.</param>
/// <param name="Values">By axis.</param>
/// <param name="Repeat">0 has the seed of the file, the others seeds derived from it.</param>
/// <param name="Key">Equal for points that give the same: hash of the network with these values and this seed, of the limits that decide over results, of back end and version.</param>
public sealed record SweepPoint(int Index, ImmutableArray<AxisValue> Values, int Repeat, ulong Seed, string NetworkHash, string Key)
{
    /// <summary>That it runs, if nothing ends it before; 0 where the values make no network.</summary>
    public long Steps { get; init; }
}

public enum PointStatus
{
    Done,

    /// <summary>Its stop condition was fulfilled; its measures are those of the part that was run.</summary>
    Stopped,

    /// <summary>A state variable became NaN or infinite.</summary>
    NotFinite,

    /// <summary>A population fired faster than it may.</summary>
    Runaway,

    OverTime,

    OverMemory,

    /// <summary>The values do not fit together, as shows only when the network is built.</summary>
    Refused,
}

public static class PointStatusWords
{
    private static readonly string[] Words = ["done", "stopped", "nan", "runaway", "time", "memory", "refused"];

    public static string Word(this PointStatus status) => Words[(int)status];

    /// <returns>Null where the word is none.</returns>
    public static PointStatus? Parse(string word) => Array.IndexOf(Words, word) is >= 0 and int index ? (PointStatus)index : null;

    public static bool HasMeasures(this PointStatus status) => status is PointStatus.Done or PointStatus.Stopped;
}

/// <summary>What came of a point.</summary>
/// <param name="Reason">A sentence; null where it is done.</param>
/// <param name="Measures">By name, in the order of the file; empty where there are none to trust.</param>
/// <param name="StateHash">Of the state at its end; null where that depended on the machine.</param>
/// <param name="Seconds">Wall clock.</param>
/// <param name="Limit">Of a point that ran out of time or memory: how much it was given, s or 10^9 bytes.</param>
public sealed record PointOutcome(
    PointStatus Status, string? Reason, ImmutableArray<PointMeasure> Measures, string? StateHash, double Seconds, double? Limit = null)
{
    public IReadOnlyDictionary<string, double?> Numbers => Measures.ToDictionary(m => m.Name, m => m.Number);

    /// <summary>False where more time or memory than then is given now: the point may be tried again.</summary>
    public bool IsFinal(PointLimits limits) => Status switch
    {
        PointStatus.OverTime => limits.Seconds <= Limit,
        PointStatus.OverMemory => limits.Gigabytes <= Limit,
        _ => true,
    };
}

/// <param name="Number">Null for an array, and where the measure is undefined.</param>
/// <param name="Numbers">Null for a single number.</param>
public sealed record PointMeasure(string Name, double? Number, double[]? Numbers)
{
    /// <summary>In the order of the file.</summary>
    /// <param name="steps">That were run.</param>
    public static ImmutableArray<PointMeasure> AllOf(NetworkSpec network, Recordings recordings, long steps) =>
        [.. Measures.Of(network, recordings, steps).Select(m => new PointMeasure(m.Measure.Name, m.Number, m.Numbers))];
}

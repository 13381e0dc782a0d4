using BrainSim.Contracts;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;

namespace BrainSim.Node.Cluster;

/// <summary>What points of a sweep, and what comes of them, are on the wire and in the journal, there and back.</summary>
public static class WirePoints
{
    /// <summary>Of what comes of one point.</summary>
    private const int MostResultBytes = 16 << 20;

    /// <returns>Null where a cluster takes it.</returns>
    public static UserMistakeException? TooLarge(PointResult result) => result.CalculateSize() is not (> MostResultBytes and var bytes) ? null : new(
        new Place($"point {result.Index}", 0, 0, "measures"), $"take {bytes / 1e6:0.#} MB, where a cluster takes {MostResultBytes / 1e6:0.#} of a point; make measures that are arrays coarser, or run the sweep without a cluster.");

    public static PointOrder ToWire(SweepPoint point) => new()
    {
        Key = point.Key, Index = point.Index, Repeat = point.Repeat, Seed = point.Seed, NetworkHash = point.NetworkHash, Steps = point.Steps,
        Values = { point.Values.Select(v => new PointValue { Ordinal = v.Ordinal, Number = v.Ordinal < 0 ? v.Number!.Value : 0 }) },
    };

    /// <param name="plan">Of the same sweep.</param>
    /// <exception cref="ArgumentException">The values are none of the sweep's.</exception>
    public static SweepPoint FromWire(SweepPlan plan, PointOrder order) => order.Values.Count == plan.Spec.Axes.Length
        ? new(order.Index, [.. plan.Spec.Axes.Zip(order.Values, (axis, value) => axis.Named(value.Ordinal, value.Number))], order.Repeat, order.Seed, order.NetworkHash, order.Key) { Steps = order.Steps }
        : throw new ArgumentException($"point {order.Index} has {order.Values.Count} values, where {plan.Spec.Axes.Length} parameters are varied.");

    public static PointResult ToWire(string key, int index, PointOutcome outcome)
    {
        PointResult result = new()
        {
            Key = key, Index = index, Status = outcome.Status.Word(), Reason = outcome.Reason ?? "", StateHash = outcome.StateHash ?? "", Seconds = outcome.Seconds,
            Measures = { outcome.Measures.Select(ToWire) },
        };
        if (outcome.Limit is { } limit)
        {
            result.Limit = limit;
        }

        return result;
    }

    /// <returns>Null where the status is none.</returns>
    public static PointOutcome? FromWire(PointResult result) => PointStatusWords.Parse(result.Status) is not { } status ? null : new PointOutcome(
        status, OrNull(result.Reason), [.. result.Measures.Select(m => new PointMeasure(m.Name, m.HasNumber ? m.Number : null, m.IsArray ? [.. m.Numbers] : null))],
        OrNull(result.StateHash), result.Seconds, result.HasLimit ? result.Limit : null);

    private static MeasureResult ToWire(PointMeasure measure)
    {
        MeasureResult result = new() { Name = measure.Name, IsArray = measure.Numbers is not null, Numbers = { measure.Numbers ?? [] } };
        if (measure.Number is { } number)
        {
            result.Number = number;
        }

        return result;
    }

    private static string? OrNull(string text) => text.Length == 0 ? null : text;
}

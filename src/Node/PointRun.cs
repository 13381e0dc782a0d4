using System.Diagnostics;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;

namespace BrainSim.Node;

/// <summary>Runs points of a sweep, each on the calling thread or on some more. Whatever is wrong with a point becomes its outcome, and troubles no other. Thread-safe.</summary>
public sealed class PointRun(SweepPlan plan, BackEnd backEnd)
{
    private readonly PointLimits limits = plan.Spec.Limits;

    /// <summary>Records all monitors of the file, for <see cref="Keep"/>; else only what measures look at.</summary>
    public bool Records { get; init; }

    /// <summary>Given a point that has ended, its network and what was recorded. Its exceptions pass.</summary>
    public Action<SweepPoint, CompiledNetwork, LocalHost, PointOutcome> Keep { get; init; } = (_, _, _, _) => { };

    /// <summary>Asked for the memory of a run, bytes, before it is built; given it back when the run is over.</summary>
    public Func<double, IDisposable?> Reserve { get; init; } = _ => null;

    /// <returns>Null where it was cancelled.</returns>
    public PointOutcome? Run(SweepPoint point, int threads, CancellationToken cancellation)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            PointOutcome? refusal = Compile(point, out CompiledNetwork? compiled, out double bytes);
            using IDisposable? reserved = compiled is null ? null : Reserve(bytes);
            PointOutcome? outcome = refusal ?? Run(point, compiled!, threads, began, cancellation);
            return outcome is null ? null : outcome with { Seconds = Stopwatch.GetElapsedTime(began).TotalSeconds };
        }
        catch (OutOfMemoryException)
        {
            return Failed(PointStatus.OverMemory, "this machine has too little memory for it") with { Limit = limits.Gigabytes };
        }
    }

    /// <summary>The seam for what points share: their programs, code and wiring.</summary>
    /// <returns>Null, unless the point cannot be run.</returns>
    private PointOutcome? Compile(SweepPoint point, out CompiledNetwork? compiled, out double bytes)
    {
        compiled = null;
        bytes = 0;
        try
        {
            NetworkSpec network = plan.NetworkOf(point);
            CompiledNetwork whole = CompiledNetwork.Of(Records ? network : network with { Monitors = MeasureMonitors.Needed(network) }, backEnd);
            bytes = MemoryNeed.Of(whole);
            if (bytes > limits.Gigabytes * 1e9)
            {
                return Failed(PointStatus.OverMemory, FormattableString.Invariant($"needs some {bytes / 1e9:0.###} GB, where {limits.Gigabytes:R} GB are allowed")) with { Limit = limits.Gigabytes };
            }

            compiled = whole;
            return null;
        }
        catch (UserMistakeException mistake)
        {
            return Refused(mistake);
        }
    }

    private PointOutcome? Run(SweepPoint point, CompiledNetwork compiled, int threads, long began, CancellationToken cancellation)
    {
        PointWatch watch = new(compiled.Network, limits);
        double most = limits.Seconds ?? double.PositiveInfinity;
        bool isLate = false;
        LocalHost? host = null;
        try
        {
            host = new LocalHost(compiled, threads, threads)
            {
                NextMeeting = watch.NextLook,
                IsOver = step => watch.Look(step, host!.Recordings) || (isLate = Stopwatch.GetElapsedTime(began).TotalSeconds > most),
            };
        }
        catch (UserMistakeException mistake)
        {
            return Refused(mistake);
        }

        using (host)
        {
            PointOutcome? outcome = Advance(host, cancellation) is { } notFinite ? Failed(PointStatus.NotFinite, notFinite) with { StateHash = host.StateHash }
                : watch.Verdict is ({ } status, { } reason) ? Ended(compiled, host, status, reason)
                : host.Step == compiled.Network.Steps ? Ended(compiled, host, PointStatus.Done, null)
                : isLate ? Failed(PointStatus.OverTime, FormattableString.Invariant($"was not over after {most:R} s")) with { Limit = most }
                : null;
            if (outcome is not null)
            {
                Keep(point, compiled, host, outcome);
            }

            return outcome;
        }
    }

    /// <returns>What is wrong with the numbers, or null.</returns>
    private static string? Advance(LocalHost host, CancellationToken cancellation)
    {
        try
        {
            host.Run(_ => { }, cancellation);
            return null;
        }
        catch (NumericalFailureException failure)
        {
            return failure.Message;
        }
    }

    private static PointOutcome Ended(CompiledNetwork compiled, LocalHost host, PointStatus status, string? reason) => new(
        status,
        reason,
        status.HasMeasures() ? [.. Measures.Of(compiled.Network, host.Recordings, host.Step).Select(m => new PointMeasure(m.Measure.Name, m.Number, m.Numbers))] : [],
        host.StateHash,
        Seconds: 0);

    private static PointOutcome Refused(UserMistakeException mistake) => Failed(PointStatus.Refused, string.Join(" ", mistake.Mistakes.Select(m => m.ToString())));

    private static PointOutcome Failed(PointStatus status, string reason) => new(status, reason, [], null, Seconds: 0);
}

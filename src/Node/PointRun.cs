using System.Collections.Immutable;
using System.Diagnostics;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;

namespace BrainSim.Node;

/// <summary>Runs one point of a sweep on the calling thread, or on some more. Whatever is wrong with the point becomes its outcome, and troubles no other.</summary>
public sealed class PointRun(SweepPlan plan, BackEnd backEnd)
{
    /// <summary>Keeps all monitors of the file, for <see cref="Keep"/>; else only what measures look at is recorded.</summary>
    public bool Records { get; init; }

    /// <summary>Given a point that has ended, its network and what was recorded.</summary>
    public Action<SweepPoint, CompiledNetwork, LocalHost, PointOutcome> Keep { get; init; } = (_, _, _, _) => { };

    /// <summary>Asked for the memory of a run, bytes, before it is built; given it back when the run is over.</summary>
    public Func<double, IDisposable> Reserve { get; init; } = _ => Nothing.Instance;

    /// <returns>Null where it was cancelled.</returns>
    public PointOutcome? Run(SweepPoint point, int threads, CancellationToken cancellation)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            CompiledNetwork compiled = Compile(point);
            double bytes = MemoryNeed.Of(compiled);
            if (bytes > plan.Spec.Limits.Gigabytes * 1e9)
            {
                return Failed(PointStatus.OverMemory, FormattableString.Invariant($"needs some {bytes / 1e9:0.###} GB, where {plan.Spec.Limits.Gigabytes:R} GB are allowed"), began) with { Limit = plan.Spec.Limits.Gigabytes };
            }

            using IDisposable reserved = Reserve(bytes);
            return Run(point, compiled, threads, began, cancellation);
        }
        catch (UserMistakeException mistake)
        {
            return Failed(PointStatus.Refused, string.Join(" ", mistake.Mistakes.Select(m => m.ToString())), began);
        }
        catch (OutOfMemoryException)
        {
            return Failed(PointStatus.OverMemory, "this machine has too little memory for it", began) with { Limit = plan.Spec.Limits.Gigabytes };
        }
    }

    /// <summary>The seam for what points share: their programs, code and wiring.</summary>
    private CompiledNetwork Compile(SweepPoint point)
    {
        NetworkSpec network = plan.NetworkOf(point);
        return CompiledNetwork.Of(Records ? network : network with { Monitors = MeasureMonitors.Needed(network) }, backEnd);
    }

    private PointOutcome? Run(SweepPoint point, CompiledNetwork compiled, int threads, long began, CancellationToken cancellation)
    {
        PointWatch watch = new(compiled.Network, plan.Spec.Limits);
        double most = plan.Spec.Limits.Seconds ?? double.PositiveInfinity;
        bool late = false;
        LocalHost? host = null;
        using LocalHost built = host = new LocalHost(compiled, threads, threads)
        {
            NextMeeting = watch.NextLook,
            IsOver = step => watch.Look(step, host!.Recordings) || (late = Stopwatch.GetElapsedTime(began).TotalSeconds > most),
        };
        string? notFinite = Advance(host, cancellation);
        PointOutcome? outcome =
            notFinite is not null ? Failed(PointStatus.NotFinite, notFinite, began) with { StateHash = host.StateHash }
            : watch.Verdict is ({ } status, { } reason) ? Ended(compiled, host, status, reason, began)
            : host.Step == compiled.Network.Steps ? Ended(compiled, host, PointStatus.Done, null, began)
            : late ? Failed(PointStatus.OverTime, FormattableString.Invariant($"was not over after {most:R} s"), began) with { Limit = most }
            : null;
        if (outcome is not null)
        {
            Keep(point, compiled, host, outcome);
        }

        return outcome;
    }

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

    private static PointOutcome Ended(CompiledNetwork compiled, LocalHost host, PointStatus status, string? reason, long began)
    {
        ImmutableArray<PointMeasure> measures = status.HasMeasures()
            ? [.. Measures.Of(compiled.Network, host.Recordings, host.Step).Select(m => new PointMeasure(m.Measure.Name, m.Number, m.Numbers))]
            : [];
        string hash = host.StateHash;
        return new PointOutcome(status, reason, measures, hash, Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private static PointOutcome Failed(PointStatus status, string reason, long began) => new(status, reason, [], null, Stopwatch.GetElapsedTime(began).TotalSeconds);

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Instance = new();

        public void Dispose()
        {
            // Nothing was taken.
        }
    }
}

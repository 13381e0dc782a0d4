using System.Collections.Immutable;
using System.Diagnostics;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;

namespace BrainSim.Node;

/// <summary>
/// Runs points of a sweep, each on the calling thread or on some more. Code and synapses that points have in common are made once. Whatever is wrong with a point becomes its
/// outcome, and troubles no other. Thread-safe.
/// </summary>
public sealed class PointRun(SweepPlan plan, BackEnd backEnd) : IDisposable
{
    private readonly PointLimits limits = plan.Spec.Limits;
    private readonly Wiring wiring = new(keeps: true);

    /// <summary>The network of a point where it has been read already; asked once for each point.</summary>
    public Func<SweepPoint, NetworkSpec?> Known { get; init; } = _ => null;

    /// <summary>Where a point's monitors are recorded; null where only what measures look at is, in memory. Its exceptions pass.</summary>
    public Func<SweepPoint, NetworkSpec, ChunkFolder>? Record { get; init; }

    /// <summary>Given a point that has ended, and what <see cref="Record"/> gave. Its exceptions pass.</summary>
    public Action<SweepPoint, CompiledNetwork, LocalHost, ChunkFolder, PointOutcome> Keep { get; init; } = (_, _, _, _, _) => { };

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

    public void Dispose() => wiring.Dispose();

    /// <returns>Null, unless the point cannot be run.</returns>
    private PointOutcome? Compile(SweepPoint point, out CompiledNetwork? compiled, out double bytes)
    {
        compiled = null;
        bytes = 0;
        try
        {
            NetworkSpec network = Known(point) ?? plan.NetworkOf(point);
            if (network.Hash != point.NetworkHash)
            {
                throw new InvalidOperationException($"the network of point {point.Index} is another here than where it was planned ({network.Hash}, not {point.NetworkHash}); run the same version of brainsim everywhere.");
            }

            CompiledNetwork whole = CompiledNetwork.Of(network, backEnd);
            bytes = MemoryNeed.Of(whole, Record is null ? MeasureMonitors.NeededBy(whole.Network) : ImmutableHashSet<int>.Empty);
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
        using ChunkFolder? folder = Record?.Invoke(point, compiled.Network);
        LocalHost? host = null;
        try
        {
            host = new LocalHost(compiled, threads, threads, recording: folder ?? InMemory(compiled.Network), wiring: wiring)
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
            if (outcome is not null && folder is not null)
            {
                Keep(point, compiled, host, folder, outcome);
            }

            return outcome;
        }
    }

    private static IChunkStore InMemory(NetworkSpec network) => new MemoryChunks(MeasureMonitors.NeededBy(network));

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
        status.HasMeasures() ? PointMeasure.AllOf(compiled.Network, host.Recordings, host.Step) : [],
        host.StateHash,
        Seconds: 0);

    private static PointOutcome Refused(UserMistakeException mistake) => Failed(PointStatus.Refused, string.Join(" ", mistake.Mistakes.Select(m => m.ToString())));

    private static PointOutcome Failed(PointStatus status, string reason) => new(status, reason, [], null, Seconds: 0);
}

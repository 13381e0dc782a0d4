using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using BrainSim.Contracts.Api;

namespace BrainSim.Coordinator.Operations;

/// <summary>
/// One trace for each submission: a span <c>run</c> from the submission to the end, and in it spans <c>waiting</c>, <c>building</c> and <c>running</c> for what lay between, one after
/// the other, for every epoch. Its identity follows from the run, so that it is the same trace before and after a restart of the coordinator; each coordinator has its own span <c>run</c> there,
/// which ends with it. One thread at a time.
/// </summary>
internal sealed class RunTraces(TimeProvider clock) : IDisposable
{
    private readonly ActivitySource source = new(Telemetry.Coordinator);
    private readonly Dictionary<long, (RunView View, DateTimeOffset Since, Activity? Whole)> phases = [];

    public void See(IEnumerable<RunView> runs)
    {
        if (source.HasListeners())
        {
            foreach (RunView run in runs.Where(run => !run.HasEnded || phases.ContainsKey(run.Run)))
            {
                See(run);
            }
        }
    }

    public static ActivityTraceId IdOf(RunView run) =>
        ActivityTraceId.CreateFromBytes(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{run.Run} {run.Submitted.UtcTicks}"))).AsSpan(0, 16));

    /// <summary>Runs go on without this coordinator.</summary>
    public void Dispose()
    {
        foreach ((RunView view, _, Activity? whole) in phases.Values)
        {
            End(whole, view, clock.GetUtcNow(), "the coordinator ended");
        }

        phases.Clear();
        source.Dispose();
    }

    private void See(RunView run)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset began = run.PointOf is null ? run.Submitted : now; // A point that is a run was submitted with its sweep.
        (RunView before, DateTimeOffset since, Activity? whole) = phases.TryGetValue(run.Run, out var known)
            ? known : (run, run.State == RunState.Waiting ? began : now, Begin("run", new ActivityContext(IdOf(run), default, ActivityTraceFlags.Recorded), began));
        bool isOver = run.HasEnded || (run.State, run.Epoch) != (before.State, before.Epoch);
        if (isOver && whole is not null)
        {
            End(Begin(before.State, whole.Context, since), before, now, run.Reason);
        }

        if (run.HasEnded)
        {
            phases.Remove(run.Run);
            End(whole, run, now, run.Reason);
        }
        else
        {
            phases[run.Run] = (run, isOver ? now : since, whole);
        }
    }

    /// <summary>It may last: what else this thread does is no part of it.</summary>
    private Activity? Begin(string name, ActivityContext parent, DateTimeOffset from)
    {
        Activity? around = Activity.Current;
        Activity? span = source.StartActivity(name, ActivityKind.Internal, parent, tags: null, links: null, from);
        Activity.Current = around;
        return span;
    }

    /// <param name="why">It ended.</param>
    private static void End(Activity? span, RunView run, DateTimeOffset to, string why)
    {
        (string Name, object Value)[] tags =
        [
            ("brainsim.run", run.Run), ("brainsim.name", run.Name), ("brainsim.epoch", run.Epoch), ("brainsim.state", run.State), ("brainsim.step", run.Step),
            ("brainsim.nodes", string.Join(", ", run.Nodes)), ("brainsim.why", why),
        ];
        foreach ((string name, object value) in tags)
        {
            span?.SetTag(name, value);
        }

        span?.SetStatus(run.State == RunState.Failed ? ActivityStatusCode.Error : ActivityStatusCode.Ok).SetEndTime(to.UtcDateTime);
        span?.Dispose();
    }
}

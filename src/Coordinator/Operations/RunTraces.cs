using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using BrainSim.Contracts.Api;

namespace BrainSim.Coordinator.Operations;

/// <summary>
/// One trace for each submission: a span <c>run</c> from the submission to the end, and spans <c>waiting</c>, <c>building</c> and <c>running</c> for what lay between, one after
/// the other, for every epoch. Its identity follows from the run, so that it is the same trace before and after a restart of the coordinator. One thread at a time.
/// </summary>
internal sealed class RunTraces(TimeProvider clock) : IDisposable
{
    private readonly ActivitySource source = new(Telemetry.Coordinator);
    private readonly Dictionary<long, (RunView View, DateTimeOffset Since)> phases = [];

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

    public void Dispose() => source.Dispose();

    private void See(RunView run)
    {
        DateTimeOffset now = clock.GetUtcNow();
        (RunView before, DateTimeOffset since) = phases.TryGetValue(run.Run, out var known) ? known : phases[run.Run] = (run, run.State == RunState.Waiting ? run.Submitted : now);
        if (run.HasEnded)
        {
            phases.Remove(run.Run);
            Tell(before.State, before, since, now, run.Reason);
            Tell("run", run, run.Submitted, now, run.Reason);
        }
        else if ((run.State, run.Epoch) != (before.State, before.Epoch))
        {
            Tell(before.State, before, since, now, run.Reason);
            phases[run.Run] = (run, now);
        }
        else
        {
            phases[run.Run] = (run, since);
        }
    }

    /// <param name="why">It ended.</param>
    private void Tell(string name, RunView run, DateTimeOffset from, DateTimeOffset to, string why)
    {
        ActivityTraceId trace = IdOf(run);
        ActivityContext submission = new(trace, ActivitySpanId.CreateFromString(trace.ToHexString().AsSpan(0, 16)), ActivityTraceFlags.Recorded, isRemote: true);
        KeyValuePair<string, object?>[] tags =
        [
            new("brainsim.run", run.Run), new("brainsim.name", run.Name), new("brainsim.epoch", run.Epoch), new("brainsim.state", run.State), new("brainsim.step", run.Step),
            new("brainsim.nodes", string.Join(", ", run.Nodes)), new("brainsim.why", why),
        ];
        using Activity? span = source.StartActivity(name, ActivityKind.Internal, submission, tags, links: null, from);
        span?.SetStatus(run.State == RunState.Failed ? ActivityStatusCode.Error : ActivityStatusCode.Ok).SetEndTime(to.UtcDateTime);
    }
}

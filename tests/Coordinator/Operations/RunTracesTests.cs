using System.Diagnostics;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Operations;
using BrainSim.Tests.Coordinator.Disk;
using Xunit;

namespace BrainSim.Tests.Coordinator.Operations;

public sealed class RunTracesTests : IDisposable
{
    private static readonly RunView Waiting = new(
        7, "mine", RunState.Waiting, "", "", 0, 100, 0, 0, [], 0, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + TimeSpan.FromTicks(nameof(RunTracesTests).Length), null, []);

    private readonly List<Activity> spans = [];
    private readonly ActivityListener listener;
    private readonly ShiftedClock clock = new();

    public RunTracesTests()
    {
        ActivityTraceId own = RunTraces.IdOf(Waiting);
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Coordinator,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == own)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    public void Dispose() => listener.Dispose();

    [Fact]
    public void OneTraceTellsWhatLayBetweenSubmissionAndEnd()
    {
        using RunTraces traces = new(clock);
        RunView building = Waiting with { State = RunState.Building, Epoch = 1, Nodes = ["a:1"] };
        RunView running = building with { State = RunState.Running };
        See(traces, Waiting, building, running, running with { Step = 50 }, Waiting with { Epoch = 1, Reason = "begins again from step 0: node a was lost" }, building with { Epoch = 2 }, running with { Epoch = 2 });
        RunView done = running with { State = RunState.Done, Epoch = 2, Step = 100 };
        See(traces, done, done);
        Assert.Equal(["waiting 0", "building 1", "running 1", "waiting 1", "building 2", "running 2", "run 2"], spans.Select(span => $"{span.OperationName} {span.GetTagItem("brainsim.epoch")}"));
        Assert.Single(spans.Select(span => span.TraceId).Distinct());
        Assert.Equal(default, spans[^1].ParentSpanId);
        Assert.All(spans.SkipLast(1), span => Assert.Equal(spans[^1].SpanId, span.ParentSpanId));
        Assert.Null(Activity.Current);
        Assert.Equal(Waiting.Submitted.UtcDateTime, spans[^1].StartTimeUtc);
        Assert.Equal(Waiting.Submitted.UtcDateTime, spans[0].StartTimeUtc);
        Assert.Equal("begins again from step 0: node a was lost", spans[2].GetTagItem("brainsim.why"));
        Assert.Equal((50L, "a:1", 7L), (spans[2].GetTagItem("brainsim.step"), spans[2].GetTagItem("brainsim.nodes"), spans[2].GetTagItem("brainsim.run")));
        Assert.All(spans.Zip(spans.Skip(1).SkipLast(1)), pair => Assert.Equal(pair.First.StartTimeUtc + pair.First.Duration, pair.Second.StartTimeUtc));
        Assert.True(spans[1].Duration >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void ARunThatFailedIsAnErrorAndIsOneTraceBeforeAndAfterARestart()
    {
        using (RunTraces before = new(clock))
        {
            See(before, Waiting, Waiting with { State = RunState.Building, Epoch = 1 });
        }

        using RunTraces after = new(clock);
        See(after, Waiting with { State = RunState.Running, Epoch = 1 }, Waiting with { State = RunState.Failed, Epoch = 1, Reason = "NaN" });
        Assert.Equal(["waiting", "run", "running", "run"], spans.Select(span => span.OperationName));
        Assert.Equal((spans[1].SpanId, spans[3].SpanId), (spans[0].ParentSpanId, spans[2].ParentSpanId));
        Assert.Equal(("the coordinator ended", RunState.Building), (spans[1].GetTagItem("brainsim.why"), spans[1].GetTagItem("brainsim.state")));
        Assert.Single(spans.Select(span => span.TraceId).Distinct());
        Assert.Equal((ActivityStatusCode.Error, "NaN"), (spans[^1].Status, spans[^1].GetTagItem("brainsim.why")));
    }

    private void See(RunTraces traces, params RunView[] views)
    {
        foreach (RunView view in views)
        {
            traces.See([view]);
            clock.Forward(TimeSpan.FromSeconds(1));
        }
    }
}

using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Node;
using BrainSim.Tests.Engine.Sweeps;
using Xunit;

namespace BrainSim.Tests.Node;

public class PointRunTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void APointIsTheSameAsTheSameParametersRunAlone(int threads)
    {
        SweepPlan plan = SweepFiles.Plan("sweep: {vary: {drive: [14, 18], projections.E->I.delay: [0.5, 2]}, repeats: 2}");
        foreach (SweepPoint point in plan.Points())
        {
            NetworkSpec network = SweepFiles.Document("", $"drive={point.Values[0].Text}", $"projections[0].delay={point.Values[1].Text}", $"seed={point.Seed}").Read();
            using SerialRun alone = new SerialRun(CompiledNetwork.Of(network), 3).Run();
            PointOutcome outcome = SweepFiles.Run(plan, point, threads);
            Assert.Equal((PointStatus.Done, null, alone.StateHash), (outcome.Status, outcome.Reason, outcome.StateHash));
            Measured[] measured = [.. Measures.Of(network, alone.Recordings, alone.Step)];
            Assert.Equal(measured.Select(m => (m.Measure.Name, m.Number)), outcome.Measures.Select(m => (m.Name, m.Number)));
            Assert.Equal(measured[2].Numbers, outcome.Measures[2].Numbers);
        }
    }

    /// <summary>
    /// At drive 500 a cell needs ln(500/490)·10 ms = 0.2 ms from reset to threshold, and rests for 1 ms: it fires at some 800 Hz from the start, so the first look, at 50 ms, ends it.
    /// </summary>
    [Theory]
    [InlineData("rate: 300")]
    [InlineData("rate: {E: 300}")]
    public void RunawayActivityEndsAPointAtTheSameStepOnAnyThreads(string limit)
    {
        SweepPlan plan = SweepFiles.Plan($"sweep: {{vary: {{drive: [15, 500], duration: [200]}}, limits: {{{limit}}}}}");
        SweepPoint[] points = [.. plan.Points()];
        Assert.Equal(PointStatus.Done, SweepFiles.Run(plan, points[0]).Status);
        PointOutcome one = SweepFiles.Run(plan, points[1]);
        PointOutcome two = SweepFiles.Run(plan, points[1], 2);
        Assert.Equal(PointStatus.Runaway, one.Status);
        Assert.Matches("^E fired at [6-9][0-9][0-9].* Hz up to 50 ms, where 300 Hz are allowed$", one.Reason);
        Assert.Equal((one.Reason, one.StateHash), (two.Reason, two.StateHash));
        Assert.Empty(one.Measures);
    }

    [Fact]
    public void AConditionOfMeasuresStopsAPointAtTheFirstLookThatFulfilsIt()
    {
        SweepPlan plan = SweepFiles.Plan("sweep: {vary: {drive: [15, 40], duration: [400]}, stop: {when: r > 100, every: 20}}");
        SweepPoint[] points = [.. plan.Points()];
        Assert.Equal(PointStatus.Done, SweepFiles.Run(plan, points[0]).Status);
        PointOutcome stopped = SweepFiles.Run(plan, points[1]);
        using SerialRun alone = new(CompiledNetwork.Of(plan.NetworkOf(points[1])));
        double rate = 0;
        long step = 0;
        while (!(rate > 100))
        {
            alone.RunTo(step += 200);
            rate = Measures.Of(plan.Network with { Steps = 4000, Measures = [plan.Network.Measures[0] with { To = 4000 }] }, alone.Recordings, step)[0].Number!.Value;
        }

        Assert.Equal((PointStatus.Stopped, $"r > 100 at {step / 10} ms", alone.StateHash), (stopped.Status, stopped.Reason, stopped.StateHash));
        Assert.Equal(rate, stopped.Measures[0].Number);
    }

    [Fact]
    public void NumbersThatAreNoneEndAPoint()
    {
        // exp_cond with a weight of 1e308 drives V beyond every number; the state is looked at every 1000 steps, and at the end.
        SweepPlan plan = SweepFiles.Plan("sweep: {vary: {\"projections[0].weight\": [1e308]}}");
        PointOutcome outcome = SweepFiles.Run(plan, plan.Points()[0]);
        Assert.Equal(PointStatus.NotFinite, outcome.Status);
        Assert.StartsWith("populations.I: ", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TimeAndMemoryEndAPointAndSayWhatItHad()
    {
        SweepPlan plan = SweepFiles.Plan("sweep: {vary: {duration: [1000000]}, limits: {seconds: 0.01}}");
        PointOutcome late = SweepFiles.Run(plan, plan.Points()[0]);
        Assert.Equal((PointStatus.OverTime, "was not over after 0.01 s", 0.01, null), (late.Status, late.Reason, late.Limit, late.StateHash));
        plan = SweepFiles.Plan("sweep: {vary: {populations.E.size: [5000]}, limits: {memory: 0.001}}");
        PointOutcome large = SweepFiles.Run(plan, plan.Points()[0]);
        Assert.Equal((PointStatus.OverMemory, 0.001), (large.Status, large.Limit));
        Assert.EndsWith("GB, where 0.001 GB are allowed", large.Reason, StringComparison.Ordinal);
    }

    /// <summary>What is drawn is known only when the network is built.</summary>
    [Fact]
    public void ValuesThatFitNoNetworkRefuseAPoint()
    {
        SweepPlan plan = SweepFiles.Plan("sweep: {vary: {\"projections[0].delay\": [1, \"normal(-50, 1)\"]}}");
        SweepPoint[] points = [.. plan.Points()];
        Assert.Equal(PointStatus.Done, SweepFiles.Run(plan, points[0]).Status);
        PointOutcome outcome = SweepFiles.Run(plan, points[1]);
        Assert.Equal(PointStatus.Refused, outcome.Status);
        Assert.Contains("delay", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ACancelledPointLeavesNothing()
    {
        SweepPlan plan = SweepFiles.Plan("sweep: {vary: {duration: [1000000]}}");
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        using PointRun run = new(plan, BackEnd.Cpu);
        Assert.Null(run.Run(plan.Points()[0], 1, cancelled.Token));
    }
}

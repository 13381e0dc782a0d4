using System.Collections.Immutable;
using BrainSim.Engine.Sweeps;
using Xunit;

namespace BrainSim.Tests.Engine.Sweeps;

public class SweepLogicTests
{
    private const string Ten = "sweep: {vary: {drive: {range: [1, 10, 1]}}";

    /// <summary>A point whose measure r is what was varied first.</summary>
    private static PointOutcome Outcome(SweepPoint point) => new(PointStatus.Done, null, [new PointMeasure("r", point.Values[0].Number, null), new PointMeasure("sync", 0.5, null)], "", 0);

    private static SweepLogic Logic(SweepPlan plan, Func<SweepPoint, PointOutcome?>? known = null) => new(plan, plan.Points(), known ?? (_ => null));

    /// <summary>Runs all points, always some at the same time, which finish in any order.</summary>
    private static List<SweepPoint> Drive(SweepLogic logic, Random random, Func<SweepPoint, PointOutcome> outcome, int atOnce = 4)
    {
        List<SweepPoint> begun = [], running = [];
        while (!logic.IsDone)
        {
            while (running.Count < atOnce && logic.Next() is { } point)
            {
                begun.Add(point);
                running.Add(point);
            }

            SweepPoint finished = running[random.Next(running.Count)];
            running.Remove(finished);
            logic.Finish(finished, outcome(finished));
        }

        return begun;
    }

    [Fact]
    public void EveryPointIsGivenOnceAndStandsInTheTableInOrder()
    {
        SweepLogic logic = Logic(SweepFiles.Plan(Ten + "}"));
        List<SweepPoint> begun = Drive(logic, TestSeed.Of(nameof(EveryPointIsGivenOnceAndStandsInTheTableInOrder)), Outcome);
        Assert.Equal(Enumerable.Range(0, 10), begun.Select(p => p.Index));
        Assert.Equal(Enumerable.Range(0, 10), logic.Table.Select(row => row.Point.Index));
        Assert.Equal((10, 0, 0), (logic.Finished, logic.Running, logic.Failed));
    }

    [Fact]
    public void KnownPointsAreNotRunAgain()
    {
        SweepLogic logic = Logic(SweepFiles.Plan(Ten + "}"), point => point.Index % 3 == 0 ? Outcome(point) : null);
        Assert.Equal([1, 2, 4, 5, 7, 8], Drive(logic, new Random(1), Outcome).Select(p => p.Index));
        Assert.Equal(10, logic.Table.Count());
    }

    [Fact]
    public void EqualPointsRunOnce()
    {
        SweepLogic logic = Logic(SweepFiles.Plan("sweep: {vary: {drive: [5, 6, 5, 5]}}"));
        Assert.Equal([0, 1], Drive(logic, new Random(1), Outcome).Select(p => p.Index));
        Assert.Equal([0, 1, 2, 3], logic.Table.Select(row => row.Point.Index));
    }

    [Fact]
    public void ASweepEndsAtTheFirstPointInOrderThatFulfilsItsEndWhateverFinishesFirst()
    {
        Random random = TestSeed.Of(nameof(ASweepEndsAtTheFirstPointInOrderThatFulfilsItsEndWhateverFinishesFirst));
        for (int trial = 0; trial < 20; trial++)
        {
            SweepLogic logic = Logic(SweepFiles.Plan(Ten + ", until: r >= 4}"));
            int begun = Drive(logic, random, Outcome, atOnce: 1 + random.Next(6)).Count;
            Assert.Equal([0, 1, 2, 3], logic.Table.Select(row => row.Point.Index));
            Assert.InRange(begun, 4, 10);
        }
    }

    public static TheoryData<string> Methods => ["random", "nelder_mead", "cma_es"];

    [Theory]
    [MemberData(nameof(Methods))]
    public void ASearchGoesTheSameWayWhateverFinishesFirstAndGoesOnFromWhatIsKnown(string method)
    {
        SweepPlan plan = SweepFiles.Plan($"optimize: {{minimize: (r - 12)^2, over: {{drive: {{uniform: [5, 30]}}}}, method: {method}, evaluations: 37, repeats: 2}}");
        Dictionary<string, PointOutcome> ledger = [];
        SweepLogic logic = Logic(plan);
        Drive(logic, new Random(1), point => ledger[point.Key] = Outcome(point), atOnce: 1);
        string[] expected = [.. logic.Table.Select(row => row.Point.Key)];
        Assert.Equal(74, expected.Length);
        for (int trial = 0; trial < 3; trial++)
        {
            SweepLogic other = Logic(plan);
            Drive(other, new Random(trial), Outcome, atOnce: 5);
            Assert.Equal(expected, other.Table.Select(row => row.Point.Key));
        }

        HashSet<string> half = [.. expected.Take(30)];
        SweepLogic resumed = Logic(plan, point => half.Contains(point.Key) ? ledger[point.Key] : null);
        List<SweepPoint> begun = Drive(resumed, new Random(2), Outcome);
        Assert.DoesNotContain(begun, point => half.Contains(point.Key));
        Assert.Equal(expected, resumed.Table.Select(row => row.Point.Key));
    }

    [Fact]
    public void AFailedCandidateIsWorseThanAnyOther()
    {
        SweepPlan plan = SweepFiles.Plan("optimize: {maximize: r, over: {drive: {uniform: [5, 30]}}, evaluations: 200}");
        SweepLogic logic = Logic(plan);
        Drive(logic, new Random(1), point => point.Values[0].Number > 20 ? new PointOutcome(PointStatus.Runaway, "", [], null, 0) : Outcome(point));
        Assert.InRange(logic.Table.Where(row => row.Outcome.Status == PointStatus.Done).Max(row => row.Point.Values[0].Number!.Value), 19.9, 20);
        Assert.True(logic.Failed > 0);
    }

    [Fact]
    public void AnEndNamesTheObjective()
    {
        SweepLogic logic = Logic(SweepFiles.Plan("optimize: {minimize: (r - 12)^2, over: {drive: {uniform: [5, 30]}}, evaluations: 500, until: objective < 0.01}"));
        Drive(logic, new Random(1), Outcome);
        (SweepPoint Point, PointOutcome Outcome)[] table = [.. logic.Table];
        Assert.InRange(table.Length, 2, 499);
        Assert.InRange(table[^1].Point.Values[0].Number!.Value, 11.9, 12.1);
        Assert.All(table[..^1], row => Assert.NotInRange(row.Point.Values[0].Number!.Value, 11.9001, 12.0999));
    }

    /// <summary>Time and memory are of a machine: with more of them a point may be tried again.</summary>
    [Theory]
    [InlineData(PointStatus.OverTime, 5.0, 5.0, true)]
    [InlineData(PointStatus.OverTime, 5.0, 6.0, false)]
    [InlineData(PointStatus.OverTime, 5.0, null, false)]
    [InlineData(PointStatus.OverMemory, 5.0, 6.0, false)]
    [InlineData(PointStatus.NotFinite, null, 6.0, true)]
    public void OnlyWhatTheMachineRefusedIsTriedAgain(PointStatus status, double? had, double? has, bool isFinal) =>
        Assert.Equal(isFinal, new PointOutcome(status, "", [], null, 0, had).IsFinal(new PointLimits { Seconds = has, Gigabytes = has }));
}

using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using Xunit;

namespace BrainSim.Tests.Engine.Sweeps;

public class SweepPlanTests
{
    [Theory]
    [InlineData("[10, 2.50, 1e1]", "10", "2.50", "1e1")]
    [InlineData("{linspace: [0.1, 1, 4]}", "0.1", "0.4", "0.7", "1")]
    [InlineData("{linspace: [3, 5, 1]}", "3")]
    [InlineData("{logspace: [0.01, 100, 5]}", "0.01", "0.1", "1", "10", "100")]
    [InlineData("{range: [0.05, 0.15, 0.01]}", "0.05", "0.06", "0.07", "0.08", "0.09", "0.1", "0.11", "0.12", "0.13", "0.14", "0.15")]
    [InlineData("{range: [5, 0, -2]}", "5", "3", "1")]
    [InlineData("{linspace: [0, 2*drive, 3]}", "0", "15", "30")]
    public void ValuesAreThoseThatSomebodyWouldWrite(string values, params string[] expected) =>
        Assert.Equal(expected, SweepFiles.Plan($"sweep: {{vary: {{drive: {values}}}}}").Values());

    [Fact]
    public void AGridHasEveryValueWithEveryOtherTheFirstSlowest() =>
        Assert.Equal(["1 3", "1 4", "1 5", "2 3", "2 4", "2 5"], SweepFiles.Plan("sweep: {vary: {drive: [1, 2], populations.E.params.tau: [3, 4, 5]}}").Values());

    [Fact]
    public void ZipHasTheFirstOfAllThenTheSecondOfAll() =>
        Assert.Equal(["1 3", "2 4"], SweepFiles.Plan("sweep: {vary: {drive: [1, 2], populations.E.params.tau: [3, 4]}, mode: zip}").Values());

    [Fact]
    public void AnotherAxisOrMorePointsLeaveDrawnPointsAsTheyAre()
    {
        const string Axis = "drive: {uniform: [1, 2]}";
        string[] few = SweepFiles.Plan($"sweep: {{vary: {{{Axis}}}, mode: random, samples: 5}}").Values();
        string[] more = SweepFiles.Plan($"sweep: {{vary: {{{Axis}, populations.E.params.tau: [5, 6, 7]}}, mode: random, samples: 40}}").Values();
        Assert.Equal(few, more.Take(5).Select(row => row.Split(' ')[0]));
        Assert.Equal(5, few.Distinct().Count());
        Assert.All(few, x => Assert.InRange(double.Parse(x, System.Globalization.CultureInfo.InvariantCulture), 1, 2));

        // Of 40 draws of three values each comes: one is missing with a chance of 3·(2/3)^40 = 3e-7, and this seed never changes.
        Assert.Equal(["5", "6", "7"], more.Select(row => row.Split(' ')[1]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ALatinHypercubeHasEachPartOfEachAxisOnce()
    {
        const int Samples = 50;
        SweepPlan plan = SweepFiles.Plan($"sweep: {{vary: {{drive: {{uniform: [0, 1]}}, populations.E.params.tau: {{loguniform: [1, 100]}}, seed: {{whole: [1, {Samples}]}}}}, mode: latin_hypercube, samples: {Samples}}}");
        SweepPoint[] points = [.. plan.Points()];
        int[] all = [.. Enumerable.Range(0, Samples)];
        Assert.Equal(all, points.Select(p => (int)(p.Values[0].Number!.Value * Samples)).Order());
        Assert.Equal(all, points.Select(p => (int)(Math.Log(p.Values[1].Number!.Value) / Math.Log(100) * Samples)).Order());
        Assert.Equal(all, points.Select(p => (int)p.Values[2].Number!.Value - 1).Order());
        Assert.NotEqual(points.Select(p => (int)(p.Values[0].Number!.Value * Samples)), points.Select(p => (int)p.Values[2].Number!.Value - 1));
    }

    [Fact]
    public void RepeatsHaveSeedsOfTheirOwnAndTheFirstThatOfTheFile()
    {
        SweepPoint[] points = [.. SweepFiles.Plan("sweep: {vary: {drive: [1, 2]}, repeats: 3}").Points()];
        Assert.Equal([0, 1, 2, 0, 1, 2], points.Select(p => p.Repeat));
        Assert.Equal(points[..3].Select(p => p.Seed), points[3..].Select(p => p.Seed));
        Assert.Equal(3, points.Select(p => p.Seed).Distinct().Count());
        Assert.Equal(7ul, points[0].Seed);
        Assert.All(points, p => Assert.InRange(p.Seed, 0ul, 1ul << 53));
        Assert.Equal(6, points.Select(p => p.Key).Distinct().Count());
    }

    [Theory]
    [InlineData("populations.E.params.tau", "8")]
    [InlineData("populations.I.size", "8")]
    [InlineData("projections[0].weight", "8")]
    [InlineData("projections.E->I.weight", "8")]
    [InlineData("projections.extra.params.tau", "8")]
    [InlineData("inputs[1].value", "8")]
    [InlineData("drive", "8")]
    [InlineData("constants.drive", "8")]
    [InlineData("duration", "60")]
    [InlineData("seed", "8")]
    public void EveryPartOfAFileCanBeVariedAndGivesWhatTheSameValueGivesInTheFile(string path, string value)
    {
        SweepPlan plan = SweepFiles.Plan("", $"{path}=[90, {value}]");
        SweepPoint point = plan.Points()[1];
        using SerialRun alone = new SerialRun(CompiledNetwork.Of(SweepFiles.Document("", $"{path}={value}").Read()), 2).Run();
        using SerialRun plain = new SerialRun(CompiledNetwork.Of(SweepFiles.Document("").Read())).Run();
        Assert.Equal(alone.StateHash, SweepFiles.Run(plan, point).StateHash);
        Assert.NotEqual(plain.StateHash, alone.StateHash);
        Assert.Equal(SweepFiles.Document("", $"{path}={value}").Read().Hash, point.NetworkHash);
    }

    [Fact]
    public void WhatIsVariedIsNoPartOfTheNetwork() =>
        Assert.Equal(SweepFiles.Document("").Read().Hash, SweepFiles.Document("sweep: {vary: {drive: [1, 2]}}").Read().Hash);

    [Fact]
    public void LimitsThatDecideOverResultsMakeOtherPointsAndThoseOfTheMachineDoNot()
    {
        string Key(string limits) => SweepFiles.Plan($"sweep: {{vary: {{drive: [1]}}{limits}}}").Points()[0].Key;
        Assert.Equal(Key(""), Key(", limits: {seconds: 5, memory: 2}, repeats: 2"));
        Assert.NotEqual(Key(""), Key(", limits: {rate: 500}"));
        Assert.NotEqual(Key(", limits: {rate: 400}"), Key(", limits: {rate: 500}"));
        Assert.NotEqual(Key(""), Key(", stop: {when: r > 5, every: 10}"));
    }

    [Theory]
    [InlineData("sweep: {vary: {populations.E.params.tua: [1]}}", "net.yaml:19:43: populations.E.params.tua: no such parameter of lif. Did you mean tau?")]
    [InlineData("sweep: {vary: {populations.E.size: [4, 0]}}", "net.yaml:19:40: populations.E.size: must be a whole number from 1 to 100000000, but is 0.")]
    [InlineData("sweep: {vary: {drvie: [1]}}", "drvie: no such key.")]
    [InlineData("sweep: {vary: {constants.drvie: [1]}}", "the file has no constant 'drvie'. Did you mean drive?")]
    [InlineData("sweep: {vary: {projections.E->J.weight: [1]}}", "projections is a list of 3; name one of its items, projections[0] to [2], or by its name. Did you mean E->I?")]
    [InlineData("sweep: {vary: {projections.I->E.weight: [1]}}", "projections[1] makes I->E and I->I at once;")]
    [InlineData("sweep: {vary: {\"projections[3].weight\": [1]}}", "name one of its items, projections[0] to [2].")]
    [InlineData("sweep: {vary: {duration: [10, 10.05]}}", "10.05 ms is no whole number of steps")]
    [InlineData("sweep: {vary: {drive: 3}}", "must be a list of 1 to 100000 values, or one of linspace")]
    [InlineData("sweep: {vary: {drive: []}}", "must be a list of 1 to 100000 values")]
    [InlineData("sweep: {vary: {drive: {linspac: [1, 2, 3]}}}", "is none of linspace, logspace, range, uniform, loguniform, whole. Did you mean linspace?")]
    [InlineData("sweep: {vary: {drive: {linspace: [1, 2]}}}", "must be three numbers: from, to, how many.")]
    [InlineData("sweep: {vary: {drive: {linspace: [1, 2, 2.5]}}}", "the third number says how many values there are")]
    [InlineData("sweep: {vary: {drive: {logspace: [-2, 0, 5]}}}", "both ends must be above 0")]
    [InlineData("sweep: {vary: {drive: {range: [0, 1, -1]}}}", "from, to and step must make 1 to 100000 values.")]
    [InlineData("sweep: {vary: {drive: {uniform: [0, 1]}}}", "which needs mode: random or latin_hypercube")]
    [InlineData("sweep: {vary: {drive: [1], sweep.repeats: [2]}}", "is no parameter of the network that could be varied.")]
    [InlineData("sweep: {vary: {drive: [1, 2], duration: [10]}, mode: zip}", "mode: zip needs lists of one length, but has drive (2), duration (1).")]
    [InlineData("sweep: {vary: {drive: [1]}, mode: randm, samples: 3}", "Did you mean random?")]
    [InlineData("sweep: {vary: {drive: [1]}, mode: random}", "sweep.samples: is missing.")]
    [InlineData("sweep: {vary: {drive: [1]}, samples: 3}", "is for the modes random and latin_hypercube")]
    [InlineData("sweep: {vary: {drive: {range: [1, 1000, 1]}, seed: {range: [1, 1000, 1]}}}", "makes 1,000,000 points; at most 100,000 are run.")]
    [InlineData("sweep: {vary: {}}", "names nothing to vary")]
    [InlineData("", "there is nothing to vary")]
    [InlineData("sweep: {vary: {drive: [1]}, repeat: 2}", "sweep.repeat: no such key. Did you mean repeats?")]
    [InlineData("sweep: {vary: {drive: [1]}, limits: {rate: {X: 5}}}", "no such population.")]
    [InlineData("sweep: {vary: {drive: [1]}, limits: {seconds: 0}}", "must be above 0.")]
    [InlineData("sweep: {vary: {drive: [1]}, stop: {when: r > 5, every: 0.05}}", "0.05 ms is no whole number of steps")]
    [InlineData("sweep: {vary: {drive: [1]}, until: snyc > 0.5}", "there is no measure 'snyc' that is a number. Did you mean sync?")]
    [InlineData("sweep: {vary: {drive: [1]}, until: sync}", "'sync' must be a condition, such as sync > 0.8.")]
    [InlineData("sweep: {vary: {drive: [1]}, until: curve > 1}", "there is no measure 'curve' that is a number.")]
    [InlineData("optimize: {minimize: r, over: {drive: [1, 2]}, evaluations: 5}", "needs a range to search: {uniform: [from, to]}")]
    [InlineData("optimize: {over: {drive: {uniform: [1, 2]}}, evaluations: 5}", "needs minimize or maximize")]
    [InlineData("optimize: {minimize: curve, over: {drive: {uniform: [1, 2]}}, evaluations: 5}", "the measure 'curve' is an array, where a number is needed.")]
    [InlineData("optimize: {minimize: r, over: {drive: {uniform: [1, 2]}}, evaluations: 5, batch: 2}", "cma_es needs at least 4 candidates")]
    [InlineData("optimize: {minimize: r, over: {populations.E.size: {whole: [0, 9]}}, evaluations: 5}", "must be a whole number from 1 to 100000000, but is 0.")]
    [InlineData("sweep: {vary: {drive: [1]}}\noptimize: {minimize: r, over: {drive: {uniform: [1, 2]}}, evaluations: 5}", "a sweep or something to optimize, not both.")]
    public void WrongSearchesSaySoOnceAndBeforeAnythingRuns(string search, string expected) =>
        Assert.Contains(expected, Assert.Single(SweepFiles.Mistakes(search)), StringComparison.Ordinal);

    [Fact]
    public void AllMistakesComeAtOnce()
    {
        string[] mistakes = SweepFiles.Mistakes(
            "sweep: {vary: {populations.E.params.tua: [1, 2], \"inputs[0].value\": [x]}, repeats: 0}", "populations.I.size=[5, -1]", "drive=4", "=3");
        Assert.Equal(["--vary: =3: must be path=values, such as populations.E.params.tau=[10, 20]."], mistakes);
        mistakes = SweepFiles.Mistakes("sweep: {vary: {populations.E.params.tua: [1, 2], \"inputs[0].value\": [x]}, repeats: 0}", "populations.I.size=[5, -1]", "drive=4");
        Assert.Equal(["drive", "inputs[0].value", "populations.E.params.tua", "populations.I.size", "sweep.repeats"], mistakes.Select(m => m.Split(": ")[1]).Order(StringComparer.Ordinal).Distinct());
    }
}

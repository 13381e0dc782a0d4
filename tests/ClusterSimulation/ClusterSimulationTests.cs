using System.Globalization;
using BrainSim.Contracts.Frames;
using Xunit;

namespace BrainSim.Tests.ClusterSimulation;

/// <summary>
/// The cluster's promises under everything that can go wrong. BRAINSIM_SEED=N runs one seed again; BRAINSIM_SEEDS=N runs that many instead of a thousand.
/// </summary>
public sealed class ClusterSimulationTests
{
    private const int MostReported = 5;

    [Fact]
    public void Every_run_ends_as_it_must_whatever_goes_wrong_before()
    {
        int? only = Number("BRAINSIM_SEED");
        int count = only is not null ? 1 : Number("BRAINSIM_SEEDS") ?? 1000;
        Tally all = Simulate(only ?? 1, count, Trouble.All);
        if (count >= 100)
        {
            // What nothing happens to proves nothing.
            Assert.True(all.Epochs > all.Runs + count / 2 && all.CoordinatorStarts > count && all.Stalls > count / 10 && all.FailedWrites > count && all.Divided > count / 10, $"too little goes wrong: {all}");
            Assert.All(
                [FrameRefusal.None, FrameRefusal.WrongChecksum, FrameRefusal.UnknownRun, FrameRefusal.OtherEpoch],
                refusal => Assert.True(all.Refused.GetValueOrDefault(refusal) > 0, $"no frame was {refusal}: {all}"));
        }
    }

    [Fact]
    public void A_coordinator_that_stands_still_now_and_then_costs_no_run_anything()
    {
        Tally all = Simulate(1, 50, Trouble.Stalls);
        Assert.True(all.Stalls > 50, all.ToString());
        Assert.InRange(all.Epochs, 1, all.Runs);
    }

    private static Tally Simulate(int first, int count, Trouble trouble)
    {
        Tally all = new();
        List<string> failures = [];
        for (int seed = first; seed < first + count && failures.Count < MostReported; seed++)
        {
            using SimulatedCluster cluster = new(seed, trouble);
            try
            {
                cluster.Run();
            }
            catch (Exception problem)
            {
                failures.Add($"BRAINSIM_SEED={seed} at {cluster.Time.Now} simulated ms: {problem}");
            }

            all.Add(cluster.Tally);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(all.ToString());
        Assert.True(failures.Count == 0, string.Join("\n", failures));
        return all;
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}

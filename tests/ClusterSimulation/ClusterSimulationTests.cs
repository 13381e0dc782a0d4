using System.Globalization;
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
        int first = only ?? 1;
        int count = only is not null ? 1 : Number("BRAINSIM_SEEDS") ?? 1000;
        Tally all = new();
        List<string> failures = [];
        for (int seed = first; seed < first + count && failures.Count < MostReported; seed++)
        {
            using SimulatedCluster cluster = new(seed);
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
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}

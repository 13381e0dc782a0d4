using BrainSim.Engine.Analysis;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>
/// Measures of one raster, computed by BrainPy 1.0.2 (commit 3a1c1aac, NumPy backend): case m003_measure of the reference traces, see Data/README.md. What is known to be wrong there is
/// said where the numbers are compared.
/// </summary>
public sealed class MeasuresOfOthersTests
{
    /// <summary>A line per neuron, a character per step of 0.1 ms.</summary>
    private static readonly string[] Raster =
    [
        "|......|............||..............|.|...||...................|.............|...........|....|.........|.|...............||.|..|...........|||......|.......|.................|||........|....|.|......",
        "..................|......|..........||..........................................|.||...............||.........|.............|.......|.....|......|.........|........|..........|..........|............|",
        "..................|..................................|...........|...........|..|.....|...|..........|.........|...............|....|.........................|..|.......|..|...|..|.|.....|............",
        "..|.........................|..|...|...|....|.......|......|........|.........|..........................|.................||.............|....|.....|........|.......|.|....|........................|.",
        "...........|||....|...........|.....|....|................|...........|.....|....|.....|................................|..................|.......||..|.......|........|......|...........|...|.....|..",
        ".|.............|.....|..........|...|.........|...|........|.|......|.....|.............|.....|.....|...........|...................|....|................|..|.|||....|.|..|..........|.........||......",
        ".......|.........||....|..|....||....|..||.............|..||...|.....|....||.................|....|.........|................|...|.......|.......|...................|............|.......|.............",
        "|.....|......|.......|.....|.....|..|......|...............|....|.||||.......|.|...|.................|...|..........|....|..|.........|...........|.......|....||...................|.|.|......|.||.....",
    ];

    private static SpikeTrains Trains
    {
        get
        {
            (int Step, int Id)[] spikes = [.. Enumerable.Range(0, 200).SelectMany(step => Enumerable.Range(0, 8).Where(id => Raster[id][step] == '|').Select(id => (step, id)))];
            return new SpikeTrains(8, 200, 0.1, [.. spikes.Select(s => s.Step)], [.. spikes.Select(s => s.Id)]);
        }
    }

    /// <summary>The other's bins of 0.3 and 0.7 ms were 2 and 6 steps, since the quotient was cut off; here bins are whole steps. Rounding of a mean over 28 pairs: 1e-14.</summary>
    [Theory]
    [InlineData(1, 0.1242190401672685)]
    [InlineData(2, 0.25132866601253684)]
    [InlineData(5, 0.49623204685864647)]
    [InlineData(6, 0.5417890134399693)]
    [InlineData(10, 0.7647752861276566)]
    [InlineData(50, 1)]
    public void Cross_correlation(int binSteps, double expected) => Assert.Equal(expected, CrossCorrelation.Of(Trains, binSteps), 1e-14);

    /// <summary>
    /// Values of the steps 60, 100 and 139, whose windows lie inside. The other's "rate" is spikes of all neurons per step, not Hz, and its Gaussian has twice the deviation that
    /// was asked for, cut off at once the deviation; at the ends it takes missing steps for silent ones. Rounding of a mean over 81 steps: 1e-13.
    /// </summary>
    /// <param name="width">In steps, as asked for.</param>
    [Theory]
    [InlineData("flat", 5.0, 1.4000000000000001, 1.2000000000000002, 1.4)]
    [InlineData("flat", 10.0, 1.0909090909090908, 0.8181818181818181, 0.9090909090909092)]
    [InlineData("flat", 20.0, 1.0952380952380951, 0.7619047619047619, 1.0)]
    [InlineData("gaussian", 5.0, 1.0948081675551917, 0.7838469282628096, 0.9995716454805152)]
    [InlineData("gaussian", 10.0, 1.007436335278916, 0.735988326572289, 1.0493244051786985)]
    [InlineData("gaussian", 20.0, 1.0278219937594466, 0.8981827115053979, 0.9962747359119016)]
    public void Firing_rate(string kind, double width, params double[] expected)
    {
        double[] window = kind == "flat" ? SmoothedRate.Flat(width) : SmoothedRate.Gaussian(2 * width, (int)(2 * width));
        double[] rates = SmoothedRate.Of(Trains, window, 1);
        double spikesPerStep = 8 * 0.1 / 1000;
        Assert.All(expected.Zip(new[] { 60, 100, 139 }), pair => Assert.Equal(pair.First, rates[pair.Second] * spikesPerStep, 1e-13));
    }
}

using BrainSim.Engine.Analysis;
using BrainSim.Engine.Monitors;
using Xunit;

namespace BrainSim.Tests.Engine.Analysis;

/// <summary>Every measure on cases that can be computed by hand, and against its definition, written down naively, on drawn spikes.</summary>
public sealed class MeasureFormulaTests
{
    /// <summary>Sums of some hundred numbers of order 1, in another order: far more than their rounding, far less than any mistake.</summary>
    private const double Rounding = 1e-11;

    /// <summary>Two neurons, 10 steps of 1 ms: spikes in the steps 0, 2, 6 and in 2, 9.</summary>
    private static readonly SpikeTrains Two = new(2, 10, 1, [0, 2, 2, 6, 9], [0, 0, 1, 0, 1]);

    private static readonly SpikeTrains Silent = new(3, 10, 1, [], []);

    [Fact]
    public void A_span_holds_the_chosen_neurons_and_steps()
    {
        RecordedSpike[] spikes = [new(-1, 1), new(2, 4), new(3, 0), new(3, 1), new(3, 7), new(4, 4), new(5, 4), new(6, 1)];
        SpikeTrains part = SpikeTrains.Within([spikes[..3], spikes[3..]], (1, 8, 3), 3, 6, 0.1);
        Assert.Equal((3, 3, 0.1), (part.Neurons, part.Length, part.Dt));
        Assert.Equal([new(0, 0), new(0, 2), new(1, 1), new(2, 1)], part.Spikes);
        Assert.Equal(2, SpikeTrains.Within([spikes], (0, 6, 5), 0, 2, 1).Neurons);
    }

    [Fact]
    public void Rate_is_spikes_per_neuron_and_second()
    {
        Assert.Equal(250, MeanRate.Of(Two), Rounding);
        Assert.Equal(125, MeanRate.Of(Two with { Dt = 2 }), Rounding);
        Assert.Equal(0, MeanRate.Of(Silent));
    }

    [Fact]
    public void Interval_is_the_mean_over_all_neurons()
    {
        Assert.Equal((2 + 4 + 7) / 3.0, new Intervals(Two).Mean, Rounding);
        Assert.Equal(double.NaN, new Intervals(Silent).Mean);
        Assert.Equal(double.NaN, new Intervals(new(2, 10, 1, [3, 4], [0, 1])).Mean);
    }

    /// <summary>Intervals 2 and 4: mean 3, deviation 1 where it divides by their number, and sqrt(2) where by one less.</summary>
    [Fact]
    public void Variation_divides_by_the_number_of_intervals()
    {
        Assert.Equal(1 / 3.0, new Intervals(Two).MeanVariation(3), Rounding);
        Assert.Equal(double.NaN, new Intervals(Two).MeanVariation(4));
        Assert.Equal(double.NaN, new Intervals(Silent).MeanVariation(3));
    }

    /// <summary>A regular neuron (0), and one with intervals 1, 1, 4 (mean 2, variance 2).</summary>
    [Fact]
    public void Variation_is_averaged_over_neurons()
    {
        SpikeTrains trains = new(3, 20, 0.1, [0, 0, 1, 2, 5, 6, 10, 15], [0, 1, 1, 1, 0, 1, 0, 0]);
        Assert.Equal((0 + Math.Sqrt(0.5)) / 2, new Intervals(trains).MeanVariation(4), Rounding);
    }

    /// <summary>Sums of squares of long intervals need more than 64 bits on their way to a variance; 1 and -1 step around a billion give a variation of 1e-9.</summary>
    [Fact]
    public void Variation_is_exact_for_long_intervals()
    {
        const int Long = 1_000_000_000;
        SpikeTrains trains = new(1, int.MaxValue, 0.1, [0, Long - 1, 2 * Long], [0, 0, 0]);
        Assert.Equal(1e-9, new Intervals(trains).MeanVariation(3), 1e-18);
    }

    [Theory]
    [InlineData(1, 0.4082482904638631)] // {0, 2, 6} and {2, 9}: 1/sqrt(3·2)
    [InlineData(3, 0.5)] // {0, 2} and {0, 3}: 1/sqrt(2·2)
    [InlineData(10, 1)]
    public void Cross_correlation_counts_bins_in_common(int bin, double expected)
    {
        Assert.Equal(expected, CrossCorrelation.Of(Two, bin), Rounding);
        Assert.Equal(expected / 3, CrossCorrelation.Of(Two with { Neurons = 3 }, bin), Rounding); // two of three pairs have a silent neuron
    }

    [Fact]
    public void Cross_correlation_of_silence_is_zero() => Assert.Equal(0, CrossCorrelation.Of(Silent, 2));

    [Fact]
    public void Cross_correlation_is_the_mean_over_pairs()
    {
        SpikeTrains trains = Drawn(7, 103, 150);
        foreach (int bin in new[] { 1, 4, 10, 103 })
        {
            bool[][] filled = [.. Enumerable.Range(0, 7).Select(i => Enumerable.Range(0, 103 / bin + 1).Select(l => trains.Spikes.Any(s => s.Id == i && s.Step / bin == l)).ToArray())];
            double Pair(int i, int j) => filled[i].Zip(filled[j]).Count(x => x.First && x.Second) / Math.Sqrt(filled[i].Count(x => x) * filled[j].Count(x => x));
            double expected = Enumerable.Range(0, 7).SelectMany(i => Enumerable.Range(0, i).Select(j => Pair(i, j))).Average(x => double.IsNaN(x) ? 0 : x);
            Assert.Equal(expected, CrossCorrelation.Of(trains, bin), Rounding);
        }
    }

    [Fact]
    public void A_flat_window_averages_what_lies_inside()
    {
        SpikeTrains trains = new(1, 6, 1, [0, 4, 5], [0, 0, 0]);
        Close([500, 1000 / 3.0, 0, 1000 / 3.0, 2000 / 3.0, 1000], SmoothedRate.Of(trains, SmoothedRate.Flat(3), 1));
        Close([500, 0, 2000 / 3.0], SmoothedRate.Of(trains, SmoothedRate.Flat(3), 2));
        Close([1000, 0], SmoothedRate.Of(trains, SmoothedRate.Flat(1), 3));
        Close([250, 0], SmoothedRate.Of(trains with { Neurons = 4 }, SmoothedRate.Flat(1), 3));
        Close([2000, 0], SmoothedRate.Of(trains with { Dt = 0.5 }, SmoothedRate.Flat(1), 3));
        Assert.Equal([1, 1, 3, 3, 5, 5], new[] { 0.4, 1.9, 2, 3.9, 4, 5 }.Select(width => SmoothedRate.Flat(width).Length));
    }

    /// <summary>A single spike shows the window: exp(-j²/(2 sigma²)), with an area of one spike.</summary>
    [Fact]
    public void A_Gaussian_window_has_the_given_deviation()
    {
        double[] rates = SmoothedRate.Of(new(1, 101, 1, [50], [0]), SmoothedRate.Gaussian(5), 1);
        Assert.Equal(Math.Exp(-0.5), rates[45] / rates[50], Rounding);
        Assert.Equal(Math.Exp(-4.5), rates[65] / rates[50], Rounding);
        Assert.Equal(0, rates[71]);
        Assert.Equal(1000, rates.Sum(), 1e-8);
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(3)]
    [InlineData(40)]
    public void A_steady_rate_stays_steady_up_to_the_ends(double width)
    {
        SpikeTrains steady = new(2, 30, 0.1, [.. Enumerable.Range(0, 30)], new int[30]);
        foreach (double[] window in new[] { SmoothedRate.Flat(width), SmoothedRate.Gaussian(width) })
        {
            Close([.. Enumerable.Repeat(5000.0, 30)], SmoothedRate.Of(steady, window, 1));
        }
    }

    [Theory]
    [InlineData(1.0, 1.0, 1.0, 2.0, 2.0, 5.0, 5.0)] // the same voltages
    [InlineData(1.0, 3.0, 5.0, 4.0, 6.0, 9.0, 11.0)] // the same but for a constant
    [InlineData(0.0, 1.0, -1.0, 2.0, -2.0, -3.0, 3.0)] // opposite
    [InlineData(0.7071067811865476, 1.0, 1.0, -1.0, 1.0, 1.0, -1.0, -1.0, -1.0)] // unrelated: 1/sqrt(2)
    [InlineData(0.7071067811865476, 0.0, 7.0, 1.0, 7.0, 2.0, 7.0)] // one of two stands still; 0.5 is what the square would be
    [InlineData(double.NaN, 3.0, 4.0, 3.0, 4.0)]
    public void Fluctuation_of_two_neurons(double expected, params double[] rows) => Assert.Equal(expected, VoltageFluctuation.Of(rows.Chunk(2).Select(row => new ArraySegment<double>(row)), 2), Rounding);

    [Fact]
    public void Van_Rossum_by_hand()
    {
        Assert.Equal(0, VanRossumDistance.Of([1, 2.5], [1, 2.5], 3));
        Assert.Equal(Math.Sqrt(0.5), VanRossumDistance.Of([4], [], 3), Rounding);
        Assert.Equal(1, VanRossumDistance.Of([0], [1e6], 3), Rounding);
        Assert.Equal(Math.Sqrt(0.5), VanRossumDistance.Of([0], [3 * Math.Log(2)], 3), Rounding); // (1 + 1 - 2/2)/2
        Assert.Equal(Math.Sqrt(2), VanRossumDistance.Of([1, 1], [], 3), Rounding);
    }

    [Fact]
    public void Victor_Purpura_by_hand()
    {
        Assert.Equal(0, VictorPurpuraDistance.Of([1, 2], [1, 2], 1));
        Assert.Equal(0.5, VictorPurpuraDistance.Of([0], [0.5], 1));
        Assert.Equal(2, VictorPurpuraDistance.Of([0], [5], 1));
        Assert.Equal(3, VictorPurpuraDistance.Of([1, 2, 3, 4], [9], 0));
        Assert.Equal(1.5, VictorPurpuraDistance.Of([1, 5, 9], [2, 9], 0.5));
        Assert.Equal(3, VictorPurpuraDistance.Of([], [1, 2, 3], 7));
    }

    /// <summary>Both are symmetric and hold the triangle inequality; van Rossum's is the double sum over all spikes.</summary>
    [Fact]
    public void Distances_are_distances()
    {
        for (int round = 0; round < 20; round++)
        {
            double[][] t = Drawn(3, 200, 40, round).Times();
            Func<double[], double[], double>[] distances = [(a, b) => VanRossumDistance.Of(a, b, 12), (a, b) => VictorPurpuraDistance.Of(a, b, 0.1)];
            foreach (Func<double[], double[], double> distance in distances)
            {
                Assert.Equal(distance(t[0], t[1]), distance(t[1], t[0]), Rounding);
                Assert.InRange(distance(t[0], t[2]), 0, distance(t[0], t[1]) + distance(t[1], t[2]) + Rounding);
            }

            double Sum(double[] a, double[] b) => a.Sum(x => b.Sum(y => Math.Exp(-Math.Abs(x - y) / 12)));
            Assert.Equal(Math.Sqrt((Sum(t[0], t[0]) + Sum(t[1], t[1]) - (2 * Sum(t[0], t[1]))) / 2), distances[0](t[0], t[1]), 1e-9);
        }
    }

    /// <summary>Rates 1000, 0, 0, 1000 Hz less their mean, times the window 0, 1/2, 1, 1/2: 0, -250, -500, 250, whose transform is -500, 500 + 500i, -500.</summary>
    [Fact]
    public void Spectrum_by_hand()
    {
        const double Scale = 0.001 / 1.5;
        Close([250_000 * Scale, 2 * 500_000 * Scale, 250_000 * Scale], PowerSpectrum.Of(new(1, 4, 1, [0, 3], [0, 0]), 1, 4));
        Assert.Empty(PowerSpectrum.Of(new(1, 4, 1, [0, 3], [0, 0]), 1, 5));
    }

    [Theory]
    [InlineData(2, 16)]
    [InlineData(3, 15)]
    public void Spectrum_is_the_mean_of_overlapping_periodograms(int bin, int segment)
    {
        SpikeTrains trains = Drawn(5, 200, 300);
        double[] rates = [.. Enumerable.Range(0, 200 / bin).Select(l => trains.Spikes.Count(s => s.Step / bin == l) / (5 * bin * 0.001))];
        double[] window = [.. Enumerable.Range(0, segment).Select(j => Math.Pow(Math.Sin(Math.PI * j / segment), 2))];
        double[][] periodograms = [.. Enumerable.Range(0, 1000).Select(s => s * ((segment + 1) / 2)).TakeWhile(start => start + segment <= rates.Length).Select(start => Periodogram(rates[start..(start + segment)], window, bin * 0.001))];
        Assert.True(periodograms.Length > 3);
        double[] expected = [.. Enumerable.Range(0, (segment / 2) + 1).Select(k => periodograms.Average(p => p[k]))];
        Assert.All(expected.Zip(PowerSpectrum.Of(trains, bin, segment)), pair => Assert.Equal(pair.First, pair.Second, 1e-9 * expected.Max()));
    }

    private static double[] Periodogram(double[] rates, double[] window, double binSeconds)
    {
        int n = rates.Length;
        double mean = rates.Average();
        double Part(int k, Func<double, double> wave) => Enumerable.Range(0, n).Sum(j => (rates[j] - mean) * window[j] * wave(2 * Math.PI * j * k / n));
        return [.. Enumerable.Range(0, (n / 2) + 1).Select(k => (Math.Pow(Part(k, Math.Cos), 2) + Math.Pow(Part(k, Math.Sin), 2)) * binSeconds / window.Sum(w => w * w) * (k == 0 || 2 * k == n ? 1 : 2))];
    }

    /// <summary>Spikes anywhere, each neuron at most once a step; the last neuron is silent where there are more than three.</summary>
    private static SpikeTrains Drawn(int neurons, int length, int spikes, int round = 0)
    {
        Random random = TestSeed.Of($"measures {round}");
        int active = neurons > 3 ? neurons - 1 : neurons;
        int[] cells = [.. Enumerable.Range(0, active * length)];
        random.Shuffle(cells);
        int[] sorted = [.. cells.Take(spikes).Order()];
        return new SpikeTrains(neurons, length, 1, [.. sorted.Select(c => c / active)], [.. sorted.Select(c => c % active)]);
    }

    private static void Close(double[] expected, double[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }
}

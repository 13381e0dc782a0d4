using BrainSim.Engine.Units;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BrainSim.Tests.Engine.Units;

/// <summary>FsCheck's failures name the seed that repeats them.</summary>
public sealed class KeyedRandomTests
{
    private const int Count = 100_000;

    private static readonly KeyedRandom Random = new(7, KeyedRandom.Purpose("populations.E.init.V#0"));

    [Fact]
    public void The_same_key_gives_the_same_numbers_in_any_order() => Prop.ForAll<ulong, uint, long>((seed, id, step) =>
    {
        KeyedStream later = new KeyedRandom(seed, 1).Stream(id, step);
        KeyedStream other = new KeyedRandom(seed, 1).Stream(id + 1, step);
        other.NextBits();
        KeyedStream again = new KeyedRandom(seed, 1).Stream(id, step);
        return Enumerable.Range(0, 5).All(_ => later.NextBits() == again.NextBits());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_part_of_the_key_matters() => Prop.ForAll<ulong, uint, long>((seed, id, step) =>
    {
        ulong purpose = KeyedRandom.Purpose("a");
        ulong[] first =
        [
            First(seed, purpose, id, step),
            First(seed + 1, purpose, id, step),
            First(seed ^ (1UL << 63), purpose, id, step),
            First(seed, KeyedRandom.Purpose("b"), id, step),
            First(seed, purpose ^ 1, id, step),
            First(seed, purpose ^ (1UL << 63), id, step),
            First(seed, purpose, id + 1, step),
            First(seed, purpose, id ^ (1u << 31), step),
            First(seed, purpose, id, step + 1),
            First(seed, purpose, id, step ^ (1L << 32)),
            First(seed, purpose, id, step ^ (1L << 62)),
        ];
        return first.Distinct().Count() == first.Length;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_fast_paths_are_the_first_draws_of_the_stream() => Prop.ForAll<ulong, uint, long>((seed, id, step) =>
    {
        KeyedRandom random = new(seed, 3);
        KeyedStream uniform = random.Stream(id, step);
        KeyedStream normal = random.Stream(id, step);
        return random.Uniform(id, step) == uniform.NextUnit()
            && random.StandardNormal(id, step) == Distributions.Normal(ref normal, 0, 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_stream_walks_through_the_blocks()
    {
        KeyedStream stream = Random.Stream(5, (3L << 32) | 2);
        for (uint block = 0; block < 3; block++)
        {
            Philox.Words w = Philox.Block(block, 5, 2, 3, Random.Key0, Random.Key1);
            Assert.Equal(w.W0 | ((ulong)w.W1 << 32), stream.NextBits());
            Assert.Equal(w.W2 | ((ulong)w.W3 << 32), stream.NextBits());
        }
    }

    [Theory]
    [InlineData(0UL, 0.0, 1.1102230246251565e-16)]
    [InlineData(ulong.MaxValue, 0.9999999999999999, 0.9999999999999999)]
    public void Units_stay_inside_their_interval(ulong bits, double unit, double open)
    {
        Assert.Equal(unit, KeyedStream.ToUnit(bits));
        Assert.Equal(open, KeyedStream.ToOpen(bits));
    }

    /// <summary>Recorded once: other values would change every network that was ever run.</summary>
    [Fact]
    public void Numbers_never_change()
    {
        Assert.Equal("8FCA20E08F9272F0 F52A15E9A9B5E89B", $"{KeyedRandom.Purpose("populations.E.init.V#0"):X16} {KeyedRandom.Purpose(""):X16}");
        Assert.Equal("0.5996653606897845 0.7417449492877136 0.6185534955308924", $"{Random.Uniform(0, 0):R} {Random.Uniform(1, 2):R} {Random.StandardNormal(1, 2):R}");
    }

    [Fact]
    public void Purposes_of_many_names_differ()
    {
        HashSet<ulong> seen = [];
        for (int i = 0; i < Count; i++)
        {
            Assert.True(seen.Add(KeyedRandom.Purpose($"projections[{i}].weight#0")));
            Assert.True(seen.Add(KeyedRandom.Purpose($"populations.E.init.V#{i}")));
        }
    }

    /// <summary>Neighbouring ids, steps, seeds, purposes and draws: each sequence is uniform (KS, 1e-6) and without correlation at lag 1 (5 deviations of 1/√n: 6e-7).</summary>
    [Theory]
    [InlineData("id")]
    [InlineData("step")]
    [InlineData("seed")]
    [InlineData("purpose")]
    [InlineData("draw")]
    public void Neighbours_are_uniform_and_uncorrelated(string axis)
    {
        KeyedStream draws = Random.Stream(0, 0);
        double[] u = [.. Enumerable.Range(0, Count).Select(i => axis switch
        {
            "id" => Random.Uniform((uint)i, 0),
            "step" => Random.Uniform(0, i),
            "seed" => new KeyedRandom((ulong)i, 0).Uniform(0, 0),
            "purpose" => new KeyedRandom(0, (ulong)i).Uniform(0, 0),
            _ => draws.NextUnit(),
        })];
        double correlation = 12 * Enumerable.Range(1, Count - 1).Average(i => (u[i] - 0.5) * (u[i - 1] - 0.5));
        Assert.InRange(correlation, -5 / Math.Sqrt(Count), 5 / Math.Sqrt(Count));
        Assert.InRange(Statistics.KolmogorovSmirnov(u, x => x), 0, Statistics.KolmogorovSmirnovLimit);
    }

    private static ulong First(ulong seed, ulong purpose, uint id, long step)
    {
        KeyedStream stream = new KeyedRandom(seed, purpose).Stream(id, step);
        return stream.NextBits();
    }
}

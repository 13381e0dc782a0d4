using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Sweeps;

public class SearchTests
{
    private static readonly double[] Centre = [0.3, 0.8, 0.55, 0.4, 0.62];

    /// <summary>Squared distance from a point of the cube.</summary>
    private static double Sphere(double[] x) => x.Zip(Centre, (a, c) => (a - c) * (a - c)).Sum();

    /// <summary>Rosenbrock 1960 on [-2, 2]^n, its minimum 0 at (1, ..., 1).</summary>
    private static double Rosenbrock(double[] unit)
    {
        double[] x = [.. unit.Select(u => (4 * u) - 2)];
        return Enumerable.Range(0, x.Length - 1).Sum(i => (100 * (x[i + 1] - (x[i] * x[i])) * (x[i + 1] - (x[i] * x[i]))) + ((1 - x[i]) * (1 - x[i])));
    }

    /// <summary>Falls towards the corner (0, 1) and beyond it.</summary>
    private static double Slope(double[] x) => x[0] - x[1];

    /// <summary>
    /// Evaluations to 1e-9 that the method may take: twice what the tutorial's code needs on average on the sphere (some 150 n evaluations with n = 5), and some 1100 n on Rosenbrock's
    /// function with n = 4 (Hansen 2016, section 4; Hansen, Müller and Koumoutsakos 2003, table 3).
    /// </summary>
    [Theory]
    [InlineData("sphere", 5, 1500)]
    [InlineData("rosenbrock", 4, 9000)]
    [InlineData("slope", 2, 1000)]
    public void CmaEsFindsTheMinimum(string function, int dimensions, int evaluations)
    {
        (Func<double[], double> of, double minimum) = function switch
        {
            "sphere" => (Sphere, 0.0), "rosenbrock" => (Rosenbrock, 0.0), _ => ((Func<double[], double>)Slope, -1.0),
        };
        for (ulong seed = 0; seed < 3; seed++)
        {
            CmaEs search = new(dimensions, null, new KeyedRandom(seed, 1));
            Assert.InRange(Best(search, of, evaluations).Value - minimum, 0, function == "slope" ? 1e-4 : 1e-9);
        }
    }

    [Theory]
    [InlineData("sphere", 5)]
    [InlineData("rosenbrock", 2)]
    public void NelderMeadFindsTheMinimum(string function, int dimensions)
    {
        Func<double[], double> of = function == "sphere" ? Sphere : Rosenbrock;
        Assert.InRange(Best(new NelderMead(dimensions, 3, new KeyedRandom(1, 1)), of, 2000).Value, 0, 1e-8);
    }

    [Fact]
    public void RandomSearchCoversTheCube()
    {
        RandomSearch search = new(2, 400, new KeyedRandom(1, 1));
        double[][] candidates = search.Ask();
        Assert.Equal(400, candidates.Select(c => c[0]).Distinct().Count());

        // 400 draws in 16 cells of 25 each on average: none is empty but with a chance of 16·e^-25, and this seed never changes.
        Assert.Equal(16, candidates.Select(c => ((int)(c[0] * 4), (int)(c[1] * 4))).Distinct().Count());
        Assert.NotEqual(candidates[0], search.Ask()[0]);
    }

    public static TheoryData<string> Methods => ["random", "nelder_mead", "cma_es"];

    [Theory]
    [MemberData(nameof(Methods))]
    public void TheSameSeedGivesTheSameSearchAndStaysInside(string method)
    {
        double[][] first = [.. Trace(New(method, 5))];
        Assert.Equal(first, Trace(New(method, 5)));
        Assert.NotEqual(first, Trace(New(method, 6)));
        Assert.All(first.SelectMany(x => x), x => Assert.InRange(x, 0, 1));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void ASearchWithoutAnyValueGoesOn(string method)
    {
        ISearch search = New(method, 1);
        HashSet<double> seen = [];
        for (int batch = 0; batch < 5; batch++)
        {
            double[][] candidates = search.Ask();
            seen.UnionWith(candidates.Select(c => c[0]));
            search.Tell([.. candidates.Select(_ => double.PositiveInfinity)]);
        }

        Assert.True(seen.Count >= 5, $"{seen.Count} different candidates in five batches");
    }

    private static ISearch New(string method, ulong seed)
    {
        KeyedRandom random = new(seed, 1);
        return method switch { "random" => new RandomSearch(2, 4, random), "nelder_mead" => new NelderMead(2, 4, random), _ => new CmaEs(2, 8, random) };
    }

    private static double[][] Trace(ISearch search)
    {
        List<double[]> all = [];
        for (int batch = 0; batch < 20; batch++)
        {
            double[][] candidates = search.Ask();
            all.AddRange(candidates);
            search.Tell([.. candidates.Select(Rosenbrock)]);
        }

        return [.. all];
    }

    private static (double Value, double[] At) Best(ISearch search, Func<double[], double> of, int evaluations)
    {
        (double Value, double[] At) best = (double.PositiveInfinity, []);
        for (int used = 0; used < evaluations && search.Ask() is { Length: > 0 } batch; used += batch.Length)
        {
            double[] values = [.. batch.Select(of)];
            foreach ((double[] x, double value) in batch.Zip(values))
            {
                best = value < best.Value ? (value, x) : best;
            }

            search.Tell(values);
        }

        return best;
    }
}

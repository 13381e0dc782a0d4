using BrainSim.Engine.Kernels.Cpu;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Kernels;

/// <summary>
/// The vector code of every function against <see cref="Elementary"/>, bit for bit, at every width. All NaN count as one: which NaN an
/// operation gives is the processor's choice, and a run ends at the first one.
/// </summary>
public sealed class VectorFunctionTests
{
    private static readonly Dictionary<string, (Func<double, double> Double, Func<float, float> Single)> Unary = new()
    {
        ["exp(x)"] = (Elementary.Exp, Elementary.Exp),
        ["expm1(x)"] = (Elementary.Expm1, Elementary.Expm1),
        ["exprel(x)"] = (Elementary.Exprel, Elementary.Exprel),
        ["log(x)"] = (Elementary.Log, Elementary.Log),
        ["log1p(x)"] = (Elementary.Log1p, Elementary.Log1p),
        ["sin(x)"] = (Elementary.Sin, Elementary.Sin),
        ["cos(x)"] = (Elementary.Cos, Elementary.Cos),
        ["tan(x)"] = (Elementary.Tan, Elementary.Tan),
        ["tanh(x)"] = (Elementary.Tanh, Elementary.Tanh),
        ["sinh(x)"] = (Elementary.Sinh, Elementary.Sinh),
        ["cosh(x)"] = (Elementary.Cosh, Elementary.Cosh),
        ["sigmoid(x)"] = (Elementary.Sigmoid, Elementary.Sigmoid),
        ["sqrt(x)"] = (Math.Sqrt, MathF.Sqrt),
        ["x^0.5"] = (Math.Sqrt, MathF.Sqrt),
        ["floor(x)"] = (Math.Floor, MathF.Floor),
        ["ceil(x)"] = (Math.Ceiling, MathF.Ceiling),
        ["abs(x)"] = (Math.Abs, MathF.Abs),
        ["-x"] = (x => -x, x => -x),
        ["sign(x)"] = (x => x > 0 ? 1 : x < 0 ? -1 : x, x => x > 0 ? 1 : x < 0 ? -1 : x),
        ["clip(x, -1.5, 2.5)"] = (x => Math.Min(Math.Max(x, -1.5), 2.5), x => MathF.Min(MathF.Max(x, -1.5f), 2.5f)),
    };

    private static readonly Dictionary<string, (Func<double, double, double> Double, Func<float, float, float> Single)> Binary = new()
    {
        ["x^z"] = (Elementary.Pow, Elementary.Pow),
        ["min(x, z)"] = (Math.Min, MathF.Min),
        ["max(x, z)"] = (Math.Max, MathF.Max),
        ["where(x < z, 1, 2)"] = (static (x, z) => x < z ? 1 : 2, static (x, z) => x < z ? 1 : 2),
        ["where(x >= z, 1, 2)"] = (static (x, z) => x >= z ? 1 : 2, static (x, z) => x >= z ? 1 : 2),
        ["where(x == z, 1, 2)"] = (static (x, z) => x == z ? 1 : 2, static (x, z) => x == z ? 1 : 2),
        ["where(x != z, 1, 2)"] = (static (x, z) => x != z ? 1 : 2, static (x, z) => x != z ? 1 : 2),
        ["where(x > 0 and not z > 0, 1, 2)"] = (static (x, z) => x > 0 && !(z > 0) ? 1 : 2, static (x, z) => x > 0 && !(z > 0) ? 1 : 2),
        ["where(x > 0 or z > 0, 1, 2)"] = (static (x, z) => x > 0 || z > 0 ? 1 : 2, static (x, z) => x > 0 || z > 0 ? 1 : 2),
        ["x/z"] = (static (x, z) => x / z, static (x, z) => x / z),
        ["x*z + 3"] = (static (x, z) => Math.FusedMultiplyAdd(x, z, 3), static (x, z) => MathF.FusedMultiplyAdd(x, z, 3)),
    };

    public static TheoryData<string, string> UnaryCases => Cases(Unary.Keys);

    public static TheoryData<string, string> BinaryCases => Cases(Binary.Keys);

    [Theory]
    [MemberData(nameof(UnaryCases))]
    public void One_argument(string function, string precision)
    {
        double[] x = [.. Grid(precision)];
        Check(function, precision, x, new double[x.Length], (a, _) => precision == "float64" ? Unary[function].Double(a) : Unary[function].Single((float)a));
    }

    [Theory]
    [MemberData(nameof(BinaryCases))]
    public void Two_arguments(string function, string precision)
    {
        double[] some = [.. Grid(precision).Where((_, j) => j % 61 == 0), .. Special(precision), 1, 2, 3, -1, -2, -3, 0.5, -0.5, 1.5, 1e15, 9007199254740993];
        (double X, double Z)[] pairs = [.. some.SelectMany(x => some.Select(z => (x, z)))];
        Check(function, precision, [.. pairs.Select(p => p.X)], [.. pairs.Select(p => p.Z)],
            (a, b) => precision == "float64" ? Binary[function].Double(a, b) : Binary[function].Single((float)a, (float)b));
    }

    /// <summary>A whole power multiplies at most |n| - 1 times and divides at most once, each time with a relative error of one rounding.</summary>
    [Theory]
    [InlineData(-4)]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(32)]
    public void Whole_powers_are_multiplied_out(int exponent)
    {
        double[] x = [.. Enumerable.Range(1, 999).SelectMany(j => new[] { j * 0.004, -j * 0.004 })];
        foreach (int bits in VectorWidth.Supported)
        {
            double[] y = Apply($"x^{exponent}", "float64", bits, x, x);
            double rounding = Math.ScaleB(1, -53);
            double tolerance = (Math.Abs(exponent) <= 5 ? 1e-15 : Math.Abs(exponent) * rounding) + (2 * rounding);
            for (int j = 0; j < x.Length; j++)
            {
                double expected = Math.Pow(x[j], exponent);
                Assert.True(Math.Abs(y[j] - expected) <= tolerance * Math.Abs(expected), $"{x[j]}^{exponent} is {y[j]:r}, not {expected:r}, with {bits} bits");
            }
        }
    }

    private static TheoryData<string, string> Cases(IEnumerable<string> functions) =>
        new(functions.SelectMany(f => new[] { (f, "float64"), (f, "float32") }));

    private static void Check(string function, string precision, double[] x, double[] z, Func<double, double, double> expected)
    {
        foreach (int bits in VectorWidth.Supported)
        {
            double[] y = Apply(function, precision, bits, x, z);
            for (int j = 0; j < x.Length; j++)
            {
                double right = expected(x[j], z[j]);
                bool same = double.IsNaN(right) ? double.IsNaN(y[j]) : BitConverter.DoubleToInt64Bits(right) == BitConverter.DoubleToInt64Bits(y[j]);
                Assert.True(same, $"{function} at x = {x[j]:r}, z = {z[j]:r} is {y[j]:r}, not {right:r}, with {bits} bits in {precision}");
            }
        }
    }

    /// <summary>One step of neurons whose discrete rule is the function; x and z are state, so that nothing is computed ahead.</summary>
    private static double[] Apply(string function, string precision, int bits, double[] x, double[] z)
    {
        string text = $$"""
            name: f
            dt: 1
            duration: 1
            precision: {{precision}}
            models:
              - {model: f, kind: neuron, state: {x: 0, z: 0, y: 0}, update: {y: "{{function}}"} }
            populations: {p: {size: {{x.Length}}, model: f} }
            """;
        using ShardRun run = new(Runs.Compile(text, bits), 0, 1);
        PopulationShard population = run.State.Populations[0];
        for (int j = 0; j < x.Length; j++)
        {
            population.Write(population.Program.ColumnOf("x"), j, x[j]);
            population.Write(population.Program.ColumnOf("z"), j, z[j]);
        }

        run.State.RunUntilObserve(0);
        return [.. run.State.Column("p", "y")];
    }

    private static IEnumerable<double> Special(string precision)
    {
        double[] sizes = precision == "float64"
            ? [0, double.Epsilon, 1e-310, 2.2250738585072014e-308, 1e-20, 1, 709.782712893384, 745.2, 1e9, 1e300, double.MaxValue, double.PositiveInfinity]
            : [0, float.Epsilon, 1e-40f, 1.17549435E-38f, 1e-12f, 1, 88.72284f, 103.98f, 1e6f, 1e30f, float.MaxValue, float.PositiveInfinity];
        return sizes.SelectMany(s => new[] { s, -s }).Append(double.NaN);
    }

    /// <summary>Numbers of the precision: evenly and logarithmically spaced, random bits, and special ones.</summary>
    private static IEnumerable<double> Grid(string precision)
    {
        bool wide = precision == "float64";
        Random random = new(5);
        double reach = wide ? 760 : 110;
        double decades = wide ? 323 : 44;
        IEnumerable<double> even = Enumerable.Range(-4000, 8001).Select(j => j * reach / 4000);
        IEnumerable<double> small = Enumerable.Range(-2000, 4001).Select(j => j / 500.0);
        IEnumerable<double> spread = Enumerable.Range(-4000, 8001).Select(j => Math.Sign(j) * Math.Pow(10, (Math.Abs(j) / 4000.0 * 2 * decades) - decades));
        IEnumerable<double> bits = Enumerable.Range(0, 8000).Select(_ => wide ? BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)) : BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)));
        return even.Concat(small).Concat(spread).Concat(bits).Concat(Special(precision)).Select(x => wide ? x : (double)(float)x);
    }
}

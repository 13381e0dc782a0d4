using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Units;

public sealed class ElementarySpecialValueTests
{
    private const double Inf = double.PositiveInfinity;
    private const double NaN = double.NaN;

    private static readonly Dictionary<string, (Func<double, double> Double, Func<float, float> Single)> Functions = new()
    {
        ["exp"] = (Elementary.Exp, Elementary.Exp),
        ["expm1"] = (Elementary.Expm1, Elementary.Expm1),
        ["exprel"] = (Elementary.Exprel, Elementary.Exprel),
        ["log"] = (Elementary.Log, Elementary.Log),
        ["log1p"] = (Elementary.Log1p, Elementary.Log1p),
        ["sin"] = (Elementary.Sin, Elementary.Sin),
        ["cos"] = (Elementary.Cos, Elementary.Cos),
        ["tan"] = (Elementary.Tan, Elementary.Tan),
        ["tanh"] = (Elementary.Tanh, Elementary.Tanh),
        ["sinh"] = (Elementary.Sinh, Elementary.Sinh),
        ["cosh"] = (Elementary.Cosh, Elementary.Cosh),
        ["sigmoid"] = (Elementary.Sigmoid, Elementary.Sigmoid),
    };

    /// <summary>Values that hold in both precisions.</summary>
    [Theory]
    [InlineData("exp", 0, 1)]
    [InlineData("exp", -0.0, 1)]
    [InlineData("exp", Inf, Inf)]
    [InlineData("exp", -Inf, 0)]
    [InlineData("exp", 1e30, Inf)]
    [InlineData("exp", -1e30, 0)]
    [InlineData("exp", NaN, NaN)]
    [InlineData("expm1", 0, 0)]
    [InlineData("expm1", -0.0, -0.0)]
    [InlineData("expm1", 1e-30, 1e-30)]
    [InlineData("expm1", 1e-44, 1e-44)]
    [InlineData("expm1", Inf, Inf)]
    [InlineData("expm1", -Inf, -1)]
    [InlineData("expm1", 1e30, Inf)]
    [InlineData("expm1", -1e30, -1)]
    [InlineData("expm1", NaN, NaN)]
    [InlineData("exprel", 0, 1)]
    [InlineData("exprel", -0.0, 1)]
    [InlineData("exprel", 1e-44, 1)]
    [InlineData("exprel", Inf, Inf)]
    [InlineData("exprel", -Inf, 0)]
    [InlineData("exprel", NaN, NaN)]
    [InlineData("log", 1, 0)]
    [InlineData("log", 0, -Inf)]
    [InlineData("log", -0.0, -Inf)]
    [InlineData("log", Inf, Inf)]
    [InlineData("log", -1, NaN)]
    [InlineData("log", -1e-44, NaN)]
    [InlineData("log", -Inf, NaN)]
    [InlineData("log", NaN, NaN)]
    [InlineData("log1p", 0, 0)]
    [InlineData("log1p", 1e-30, 1e-30)]
    [InlineData("log1p", -1, -Inf)]
    [InlineData("log1p", -1.5, NaN)]
    [InlineData("log1p", -Inf, NaN)]
    [InlineData("log1p", Inf, Inf)]
    [InlineData("log1p", NaN, NaN)]
    [InlineData("sin", 0, 0)]
    [InlineData("sin", 1e-30, 1e-30)]
    [InlineData("sin", Inf, NaN)]
    [InlineData("sin", -Inf, NaN)]
    [InlineData("sin", NaN, NaN)]
    [InlineData("sin", 1e14, NaN)]
    [InlineData("cos", 0, 1)]
    [InlineData("cos", Inf, NaN)]
    [InlineData("cos", NaN, NaN)]
    [InlineData("cos", -1e30, NaN)]
    [InlineData("tan", 0, 0)]
    [InlineData("tan", Inf, NaN)]
    [InlineData("tanh", 0, 0)]
    [InlineData("tanh", -0.0, -0.0)]
    [InlineData("tanh", Inf, 1)]
    [InlineData("tanh", -Inf, -1)]
    [InlineData("tanh", 1e-30, 1e-30)]
    [InlineData("tanh", NaN, NaN)]
    [InlineData("sinh", 0, 0)]
    [InlineData("sinh", -0.0, -0.0)]
    [InlineData("sinh", 1e-30, 1e-30)]
    [InlineData("sinh", Inf, Inf)]
    [InlineData("sinh", -Inf, -Inf)]
    [InlineData("sinh", NaN, NaN)]
    [InlineData("cosh", 0, 1)]
    [InlineData("cosh", Inf, Inf)]
    [InlineData("cosh", -Inf, Inf)]
    [InlineData("cosh", NaN, NaN)]
    [InlineData("sigmoid", 0, 0.5)]
    [InlineData("sigmoid", Inf, 1)]
    [InlineData("sigmoid", -Inf, 0)]
    [InlineData("sigmoid", -1e30, 0)]
    [InlineData("sigmoid", NaN, NaN)]
    public void One_argument(string name, double x, double expected)
    {
        (Func<double, double> inDouble, Func<float, float> inSingle) = Functions[name];
        Assert.Equal(Bits(expected), Bits(inDouble(x)));
        Assert.Equal(Bits((float)expected), Bits(inSingle((float)x)));
    }

    /// <summary>IEEE 754-2019, section 9.2.1.</summary>
    [Theory]
    [InlineData(5, 0, 1)]
    [InlineData(NaN, 0, 1)]
    [InlineData(0, 0, 1)]
    [InlineData(1, NaN, 1)]
    [InlineData(1, Inf, 1)]
    [InlineData(-1, Inf, 1)]
    [InlineData(-1, -Inf, 1)]
    [InlineData(-1, 3, -1)]
    [InlineData(-1, 4, 1)]
    [InlineData(-1, 0.5, NaN)]
    [InlineData(0, 2, 0)]
    [InlineData(0, 0.5, 0)]
    [InlineData(0, -1, Inf)]
    [InlineData(-0.0, -1, -Inf)]
    [InlineData(-0.0, -2, Inf)]
    [InlineData(-0.0, 3, -0.0)]
    [InlineData(-0.0, 2, 0)]
    [InlineData(Inf, 2, Inf)]
    [InlineData(Inf, -2, 0)]
    [InlineData(-Inf, 3, -Inf)]
    [InlineData(-Inf, 2, Inf)]
    [InlineData(-Inf, 0.5, Inf)]
    [InlineData(-Inf, -3, -0.0)]
    [InlineData(2, Inf, Inf)]
    [InlineData(2, -Inf, 0)]
    [InlineData(0.5, Inf, 0)]
    [InlineData(-0.5, Inf, 0)]
    [InlineData(-2, 0.5, NaN)]
    [InlineData(2, NaN, NaN)]
    [InlineData(NaN, 2, NaN)]
    [InlineData(-2, NaN, NaN)]
    [InlineData(10, 400, Inf)]
    [InlineData(10, -400, 0)]
    [InlineData(-10, 401, -Inf)]
    public void Power(double x, double y, double expected)
    {
        Assert.Equal(Bits(expected), Bits(Elementary.Pow(x, y)));
        Assert.Equal(Bits((float)expected), Bits(Elementary.Pow((float)x, (float)y)));
    }

    [Fact]
    public void Power_of_a_negative_base_takes_the_sign_of_a_whole_exponent()
    {
        Assert.Equal(-8, Elementary.Pow(-2.0, 3.0), 1e-14);
        Assert.Equal(0.25, Elementary.Pow(-2.0, -2.0), 1e-15);
        Assert.Equal(-8f, Elementary.Pow(-2f, 3f), 1e-5f);
    }

    [Fact]
    public void Exp_ends_exactly_where_it_says()
    {
        Assert.InRange(Elementary.Exp(Binary64.ExpMax), 1.797e308, double.MaxValue);
        Assert.Equal(Inf, Elementary.Exp(Math.BitIncrement(Binary64.ExpMax)));
        Assert.Equal(Inf, Elementary.Exp(Binary64.ExpHigh));
        Assert.Equal(double.Epsilon, Elementary.Exp(-745.13));
        Assert.Equal(0, Elementary.Exp(-745.14));
        Assert.Equal(0, Elementary.Exp(Binary64.ExpLow));
        Assert.Equal(Math.Exp(-730), Elementary.Exp(-730.0), 5 * double.Epsilon);
        Assert.InRange(Elementary.Expm1(Binary64.ExpMax), 1.797e308, double.MaxValue);
        Assert.Equal(Inf, Elementary.Expm1(Binary64.ExpHigh));
        Assert.InRange(Elementary.Exprel(Binary64.ExpMax), 2.5e305, 2.6e305);
    }

    [Fact]
    public void Exp_in_single_ends_exactly_where_it_says()
    {
        Assert.InRange(Elementary.Exp(Binary32.ExpMax), 3.4e38f, float.MaxValue);
        Assert.Equal(float.PositiveInfinity, Elementary.Exp(MathF.BitIncrement(Binary32.ExpMax)));
        Assert.Equal(float.PositiveInfinity, Elementary.Exp(Binary32.ExpHigh));
        Assert.Equal(float.Epsilon, Elementary.Exp(-103.9f));
        Assert.Equal(0, Elementary.Exp(Binary32.ExpLow));
        Assert.InRange(Elementary.Expm1(Binary32.ExpMax), 3.4e38f, float.MaxValue);
    }

    [Fact]
    public void Log_takes_subnormal_and_largest_arguments()
    {
        Assert.Equal(-744.4400719213812, Elementary.Log(double.Epsilon), 2e-13);
        Assert.Equal(-708.3964185322642, Elementary.Log(2.2250738585072009E-308), 2e-13);
        Assert.Equal(709.782712893384, Elementary.Log(double.MaxValue), 2e-13);
        Assert.Equal(-103.27893f, Elementary.Log(float.Epsilon), 1e-5f);
        Assert.Equal(88.72284f, Elementary.Log(float.MaxValue), 1e-5f);
    }

    /// <summary>All NaNs alike: their payload and sign differ between processors and mean nothing.</summary>
    private static long Bits(double x) => BitConverter.DoubleToInt64Bits(double.IsNaN(x) ? NaN : x);

    private static int Bits(float x) => BitConverter.SingleToInt32Bits(float.IsNaN(x) ? float.NaN : x);
}

using BrainSim.Engine.Expressions;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BrainSim.Tests.Engine.Expressions;

/// <summary>FsCheck's failures name the seed that repeats them.</summary>
public sealed class ExpressionPropertyTests
{
    /// <summary>No sums or multiples of each other and of eighths, so that no kink lies exactly there.</summary>
    private static readonly Dictionary<string, double> At = new() { ["x"] = 0.7113724, ["y"] = -1.3271931, ["z"] = 2.1390817 };

    private static Config Many => Config.QuickThrowOnFailure.WithMaxTest(2000);

    [Fact]
    public void What_is_printed_reads_back_as_the_same_tree() =>
        Prop.ForAll(RandomExpressions.All, expr => ExpressionParser.Parse(expr.ToString()).Equals(expr)).Label("print, parse").Check(Many);

    [Fact]
    public void Simplifying_keeps_the_value_and_is_done_after_one_pass() => Prop.ForAll(RandomExpressions.Calm, expr =>
    {
        Expr simple = Algebra.Simplify(expr);
        return !IsFiniteThroughout(expr) || (Close(Value(simple), Value(expr), 1e-12) && Algebra.Simplify(simple).Size <= simple.Size);
    }).Check(Many);

    [Fact]
    public void A_polynomial_adds_up_to_its_expression() => Prop.ForAll(RandomExpressions.Calm, expr =>
    {
        Polynomial polynomial = Polynomial.Of(expr, "x");
        double[] terms = [.. Enumerable.Range(0, 17).Select(k => Value(polynomial.Coefficient(k)) * Math.Pow(At["x"], k))];
        double largest = terms.Max(Math.Abs);
        double sum = Value(polynomial.Rest) + (Value(polynomial.Coefficient(1)) * At["x"]);

        // Terms may cancel: the tolerance is relative to the largest of them.
        return !IsFiniteThroughout(expr) || !terms.All(double.IsFinite) || Derivable(expr)
            || (Math.Abs(terms.Sum() - Value(expr)) <= 1e-9 * (largest + 1) && Math.Abs(sum - Value(expr)) <= 1e-9 * (largest + 1));
    }).Check(Many);

    [Fact]
    public void What_a_polynomial_calls_linear_has_no_curvature() => Prop.ForAll(RandomExpressions.Calm, expr =>
    {
        double[] y = [.. new[] { -0.5, 0.25, 1.0 }.Select(x => Value(expr, x))];
        double scale = y.Max(Math.Abs) + 1;
        return !Polynomial.Of(expr, "x").IsLinear || !y.All(double.IsFinite) || scale > 1e6 || Math.Abs(y[0] - (2 * y[1]) + y[2]) <= 1e-8 * scale;
    }).Check(Many);

    /// <summary>Where differences with two steps, or to both sides, disagree, the function is not smooth there, and nothing is compared.</summary>
    [Fact]
    public void Derivatives_agree_with_finite_differences()
    {
        int compared = 0;
        Prop.ForAll(RandomExpressions.Calm, expr =>
        {
            double coarse = Difference(expr, 1e-4);
            double fine = Difference(expr, 3e-5);
            double exact = Value(Derivative.Of(expr, "x"));
            bool smooth = Math.Abs(Value(expr)) < 1e3 && Math.Abs(coarse) < 1e3 && Math.Abs(coarse - fine) < 1e-6 && double.IsFinite(exact)
                && Math.Abs(Value(expr, At["x"] + 1e-4) - (2 * Value(expr)) + Value(expr, At["x"] - 1e-4)) < 1e-4 * 1e-4 * 1e3;
            compared += smooth && expr.Mentions("x") ? 1 : 0;
            return !smooth || Math.Abs(exact - fine) <= 1e-4 * (1 + Math.Abs(fine));
        }).Check(Many);
        Assert.InRange(compared, 300, 2000);
    }

    private static double Difference(Expr expr, double h) => (Value(expr, At["x"] + h) - Value(expr, At["x"] - h)) / (2 * h);

    private static double Value(Expr expr, double? x = null) => Evaluation.Of(expr, name => name == "x" ? x ?? At["x"] : At[name]);

    /// <summary>Powers and quotients of numbers near the limits lose every digit; such samples are left out.</summary>
    private static bool Derivable(Expr expr) => Parts(expr).Any(part => Math.Abs(Value(part)) is > 1e6 or (> 0 and < 1e-6));

    private static bool IsFiniteThroughout(Expr expr) => Parts(expr).All(part => double.IsFinite(Value(part)));

    private static IEnumerable<Expr> Parts(Expr expr) => expr is Call call ? call.Arguments.SelectMany(Parts).Append(expr) : [expr];

    private static bool Close(double a, double b, double relative) => Math.Abs(a - b) <= relative * Math.Max(Math.Abs(a), Math.Abs(b));
}

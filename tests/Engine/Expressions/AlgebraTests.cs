using BrainSim.Engine.Expressions;
using Xunit;

namespace BrainSim.Tests.Engine.Expressions;

public sealed class AlgebraTests
{
    [Theory]
    [InlineData("0*x", "0")]
    [InlineData("0/x", "0")]
    [InlineData("x - x", "0")]
    [InlineData("x + 0 - 0", "x")]
    [InlineData("1*x/1", "x")]
    [InlineData("-(-x)", "x")]
    [InlineData("a - -x", "a + x")]
    [InlineData("x^1 + x^0", "x + 1")]
    [InlineData("where(1 < 2, a, b)", "a")]
    [InlineData("where(x > 0, a, a)", "a")]
    [InlineData("where(1 < 2 and x > 0, a, b)", "where(x > 0, a, b)")]
    [InlineData("where(1 > 2 or x > 0, a, b)", "where(x > 0, a, b)")]
    [InlineData("2*3 + 4", "10")]
    [InlineData("1/0", "1/0")]
    [InlineData("1/(a - a)", "1/0")]
    [InlineData("1e308*10", "1E+308*10")]
    public void Identities_and_constants_are_folded(string text, string expected) =>
        Assert.Equal(expected, Algebra.Simplify(ExpressionParser.Parse(text)).ToString());

    /// <summary>Two draws that look the same are two draws.</summary>
    [Theory]
    [InlineData("uniform(0, 1) - uniform(0, 1)")]
    [InlineData("where(x > 0, normal(0, 1), normal(0, 1))")]
    public void Random_functions_are_never_cancelled(string text) =>
        Assert.Equal(text, Algebra.Simplify(ExpressionParser.Parse(text)).ToString());

    [Theory]
    [InlineData("(E - V)/tau", true, "-1/tau")]
    [InlineData("(V - V)*V + V", true, "1")]
    [InlineData("where(g > 0, 2*V, V)", true, "where(g > 0, 2, 1)")]
    [InlineData("g", true, "0")]
    [InlineData("V^2 - V*V + 3*V", true, "3")]
    [InlineData("V^2 + 3*V", false, "3")]
    [InlineData("exp(V)", false, "0")]
    [InlineData("V*exp(V)", false, "exp(V)")]
    [InlineData("g/V", false, "0")]
    [InlineData("min(V, 1)", false, "0")]
    [InlineData("where(V > 0, V, 2)", false, "0")]
    public void Linear_is_what_has_a_fixed_slope(string text, bool isLinear, string slope)
    {
        Polynomial polynomial = Polynomial.Of(Algebra.Simplify(ExpressionParser.Parse(text)), "V");
        Assert.Equal((isLinear, slope), (polynomial.IsLinear, Algebra.Simplify(polynomial.Coefficient(1)).ToString()));
    }

    [Fact]
    public void Names_come_once_in_the_order_of_the_text() =>
        Assert.Equal(["b", "a", "post.V"], Rewriting.NamesIn(ExpressionParser.Parse("b + a*b - sin(post.V)^a")));

    [Fact]
    public void Substitution_puts_expressions_in_place_at_once() => Assert.Equal(
        "y + x",
        Rewriting.Substitute(ExpressionParser.Parse("x + y"), new Dictionary<string, Expr> { ["x"] = new Name("y"), ["y"] = new Name("x") }).ToString());
}

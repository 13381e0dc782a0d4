using BrainSim.Engine.Expressions;
using Xunit;

namespace BrainSim.Tests.Engine.Expressions;

public sealed class ExpressionParserTests
{
    [Theory]
    [InlineData("-x^2", "-x^2", -9)]
    [InlineData("(-x)^2", "(-x)^2", 9)]
    [InlineData("2^-3", "2^-3", 0.125)]
    [InlineData("2**3**2", "2^3^2", 512)]
    [InlineData("(2^3)^2", "(2^3)^2", 64)]
    [InlineData("10-x-1", "10 - x - 1", 6)]
    [InlineData("10-(x-1)", "10 - (x - 1)", 8)]
    [InlineData("12/x*2", "12/x*2", 8)]
    [InlineData("12/(x*2)", "12/(x*2)", 2)]
    [InlineData("-x*2", "-x*2", -6)]
    [InlineData("2 - -x", "2 - -x", 5)]
    [InlineData("--2", "-(-2)", 2)]
    [InlineData("-(2)", "-(2)", -2)]
    [InlineData("+x", "x", 3)]
    [InlineData("1e3*x", "1000*x", 3000)]
    [InlineData("1e-3 + .5 + 5.", "0.001 + 0.5 + 5", 5.501)]
    [InlineData("2e-1x", null, 0)]
    [InlineData("where(not x > 5 and x < 4, 1, 2)", "where(not x > 5 and x < 4, 1, 2)", 1)]
    [InlineData("where(not (x > 5 or x < 4), 1, 2)", "where(not (x > 5 or x < 4), 1, 2)", 2)]
    [InlineData("where(x > 5 and x < 4 or x == 3, 1, 2)", "where(x > 5 and x < 4 or x == 3, 1, 2)", 1)]
    [InlineData("min(x, 2, 5) + max(x, 2, 5) + clip(x, 0, 1)", "min(x, 2, 5) + max(x, 2, 5) + clip(x, 0, 1)", 8)]
    [InlineData("sin(pi/2) + e - e", "sin(pi/2) + e - e", 1)]
    public void Precedence_is_that_of_mathematics(string text, string? printed, double value)
    {
        if (printed is null)
        {
            Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(text));
            return;
        }

        Expr expr = ExpressionParser.Parse(text);
        Assert.Equal(printed, expr.ToString());
        Assert.Equal(value, Evaluation.Of(Algebra.Simplify(expr), _ => 3), 12);
    }

    [Theory]
    [InlineData("", "a number or an expression is missing")]
    [InlineData("  ", "a number or an expression is missing")]
    [InlineData("1 +", "character 4 of '1 +' is the end, where a number, a name or '(' is expected")]
    [InlineData("x y", "character 3 of 'x y' is 'y', where an operator or the end is expected")]
    [InlineData("(x", "character 3 of '(x' is the end, where ')' is expected")]
    [InlineData("x)", "character 2 of 'x)' is ')', where an operator or the end is expected")]
    [InlineData("min(x; 2)", "character 6 of 'min(x; 2)' is ';', where ',' or ')' is expected")]
    [InlineData("1..2", "'1..2' is no number (character 1 of '1..2')")]
    [InlineData("2x", "'2x' is no number; a product is written 2*x (character 1 of '2x')")]
    [InlineData("V + 1e999", "'1e999' is too large for float64 (5e-324 to 1.8e308) (character 5 of 'V + 1e999')")]
    [InlineData("1e-999", "'1e-999' is too small for float64 (5e-324 to 1.8e308) (character 1 of '1e-999')")]
    [InlineData("NaN", "'NaN' cannot be used; every number must be finite (character 1 of 'NaN')")]
    [InlineData("-inf", "'inf' cannot be used; every number must be finite (character 2 of '-inf')")]
    [InlineData("µ + 1", "character 1 of 'µ + 1' is 'µ', where a number, a name or '(' is expected; names have the letters a to z, digits and _")]
    [InlineData("x + 😀", "character 5 of 'x + 😀' is '😀', where a number, a name or '(' is expected")]
    [InlineData("x = 1", "character 3 of 'x = 1' is '=', where an operator or the end is expected; equality is written ==")]
    [InlineData("x > 1 && x < 2", "character 7 of 'x > 1 && x < 2' is '&', where an operator or the end is expected; write and")]
    [InlineData("exo(x)", "there is no function exo, as at character 1 of 'exo(x)'. Did you mean exp?")]
    [InlineData("exp", "exp is a function; write exp(...) (character 1 of 'exp')")]
    [InlineData("exp(1, 2)", "exp takes 1 argument, not 2 (character 1 of 'exp(1, 2)')")]
    [InlineData("min(1)", "min takes 2 to 64 arguments, not 1 (character 1 of 'min(1)')")]
    [InlineData("clip()", "clip takes 3 arguments, not 0 (character 1 of 'clip()')")]
    [InlineData("a < b < c", "comparisons cannot be chained; write 'a < b and b < c' (character 8 of 'a < b < c')")]
    [InlineData("a and b > 1", "'and' needs conditions, such as V > 0, and 'a' is a number (character 12 of 'a and b > 1')")]
    [InlineData("not a", "'not' needs conditions, such as V > 0, and 'a' is a number (character 6 of 'not a')")]
    [InlineData("(V > 0)*2", "'V > 0' is a condition where a number is needed; write where(..., 1, 0) (character 10 of '(V > 0)*2')")]
    [InlineData("where(V, 1, 2)", "the first argument of where must be a condition, such as V > 0, and V is a number (character 1 of 'where(V, 1, 2)')")]
    [InlineData("and", "'and' stands where a number, a name or '(' is expected (character 1 of 'and')")]
    public void What_is_no_expression_says_where_and_why(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(text)).Message);

    /// <summary>On a stack of 512 KB, half of the smallest that the program runs on.</summary>
    [Theory]
    [InlineData("(", 10_000, "x", ")")]
    [InlineData("sin(", 5_000, "x", ")")]
    [InlineData("2^", 9_000, "x", "")]
    [InlineData("not ", 4_000, "x > 1", "")]
    [InlineData("- ", 9_000, "x", "")]
    [InlineData("x+", 9_000, "x", "")]
    [InlineData("x*", 9_000, "x", "")]
    [InlineData("x/", 9_000, "x", "")]
    [InlineData("where(x>0,x,", 1_600, "x", ")")]
    [InlineData("min(x,", 3_000, "x", ")")]
    [InlineData("x>1 and ", 2_000, "x > 1", "")]
    [InlineData("x", 1_000_000, "", "")]
    public void Deep_and_long_texts_are_refused_in_a_sentence(string open, int times, string middle, string close)
    {
        string text = string.Concat(Enumerable.Repeat(open, times)) + middle + string.Concat(Enumerable.Repeat(close, times));
        string message = OnSmallStack(() => Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(text)).Message);
        Assert.Matches("nested more than 200 deep|more than 500 operators|at most 20000", message);
        Assert.InRange(message.Length, 20, 300);
    }

    [Theory]
    [InlineData("x + ", 498, "")]
    [InlineData("x * ", 498, "")]
    [InlineData("x / ", 498, "")]
    [InlineData("- ", 498, "")]
    [InlineData("sin(", 199, ")")]
    [InlineData("2 ^ ", 199, "")]
    [InlineData("min(x, ", 199, ")")]
    [InlineData("exprel(x/", 199, ")")]
    [InlineData("where(x > 0, x, ", 199, ")")]
    public void The_deepest_trees_pass_through_everything(string open, int times, string close)
    {
        string text = string.Concat(Enumerable.Repeat(open, times)) + "x" + string.Concat(Enumerable.Repeat(close, times));
        OnSmallStack(() =>
        {
            Expr expr = ExpressionParser.Parse(text);
            Expr slope = Algebra.Simplify(Derivative.Of(expr, "x"));
            Expr other = Rewriting.Substitute(Algebra.Simplify(expr), new Dictionary<string, Expr> { ["x"] = new Name("y") });
            Polynomial.Of(expr, "x");
            Assert.Equal(ExpressionParser.Parse(text), expr);
            Assert.Equal(expr, ExpressionParser.Parse(expr.ToString()));
            Assert.DoesNotContain("x", Rewriting.NamesIn(other));
            Evaluation.Of(slope, _ => 0.5);
            return Evaluation.Of(expr, _ => 0.5);
        });
    }

    /// <summary>What the compiler of a model may be given: helpers written into each other.</summary>
    [Theory]
    [InlineData(Op.Sin)]
    [InlineData(Op.Exprel)]
    [InlineData(Op.Sigmoid)]
    [InlineData(Op.Add)]
    [InlineData(Op.Multiply)]
    [InlineData(Op.Divide)]
    [InlineData(Op.Power)]
    [InlineData(Op.Max)]
    public void Trees_of_the_greatest_depth_pass_through_algebra(Op op)
    {
        Expr expr = new Name("x");
        while (expr.Depth < Expr.Deepest)
        {
            expr = op.Facts().Least == 1 ? new Call(op, expr) : new Call(op, expr, new Name("x"));
        }

        OnSmallStack(() =>
        {
            Expr slope = Algebra.Simplify(Derivative.Of(expr, "x"));
            Polynomial.Of(Algebra.Simplify(expr), "x");
            Assert.NotEmpty(expr.ToString());
            return Evaluation.Of(expr, _ => 0.5) + Rewriting.NamesIn(slope).Count;
        });
    }

    private static T OnSmallStack<T>(Func<T> work)
    {
        T? result = default;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception e)
            {
                failure = e;
            }
        }, maxStackSize: 512 * 1024);
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw failure;
    }
}

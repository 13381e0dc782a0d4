namespace BrainSim.Engine.Expressions;

/// <summary>An expression seen as a polynomial in one variable, its coefficients by rising degree. A coefficient may still hold functions of the variable (<c>exp(V)</c>), which are not taken apart.</summary>
public sealed class Polynomial
{
    private const int HighestDegree = 16;

    private readonly string variable;
    private readonly SortedDictionary<int, Expr> coefficients;

    private Polynomial(string variable, SortedDictionary<int, Expr> coefficients) => (this.variable, this.coefficients) = (variable, coefficients);

    public static Polynomial Of(Expr expr, string variable) => new(variable, Expand(expr, variable));

    public Expr Coefficient(int degree) => coefficients.GetValueOrDefault(degree, new Number(0));

    /// <summary>True when the expression is <c>a*x + b</c> with a and b free of x.</summary>
    public bool IsLinear => coefficients.All(c => c.Key <= 1 && !c.Value.Mentions(variable));

    /// <summary>Everything but the part of degree one.</summary>
    public Expr Rest => coefficients.Where(c => c.Key != 1)
        .Aggregate((Expr)new Number(0), (sum, c) => sum + (c.Value * Algebra.Power(new Name(variable), (double)c.Key)));

    private static SortedDictionary<int, Expr> Expand(Expr expr, string x)
    {
        if (expr is Name name && name.Id == x)
        {
            return new() { [1] = 1.0 };
        }

        if (expr is not Call call || !expr.Mentions(x))
        {
            return Constant(expr);
        }

        Expr first = call.Arguments[0];
        Expr second = call.Arguments.Length > 1 ? call.Arguments[1] : first;
        return call.Op switch
        {
            Op.Add => Sum(Expand(first, x), Expand(second, x), 1),
            Op.Subtract => Sum(Expand(first, x), Expand(second, x), -1),
            Op.Negate => Sum([], Expand(first, x), -1),
            Op.Multiply => Product(Expand(first, x), Expand(second, x)) ?? Constant(expr),
            Op.Divide when !second.Mentions(x) => Scaled(Expand(first, x), c => c / second),
            Op.Divide when !(first is Number) => Product(Expand(first, x), Constant(1.0 / second)) ?? Constant(expr),
            Op.Power when second is Number { Value: >= 0 and <= HighestDegree } n && n.Value == Math.Floor(n.Value) => Power(Expand(first, x), (int)n.Value) ?? Constant(expr),
            Op.Where when !first.Mentions(x) => Branches(first, Expand(second, x), Expand(call.Arguments[2], x)),
            _ => Constant(expr),
        };
    }

    private static SortedDictionary<int, Expr> Constant(Expr expr) => expr is Number { Value: 0 } ? [] : new() { [0] = expr };

    private static SortedDictionary<int, Expr> Scaled(SortedDictionary<int, Expr> a, Func<Expr, Expr> scale) =>
        new(a.ToDictionary(c => c.Key, c => scale(c.Value)));

    private static SortedDictionary<int, Expr> Sum(SortedDictionary<int, Expr> a, SortedDictionary<int, Expr> b, int sign)
    {
        SortedDictionary<int, Expr> sum = new(a);
        foreach ((int degree, Expr value) in b)
        {
            Add(sum, degree, sign > 0 ? value : -value);
        }

        return sum;
    }

    private static SortedDictionary<int, Expr>? Product(SortedDictionary<int, Expr> a, SortedDictionary<int, Expr> b)
    {
        SortedDictionary<int, Expr> product = [];
        foreach ((int i, Expr left) in a)
        {
            foreach ((int j, Expr right) in b)
            {
                if (i + j > HighestDegree)
                {
                    return null;
                }

                Add(product, i + j, left * right);
            }
        }

        return product;
    }

    private static SortedDictionary<int, Expr>? Power(SortedDictionary<int, Expr> a, int exponent)
    {
        SortedDictionary<int, Expr>? power = new() { [0] = 1.0 };
        for (int i = 0; i < exponent && power is not null; i++)
        {
            power = Product(power, a);
        }

        return power;
    }

    private static SortedDictionary<int, Expr> Branches(Expr condition, SortedDictionary<int, Expr> yes, SortedDictionary<int, Expr> no) =>
        new(yes.Keys.Union(no.Keys).ToDictionary(
            degree => degree,
            degree => Algebra.Where(condition, yes.GetValueOrDefault(degree, 0.0), no.GetValueOrDefault(degree, 0.0))));

    private static void Add(SortedDictionary<int, Expr> sum, int degree, Expr value)
    {
        Expr total = sum.TryGetValue(degree, out Expr? present) ? present + value : value;
        if (total is Number { Value: 0 })
        {
            sum.Remove(degree);
        }
        else
        {
            sum[degree] = total;
        }
    }
}

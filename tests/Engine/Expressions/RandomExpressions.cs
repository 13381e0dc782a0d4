using BrainSim.Engine.Expressions;
using FsCheck;
using FsCheck.Fluent;

namespace BrainSim.Tests.Engine.Expressions;

/// <summary>Generators of trees that the parser can give: numbers and conditions do not mix.</summary>
internal static class RandomExpressions
{
    public static readonly string[] Names = ["x", "V", "post.V", "Na.m", "old.V", "_a1", "N", "order", "android", "notch", "E1"];

    private static readonly Op[] OneNumber =
    [
        Op.Negate, Op.Abs, Op.Sign, Op.Floor, Op.Ceil, Op.Round, Op.Exp, Op.Expm1, Op.Log, Op.Log1p, Op.Sqrt, Op.Sin, Op.Cos, Op.Tan, Op.Tanh, Op.Sinh, Op.Cosh,
        Op.Sigmoid, Op.Exprel,
    ];

    private static readonly Op[] TwoNumbers = [Op.Add, Op.Subtract, Op.Multiply, Op.Divide, Op.Power];

    private static readonly Op[] Comparisons = [Op.Less, Op.LessOrEqual, Op.Greater, Op.GreaterOrEqual, Op.Equal, Op.NotEqual];

    private static readonly Op[] Random = [Op.Normal, Op.Uniform, Op.Lognormal, Op.Gamma];

    private static readonly double[] Special = [0, -0.0, 1, -1, 2, 0.5, 10, -3, 1e300, -1e-300, 5e-324, 0.1, 1e22, 123456789.125];

    private static readonly Gen<Expr> Literal = Gen.OneOf(
        Gen.Elements(Special), Gen.Choose(-1000, 1000).Select(n => n / 8.0), Gen.Choose(int.MinValue, int.MaxValue).Select(n => n * 1e-7)).Select(value => (Expr)new Number(value));

    /// <summary>Every operator and function of the language.</summary>
    public static Arbitrary<Expr> All { get; } = Gen.Sized(size => OfNumber(Math.Min(size / 8, 5), Literal, Names, withRandom: true)).ToArbitrary();

    /// <summary>Without random functions, of numbers near 1.</summary>
    public static Arbitrary<Expr> Calm { get; } = Gen.Sized(size => OfNumber(
        Math.Min(size / 8, 5), Gen.Choose(-40, 40).Select(n => (Expr)new Number(n / 8.0)), ["x", "y", "z"], withRandom: false)).ToArbitrary();

    private static Gen<Expr> OfNumber(int depth, Gen<Expr> literal, string[] names, bool withRandom)
    {
        Gen<Expr> leaf = Gen.OneOf(literal, Gen.Elements(names).Select(id => (Expr)new Name(id)));
        if (depth <= 0)
        {
            return leaf;
        }

        Gen<Expr> inner = OfNumber(depth - 1, literal, names, withRandom);
        Gen<Expr> condition = OfCondition(depth - 1, inner);
        List<Gen<Expr>> all =
        [
            leaf,
            from op in Gen.Elements(OneNumber) from a in inner select (Expr)new Call(op, a),
            from op in Gen.Elements(TwoNumbers) from a in inner from b in inner select (Expr)new Call(op, a, b),
            from op in Gen.Elements(TwoNumbers) from a in inner from b in inner select (Expr)new Call(op, a, b),
            from op in Gen.Elements(Op.Min, Op.Max) from a in inner from b in inner from c in inner select (Expr)new Call(op, a, b, c),
            from a in inner from b in inner from c in inner select (Expr)new Call(Op.Clip, a, b, c),
            from a in condition from b in inner from c in inner select (Expr)new Call(Op.Where, a, b, c),
        ];
        if (withRandom)
        {
            all.Add(from op in Gen.Elements(Random) from a in inner from b in inner select (Expr)new Call(op, a, b));
            all.Add(from a in inner from b in inner from c in inner from d in inner select (Expr)new Call(Op.TruncatedNormal, a, b, c, d));
            all.Add(from op in Gen.Elements(Op.Exponential, Op.Poisson, Op.Choice) from a in inner select (Expr)new Call(op, a));
        }

        return Gen.OneOf([.. all]);
    }

    private static Gen<Expr> OfCondition(int depth, Gen<Expr> number)
    {
        Gen<Expr> comparison = from op in Gen.Elements(Comparisons) from a in number from b in number select (Expr)new Call(op, a, b);
        if (depth <= 0)
        {
            return comparison;
        }

        Gen<Expr> inner = OfCondition(depth - 1, number);
        return Gen.OneOf(
            comparison,
            inner.Select(a => (Expr)new Call(Op.Not, a)),
            from op in Gen.Elements(Op.And, Op.Or) from a in inner from b in inner select (Expr)new Call(op, a, b));
    }
}

namespace BrainSim.Engine.Expressions;

/// <summary>Symbolic derivative of an expression by a name. At kinks (abs, min, where ...) it is the derivative of the branch that holds there; steps have derivative 0.</summary>
public static class Derivative
{
    public static Expr Of(Expr expr, string variable)
    {
        Dictionary<Expr, Expr> done = new(ReferenceEqualityComparer.Instance);
        foreach (Expr node in Rewriting.ArgumentsFirst(expr))
        {
            done[node] = node switch
            {
                Name name => name.Id == variable ? 1.0 : 0.0,
                Call call => OfCall(call, argument => done[argument]),
                _ => 0.0,
            };
        }

        return done[expr];
    }

    private static Expr OfCall(Call call, Func<Expr, Expr> d)
    {
        Expr a = call.Arguments[0];
        Expr b = call.Arguments.Length > 1 ? call.Arguments[1] : a;
        return call.Op switch
        {
            Op.Add => d(a) + d(b),
            Op.Subtract => d(a) - d(b),
            Op.Multiply => (d(a) * b) + (a * d(b)),
            Op.Divide => (d(a) / b) - (a * d(b) / (b * b)),
            Op.Negate => -d(a),
            Op.Power => OfPower(a, b, d(a), d(b)),
            Op.Where => Algebra.Where(a, d(b), d(call.Arguments[2])),
            Op.Min => OfExtreme(Op.LessOrEqual, call, d),
            Op.Max => OfExtreme(Op.GreaterOrEqual, call, d),
            Op.Clip => OfClip(call, d),
            Op.Floor or Op.Ceil or Op.Round or Op.Sign => 0.0,
            _ when call.Op.Facts().IsCondition || call.Op.Facts().IsRandom => 0.0,
            _ => OuterDerivative(call.Op, a, call) * d(a),
        };
    }

    private static Expr OuterDerivative(Op op, Expr a, Expr value) => op switch
    {
        Op.Abs => new Call(Op.Sign, a),
        Op.Exp => value,
        Op.Expm1 => new Call(Op.Exp, a),
        Op.Log => 1.0 / a,
        Op.Log1p => 1.0 / (1.0 + a),
        Op.Sqrt => 0.5 / value,
        Op.Sin => new Call(Op.Cos, a),
        Op.Cos => -new Call(Op.Sin, a),
        Op.Tan => 1.0 + (value * value),
        Op.Tanh => 1.0 - (value * value),
        Op.Sinh => new Call(Op.Cosh, a),
        Op.Cosh => new Call(Op.Sinh, a),
        Op.Sigmoid => value * (1.0 - value),
        // exprel(x) = (e^x - 1)/x, so exprel' = (e^x - exprel)/x, which is 1/2 at 0.
        Op.Exprel => Algebra.Where(new Call(Op.Less, new Call(Op.Abs, a), 1e-5), 0.5 + (a / 3.0), (new Call(Op.Exp, a) - value) / a),
        _ => throw new InvalidOperationException($"{op} has no derivative rule."),
    };

    private static Expr OfPower(Expr a, Expr b, Expr da, Expr db)
    {
        Expr byBase = b * Algebra.Power(a, b - 1.0) * da;
        return db is Number { Value: 0 } ? byBase : byBase + (Algebra.Power(a, b) * new Call(Op.Log, a) * db);
    }

    private static Expr OfExtreme(Op wins, Call call, Func<Expr, Expr> d)
    {
        Expr best = call.Arguments[0];
        Expr slope = d(best);
        foreach (Expr other in call.Arguments.Skip(1))
        {
            slope = Algebra.Where(new Call(wins, best, other), slope, d(other));
            best = new Call(call.Op, best, other);
        }

        return slope;
    }

    private static Expr OfClip(Call call, Func<Expr, Expr> d)
    {
        (Expr x, Expr low, Expr high) = (call.Arguments[0], call.Arguments[1], call.Arguments[2]);
        // clip is min(max(x, low), high), so the upper bound wins where the two cross.
        Expr above = Algebra.Or(Algebra.Apply(Op.Greater, x, high), Algebra.Apply(Op.Greater, low, high));
        return Algebra.Where(above, d(high), Algebra.Where(new Call(Op.Less, x, low), d(low), d(x)));
    }
}

namespace BrainSim.Engine.Expressions;

/// <summary>Builds expressions and simplifies while building: constants are folded and identities removed. The value is kept, bit for bit but for the sign of zero, wherever every part of the expression is finite (<c>0*x</c> and <c>0/x</c> are 0 for every x).</summary>
public static class Algebra
{
    private static readonly Number Zero = new(0);
    private static readonly Number One = new(1);

    public static Expr Add(Expr a, Expr b) => (a, b) switch
    {
        (Number { Value: 0 }, _) => b,
        (_, Number { Value: 0 }) => a,
        (_, Call { Op: Op.Negate } n) => Subtract(a, n.Arguments[0]),
        (Call { Op: Op.Negate } n, _) => Subtract(b, n.Arguments[0]),
        _ => Folded(Op.Add, a, b),
    };

    public static Expr Subtract(Expr a, Expr b) => (a, b) switch
    {
        (Number { Value: 0 }, _) => Negate(b),
        (_, Number { Value: 0 }) => a,
        (_, Call { Op: Op.Negate } n) => Add(a, n.Arguments[0]),
        _ when a.Equals(b) && !a.DrawsRandom => Zero,
        _ => Folded(Op.Subtract, a, b),
    };

    public static Expr Multiply(Expr a, Expr b) => (a, b) switch
    {
        (Number { Value: 0 }, _) or (_, Number { Value: 0 }) => Zero,
        (Number { Value: 1 }, _) => b,
        (_, Number { Value: 1 }) => a,
        (Number { Value: -1 }, _) => Negate(b),
        (_, Number { Value: -1 }) => Negate(a),
        (Call { Op: Op.Negate } m, Call { Op: Op.Negate } n) => Multiply(m.Arguments[0], n.Arguments[0]),
        (Call { Op: Op.Negate } n, _) => Negate(Multiply(n.Arguments[0], b)),
        (_, Call { Op: Op.Negate } n) => Negate(Multiply(a, n.Arguments[0])),
        _ => Folded(Op.Multiply, a, b),
    };

    public static Expr Divide(Expr a, Expr b) => (a, b) switch
    {
        (Number { Value: 0 }, not Number { Value: 0 }) => Zero,
        (_, Number { Value: 1 }) => a,
        (_, Number { Value: -1 }) => Negate(a),
        (Call { Op: Op.Negate } n, _) => Negate(Divide(n.Arguments[0], b)),
        _ => Folded(Op.Divide, a, b),
    };

    public static Expr Negate(Expr a) => a switch
    {
        Number number => new Number(-number.Value),
        Call { Op: Op.Negate } n => n.Arguments[0],
        Call { Op: Op.Subtract } s => Subtract(s.Arguments[1], s.Arguments[0]),
        _ => new Call(Op.Negate, a),
    };

    public static Expr Power(Expr a, Expr b) => b switch
    {
        Number { Value: 0 } => One,
        Number { Value: 1 } => a,
        _ => Folded(Op.Power, a, b),
    };

    public static Expr And(Expr a, Expr b) => (a, b) switch
    {
        (Number truth, _) => truth.Value != 0 ? b : Zero,
        (_, Number truth) => truth.Value != 0 ? a : Zero,
        _ => new Call(Op.And, a, b),
    };

    public static Expr Or(Expr a, Expr b) => (a, b) switch
    {
        (Number truth, _) => truth.Value != 0 ? One : b,
        (_, Number truth) => truth.Value != 0 ? One : a,
        _ => new Call(Op.Or, a, b),
    };

    public static Expr Where(Expr condition, Expr yes, Expr no) => condition switch
    {
        _ when yes.Equals(no) && !yes.DrawsRandom => yes,
        Number truth => truth.Value != 0 ? yes : no,
        _ => new Call(Op.Where, condition, yes, no),
    };

    public static Expr Apply(Op op, params ReadOnlySpan<Expr> arguments) => op switch
    {
        Op.Add => Add(arguments[0], arguments[1]),
        Op.Subtract => Subtract(arguments[0], arguments[1]),
        Op.Multiply => Multiply(arguments[0], arguments[1]),
        Op.Divide => Divide(arguments[0], arguments[1]),
        Op.Negate => Negate(arguments[0]),
        Op.Power => Power(arguments[0], arguments[1]),
        Op.And => And(arguments[0], arguments[1]),
        Op.Or => Or(arguments[0], arguments[1]),
        Op.Where => Where(arguments[0], arguments[1], arguments[2]),
        _ => Folded(op, arguments),
    };

    /// <summary>The same value in simpler form; <c>pi</c> and <c>e</c> become numbers.</summary>
    public static Expr Simplify(Expr expr) => Rewriting.BottomUp(expr, node => node switch
    {
        Name { Id: "pi" } => new Number(Math.PI),
        Name { Id: "e" } => new Number(Math.E),
        Call call => Apply(call.Op, call.Arguments.AsSpan()),
        _ => node,
    });

    private static Expr Folded(Op op, params ReadOnlySpan<Expr> arguments)
    {
        OpFacts facts = op.Facts();
        if (facts.IsRandom)
        {
            return new Call(op, arguments);
        }

        Span<double> values = stackalloc double[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is not Number number)
            {
                return new Call(op, arguments);
            }

            values[i] = number.Value;
        }

        double value = Arithmetic.Portable.Apply(op, values);
        // A fold that overflows or divides by zero stays visible, so that the model's check can name it.
        return double.IsFinite(value) ? new Number(value) : new Call(op, arguments);
    }
}

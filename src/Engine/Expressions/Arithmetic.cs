using BrainSim.Engine.Units;

namespace BrainSim.Engine.Expressions;

/// <summary>What the operators mean on numbers. Conditions are 1 and 0.</summary>
public sealed class Arithmetic
{
    private readonly Func<Op, double, double> elementary;
    private readonly Func<double, double, double> power;

    private Arithmetic(Func<Op, double, double> elementary, Func<double, double, double> power) =>
        (this.elementary, this.power) = (elementary, power);

    /// <summary>Elementary functions by our own arithmetic: the same bits on every machine. For everything that decides a run's state.</summary>
    public static Arithmetic Portable { get; } = new(PortableFunction, Elementary.Pow);

    /// <summary>Elementary functions of the platform's library. For the reference interpreter, so that the two are independent.</summary>
    public static Arithmetic Platform { get; } = new(PlatformFunction, Math.Pow);

    public double Apply(Op op, ReadOnlySpan<double> x) => op switch
    {
        Op.Where => x[0] != 0 ? x[1] : x[2],
        Op.Clip => Math.Min(Math.Max(x[0], x[1]), x[2]),
        Op.Min => Extreme(x, Math.Min),
        Op.Max => Extreme(x, Math.Max),
        _ when x.Length == 2 => Binary(op, x[0], x[1]),
        _ => Unary(op, x[0]),
    };

    public double Unary(Op op, double x) => op switch
    {
        Op.Negate => -x,
        Op.Not => x == 0 ? 1 : 0,
        Op.Abs => Math.Abs(x),
        Op.Sign => x > 0 ? 1 : x < 0 ? -1 : x,
        Op.Floor => Math.Floor(x),
        Op.Ceil => Math.Ceiling(x),
        Op.Round => Math.Floor(x + 0.5),
        Op.Sqrt => Math.Sqrt(x),
        _ => elementary(op, x),
    };

    public double Binary(Op op, double a, double b) => op switch
    {
        Op.Add => a + b,
        Op.Subtract => a - b,
        Op.Multiply => a * b,
        Op.Divide => a / b,
        Op.Power => power(a, b),
        Op.Less => a < b ? 1 : 0,
        Op.LessOrEqual => a <= b ? 1 : 0,
        Op.Greater => a > b ? 1 : 0,
        Op.GreaterOrEqual => a >= b ? 1 : 0,
        Op.Equal => a == b ? 1 : 0,
        Op.NotEqual => a != b ? 1 : 0,
        Op.And => a != 0 && b != 0 ? 1 : 0,
        Op.Or => a != 0 || b != 0 ? 1 : 0,
        _ => throw new InvalidOperationException($"{op} is not a function of two numbers."),
    };

    private static double Extreme(ReadOnlySpan<double> x, Func<double, double, double> choose)
    {
        double best = x[0];
        foreach (double other in x[1..])
        {
            best = choose(best, other);
        }

        return best;
    }

    private static double PortableFunction(Op op, double x) => op switch
    {
        Op.Exp => Elementary.Exp(x),
        Op.Expm1 => Elementary.Expm1(x),
        Op.Log => Elementary.Log(x),
        Op.Log1p => Elementary.Log1p(x),
        Op.Sin => Elementary.Sin(x),
        Op.Cos => Elementary.Cos(x),
        Op.Tan => Elementary.Tan(x),
        Op.Tanh => Elementary.Tanh(x),
        Op.Sinh => Elementary.Sinh(x),
        Op.Cosh => Elementary.Cosh(x),
        Op.Sigmoid => Elementary.Sigmoid(x),
        Op.Exprel => Elementary.Exprel(x),
        _ => throw new InvalidOperationException($"{op} is not a function of one number."),
    };

    private static double PlatformFunction(Op op, double x) => op switch
    {
        Op.Exp => Math.Exp(x),
        Op.Expm1 => PlatformExpm1(x),
        Op.Log => Math.Log(x),
        Op.Log1p => 2 * Math.Atanh(x / (2 + x)),
        Op.Sin => Math.Sin(x),
        Op.Cos => Math.Cos(x),
        Op.Tan => Math.Tan(x),
        Op.Tanh => Math.Tanh(x),
        Op.Sinh => Math.Sinh(x),
        Op.Cosh => Math.Cosh(x),
        Op.Sigmoid => 1 / (1 + Math.Exp(-x)),
        Op.Exprel => x == 0 ? 1 : PlatformExpm1(x) / x,
        _ => throw new InvalidOperationException($"{op} is not a function of one number."),
    };

    /// <summary>e^x - 1 = 2 e^(x/2) sinh(x/2), which does not cancel.</summary>
    private static double PlatformExpm1(double x) => Math.Abs(x) > 1 ? Math.Exp(x) - 1 : 2 * Math.Exp(x / 2) * Math.Sinh(x / 2);
}

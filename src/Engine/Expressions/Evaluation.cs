using BrainSim.Engine.Units;

namespace BrainSim.Engine.Expressions;

/// <summary>What an expression reads when it is evaluated for one neuron at one step. Not thread-safe: one frame per thread.</summary>
public sealed class Frame(int slots)
{
    public double[] Slots { get; } = new double[slots];

    /// <summary>Global id of the neuron: the key of its random draws.</summary>
    public uint Id { get; set; }

    /// <summary>Step of the run; 0 for what is drawn once.</summary>
    public long Step { get; set; }
}

public delegate double Evaluator(Frame frame);

/// <summary>Turns expressions into closures that read their names from the slots of a <see cref="Frame"/>.</summary>
/// <param name="slot">The slot of a name; throws where the name is unknown.</param>
/// <param name="site">The key of the n-th random function, counted over all expressions compiled here.</param>
/// <param name="drawn">The precision in which random functions take their arguments and give their numbers.</param>
public sealed class Evaluation(Arithmetic arithmetic, Func<string, int> slot, Func<int, KeyedRandom>? site = null, Precision drawn = Precision.Float64)
{
    private int sites;

    public Evaluator Compile(Expr expr)
    {
        Dictionary<Expr, Evaluator> done = new(ReferenceEqualityComparer.Instance);
        foreach (Expr node in Rewriting.ArgumentsFirst(expr))
        {
            done[node] = node switch
            {
                Number number => Constant(number.Value),
                Name name => Slot(slot(name.Id)),
                Call call => Compile(call, [.. call.Arguments.Select(argument => done[argument])]),
                _ => throw new InvalidOperationException($"No rule for {node.GetType()}."),
            };
        }

        return done[expr];
    }

    /// <summary>The value of an expression without random functions, its names given by <paramref name="valueOf"/>.</summary>
    public static double Of(Expr expr, Func<string, double> valueOf, Arithmetic? arithmetic = null)
    {
        List<double> values = [];
        Evaluator evaluator = new Evaluation(arithmetic ?? Arithmetic.Portable, id =>
        {
            values.Add(valueOf(id));
            return values.Count - 1;
        }).Compile(expr);
        Frame frame = new(values.Count);
        values.CopyTo(frame.Slots);
        return evaluator(frame);
    }

    private static Evaluator Constant(double value) => _ => value;

    private static Evaluator Slot(int index) => frame => frame.Slots[index];

    private Evaluator Compile(Call call, Evaluator[] arguments)
    {
        Op op = call.Op;
        switch (arguments.Length)
        {
            case var _ when op.Facts().IsRandom:
                return Draw(op, arguments);
            case 1:
                Evaluator x = arguments[0];
                return frame => arithmetic.Unary(op, x(frame));
            case 2 when op is not (Op.Min or Op.Max):
                Evaluator a = arguments[0];
                Evaluator b = arguments[1];
                return frame => arithmetic.Binary(op, a(frame), b(frame));
            case 3 when op == Op.Where:
                Evaluator condition = arguments[0];
                Evaluator yes = arguments[1];
                Evaluator no = arguments[2];
                return frame => condition(frame) != 0 ? yes(frame) : no(frame);
            case 3 when op == Op.Clip:
                Evaluator clipped = Both(Op.Max, arguments[0], arguments[1]);
                return Both(Op.Min, clipped, arguments[2]);
            default:
                return arguments.Aggregate((best, next) => Both(op, best, next));
        }
    }

    /// <summary>The lesser or the greater of two; folding pairs needs no array for the values.</summary>
    private static Evaluator Both(Op op, Evaluator a, Evaluator b) => op == Op.Min
        ? frame => Math.Min(a(frame), b(frame))
        : frame => Math.Max(a(frame), b(frame));

    private static double[] Values(Evaluator[] arguments, Frame frame) => Array.ConvertAll(arguments, argument => argument(frame));

    private Evaluator Draw(Op op, Evaluator[] arguments)
    {
        KeyedRandom key = site?.Invoke(sites++) ?? throw new InvalidOperationException("Random functions have no key here.");
        return drawn == Precision.Float64
            ? frame => RandomOps.Draw(op, key.Stream(frame.Id, frame.Step), Values(arguments, frame))
            : frame => RandomOps.DrawSingle(op, key.Stream(frame.Id, frame.Step), Array.ConvertAll(Values(arguments, frame), value => (float)value));
    }
}

/// <summary>The random functions of the language. Those that draw until they accept, which with NaN is never, give NaN outside their ranges.</summary>
public static class RandomOps
{
    public static double Draw(Op op, KeyedStream stream, ReadOnlySpan<double> x) => op switch
    {
        Op.Uniform => Distributions.Uniform(ref stream, x[0], x[1]),
        Op.Normal => Distributions.Normal(ref stream, x[0], x[1]),
        Op.TruncatedNormal => IsInterval(x) ? Distributions.TruncatedNormal(ref stream, x[0], x[1], x[2], x[3]) : double.NaN,
        Op.Lognormal => Distributions.Lognormal(ref stream, x[0], x[1]),
        Op.Exponential => Distributions.Exponential(ref stream, x[0]),
        Op.Poisson when x[0] is >= 0 and < PoissonTable.MeanLimit => Distributions.Poisson(stream.Word(), x[0]),
        Op.Poisson => x[0] is >= 0 and <= 1e9 ? Distributions.Poisson(ref stream, x[0]) : double.NaN,
        Op.Gamma => x[0] > 0 ? Distributions.Gamma(ref stream, x[0], x[1]) : double.NaN,
        Op.Choice => x[Math.Min((int)(stream.NextUnit() * x.Length), x.Length - 1)],
        _ => throw new InvalidOperationException($"{op} is not a random function."),
    };

    public static float DrawSingle(Op op, KeyedStream stream, ReadOnlySpan<float> x) => op switch
    {
        Op.Uniform => Distributions.UniformSingle(ref stream, x[0], x[1]),
        Op.Normal => Distributions.NormalSingle(ref stream, x[0], x[1]),
        Op.Lognormal => Distributions.LognormalSingle(ref stream, x[0], x[1]),
        Op.Exponential => Distributions.ExponentialSingle(ref stream, x[0]),
        Op.Choice => x[Math.Min((int)((float)stream.NextUnit() * x.Length), x.Length - 1)],
        Op.TruncatedNormal => (float)Draw(op, stream, [x[0], x[1], x[2], x[3]]),
        _ => (float)Draw(op, stream, [x[0], x.Length > 1 ? x[1] : 0.0]),
    };

    /// <summary>Mean, deviation, low and high, from which a draw can come.</summary>
    private static bool IsInterval(ReadOnlySpan<double> x) =>
        x[2] <= x[3] && double.IsFinite(x[0]) && double.IsFinite(x[3] - x[2]) && (x[1] is > 0 and < double.PositiveInfinity || (x[1] == 0 && x[0] >= x[2] && x[0] <= x[3]));
}

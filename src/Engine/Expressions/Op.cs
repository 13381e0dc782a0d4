namespace BrainSim.Engine.Expressions;

/// <summary>Everything that can be applied in an expression.</summary>
public enum Op
{
    Or, And, Not,
    Less, LessOrEqual, Greater, GreaterOrEqual, Equal, NotEqual,
    Add, Subtract, Multiply, Divide, Negate, Power,
    Where, Min, Max, Clip, Abs, Sign, Floor, Ceil, Round,
    Exp, Expm1, Log, Log1p, Sqrt, Sin, Cos, Tan, Tanh, Sinh, Cosh, Sigmoid, Exprel,
    Normal, TruncatedNormal, Uniform, Lognormal, Exponential, Poisson, Gamma, Choice,
}

/// <summary>What the language knows of one operator or function.</summary>
/// <param name="Word">How it is written: a symbol between its operands, or a function's name.</param>
/// <param name="Least">Fewest arguments.</param>
/// <param name="Most">Most arguments.</param>
/// <param name="Binding">How tightly an operator binds (1 loosest); 0 for a function.</param>
public sealed record OpFacts(Op Op, string Word, int Least, int Most, int Binding = 0)
{
    public bool IsOperator => Binding > 0;

    /// <summary>True where the result is a condition (true or false) and not a number.</summary>
    public bool IsCondition => Op <= Op.NotEqual;

    /// <summary>True where the value is drawn anew: keyed by seed, place in the text, neuron and step.</summary>
    public bool IsRandom => Op >= Op.Normal;
}

public static class Ops
{
    private const int Many = 64;

    private static readonly OpFacts[] Table =
    [
        new(Op.Or, "or", 2, 2, 1), new(Op.And, "and", 2, 2, 2), new(Op.Not, "not", 1, 1, 3),
        new(Op.Less, "<", 2, 2, 4), new(Op.LessOrEqual, "<=", 2, 2, 4), new(Op.Greater, ">", 2, 2, 4),
        new(Op.GreaterOrEqual, ">=", 2, 2, 4), new(Op.Equal, "==", 2, 2, 4), new(Op.NotEqual, "!=", 2, 2, 4),
        new(Op.Add, "+", 2, 2, 5), new(Op.Subtract, "-", 2, 2, 5), new(Op.Multiply, "*", 2, 2, 6), new(Op.Divide, "/", 2, 2, 6),
        new(Op.Negate, "-", 1, 1, 7), new(Op.Power, "^", 2, 2, 8),
        new(Op.Where, "where", 3, 3), new(Op.Min, "min", 2, Many), new(Op.Max, "max", 2, Many), new(Op.Clip, "clip", 3, 3),
        new(Op.Abs, "abs", 1, 1), new(Op.Sign, "sign", 1, 1), new(Op.Floor, "floor", 1, 1), new(Op.Ceil, "ceil", 1, 1), new(Op.Round, "round", 1, 1),
        new(Op.Exp, "exp", 1, 1), new(Op.Expm1, "expm1", 1, 1), new(Op.Log, "log", 1, 1), new(Op.Log1p, "log1p", 1, 1),
        new(Op.Sqrt, "sqrt", 1, 1), new(Op.Sin, "sin", 1, 1), new(Op.Cos, "cos", 1, 1), new(Op.Tan, "tan", 1, 1),
        new(Op.Tanh, "tanh", 1, 1), new(Op.Sinh, "sinh", 1, 1), new(Op.Cosh, "cosh", 1, 1),
        new(Op.Sigmoid, "sigmoid", 1, 1), new(Op.Exprel, "exprel", 1, 1),
        new(Op.Normal, "normal", 2, 2), new(Op.TruncatedNormal, "truncated_normal", 4, 4), new(Op.Uniform, "uniform", 2, 2), new(Op.Lognormal, "lognormal", 2, 2),
        new(Op.Exponential, "exponential", 1, 1), new(Op.Poisson, "poisson", 1, 1), new(Op.Gamma, "gamma", 2, 2),
        new(Op.Choice, "choice", 1, Many),
    ];

    private static readonly Dictionary<string, OpFacts> Functions = Table.Where(f => !f.IsOperator).ToDictionary(f => f.Word);

    static Ops()
    {
        if (Table.Where((facts, index) => (int)facts.Op != index).Any())
        {
            throw new InvalidOperationException("The table of operators is not in the order of the enumeration.");
        }
    }

    public static IEnumerable<string> FunctionNames => Functions.Keys;

    public static OpFacts Facts(this Op op) => Table[(int)op];

    public static OpFacts? Function(string word) => Functions.GetValueOrDefault(word);

    public static bool IsCondition(this Expr expr) => expr is Call call && call.Op.Facts().IsCondition;
}

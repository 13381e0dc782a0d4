using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Expressions;

/// <summary>Text to expression. Operators by falling looseness: <c>or, and, not</c>, comparisons, <c>+ -</c>, <c>* /</c>, unary <c>-</c>, <c>^</c> (or <c>**</c>, right-associative).</summary>
public sealed class ExpressionParser
{
    public const int LongestText = 20_000;

    /// <summary>Brackets and powers inside each other.</summary>
    public const int DeepestNesting = 200;

    /// <summary>Operators one on top of the other, as in a sum of so many terms.</summary>
    public const int DeepestTree = 500;

    private const int Shown = 60;

    private readonly string text;
    private int position;
    private int depth;

    private ExpressionParser(string text) => this.text = text;

    /// <exception cref="ExpressionException">The text is not an expression; the message says where and why.</exception>
    public static Expr Parse(string text)
    {
        if (text.Length > LongestText)
        {
            throw new ExpressionException($"the expression has {text.Length} characters; at most {LongestText} are allowed");
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            throw new ExpressionException("a number or an expression is missing");
        }

        ExpressionParser parser = new(text);
        Expr result = parser.ParseOr();
        parser.SkipBlanks();
        return parser.position == text.Length ? result : throw parser.Unexpected("an operator or the end");
    }

    /// <summary>Null where the text is not an expression.</summary>
    public static Expr? TryParse(string text)
    {
        try
        {
            return Parse(text);
        }
        catch (ExpressionException)
        {
            return null;
        }
    }

    private Expr ParseOr()
    {
        if (++depth > DeepestNesting)
        {
            throw new ExpressionException($"the expression is nested more than {DeepestNesting} deep");
        }

        Expr left = ParseAnd();
        while (TakeWord("or"))
        {
            left = Conditions(Op.Or, left, ParseAnd());
        }

        depth--;
        return left;
    }

    private Expr ParseAnd()
    {
        Expr left = ParseNot();
        while (TakeWord("and"))
        {
            left = Conditions(Op.And, left, ParseNot());
        }

        return left;
    }

    private Expr ParseNot()
    {
        int negations = 0;
        while (TakeWord("not"))
        {
            negations++;
        }

        Expr operand = ParseComparison();
        for (; negations > 0; negations--)
        {
            operand = Conditions(Op.Not, operand);
        }

        return operand;
    }

    private Expr ParseComparison()
    {
        Expr left = ParseSum();
        if (TakeComparison() is not { } op)
        {
            return left;
        }

        Expr comparison = Numbers(op, left, ParseSum());
        return TakeComparison() is null
            ? comparison
            : throw At(position, "comparisons cannot be chained; write 'a < b and b < c'");
    }

    private Expr ParseSum()
    {
        Expr left = ParseProduct();
        while (true)
        {
            if (TakeSymbol("+"))
            {
                left = Numbers(Op.Add, left, ParseProduct());
            }
            else if (TakeSymbol("-"))
            {
                left = Numbers(Op.Subtract, left, ParseProduct());
            }
            else
            {
                return left;
            }
        }
    }

    private Expr ParseProduct()
    {
        Expr left = ParseUnary();
        while (true)
        {
            if (!Ahead("**") && TakeSymbol("*"))
            {
                left = Numbers(Op.Multiply, left, ParseUnary());
            }
            else if (TakeSymbol("/"))
            {
                left = Numbers(Op.Divide, left, ParseUnary());
            }
            else
            {
                return left;
            }
        }
    }

    private Expr ParseUnary()
    {
        int minuses = 0;
        while (true)
        {
            if (TakeSymbol("-"))
            {
                minuses++;
            }
            else if (!TakeSymbol("+"))
            {
                break;
            }
        }

        bool isLiteral = position < text.Length && IsNumberStart(text[position]);
        Expr operand = ParsePower();
        if (minuses > 0 && isLiteral && operand is Number number)
        {
            operand = new Number(-number.Value);
            minuses--;
        }

        for (; minuses > 0; minuses--)
        {
            operand = Numbers(Op.Negate, operand);
        }

        return operand;
    }

    private Expr ParsePower()
    {
        Expr power = ParseAtom();
        if (!TakeSymbol("**") && !TakeSymbol("^"))
        {
            return power;
        }

        if (++depth > DeepestNesting)
        {
            throw new ExpressionException($"the expression is nested more than {DeepestNesting} deep");
        }

        Expr exponent = ParseUnary();
        depth--;
        return Numbers(Op.Power, power, exponent);
    }

    private Expr ParseAtom()
    {
        SkipBlanks();
        if (position == text.Length)
        {
            throw Unexpected("a number, a name or '('");
        }

        char next = text[position];
        if (IsNumberStart(next))
        {
            return ParseNumber();
        }

        if (TakeSymbol("("))
        {
            Expr inner = ParseOr();
            return TakeSymbol(")") ? inner : throw Unexpected("')'");
        }

        return IsNameStart(next) ? ParseNameOrCall() : throw Unexpected("a number, a name or '('");
    }

    private Number ParseNumber()
    {
        int start = position;
        while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] == '.' || IsExponentSign(start)))
        {
            position++;
        }

        string word = text[start..position];
        if (!double.TryParse(word, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value))
        {
            int letters = word.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
            bool product = letters < word.Length && double.TryParse(word[..letters], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);
            throw At(start, $"'{Shortened(word)}' is no number{(product ? $"; a product is written {Shortened(word[..letters])}*{Shortened(word[letters..])}" : "")}");
        }

        bool vanished = value == 0 && word.TakeWhile(c => c is not ('e' or 'E')).Any(c => c is >= '1' and <= '9');
        return double.IsFinite(value) && !vanished
            ? new Number(value)
            : throw At(start, $"'{Shortened(word)}' is too {(vanished ? "small" : "large")} for float64 (5e-324 to 1.8e308)");
    }

    private bool IsExponentSign(int start) =>
        text[position] is '+' or '-' && position > start && text[position - 1] is 'e' or 'E' && position + 1 < text.Length && char.IsAsciiDigit(text[position + 1]);

    private Expr ParseNameOrCall()
    {
        int start = position;
        string name = TakeName();
        if (name.ToLowerInvariant() is "nan" or "inf" or "infinity")
        {
            throw At(start, $"'{name}' cannot be used; every number must be finite");
        }

        if (name is "and" or "or" or "not")
        {
            throw At(start, $"'{name}' stands where a number, a name or '(' is expected");
        }

        if (!TakeSymbol("("))
        {
            return Ops.Function(name) is null ? new Name(name) : throw At(start, $"{name} is a function; write {name}(...)");
        }

        OpFacts facts = Ops.Function(name)
            ?? throw new ExpressionException($"there is no function {Shortened(name)}, as at character {start + 1} of '{Shortened(text)}'.{Suggestion.For(name, Ops.FunctionNames)}");
        return CheckedCall(facts, start, ParseArguments());
    }

    private ImmutableArray<Expr> ParseArguments()
    {
        ImmutableArray<Expr>.Builder arguments = ImmutableArray.CreateBuilder<Expr>();
        if (TakeSymbol(")"))
        {
            return [];
        }

        do
        {
            arguments.Add(ParseOr());
        }
        while (TakeSymbol(","));
        return TakeSymbol(")") ? arguments.ToImmutable() : throw Unexpected("',' or ')'");
    }

    private Call CheckedCall(OpFacts facts, int start, ImmutableArray<Expr> arguments)
    {
        if (arguments.Length < facts.Least || arguments.Length > facts.Most)
        {
            string wanted = facts.Least == facts.Most ? $"{facts.Least}" : $"{facts.Least} to {facts.Most}";
            throw At(start, $"{facts.Word} takes {wanted} argument{(wanted == "1" ? "" : "s")}, not {arguments.Length}");
        }

        if (facts.Op == Op.Where && !arguments[0].IsCondition())
        {
            throw At(start, $"the first argument of where must be a condition, such as V > 0, and {Shortened(arguments[0])} is a number");
        }

        RefuseConditions(facts.Op == Op.Where ? arguments.AsSpan()[1..] : arguments.AsSpan());
        return Grown(new Call(facts.Op, arguments));
    }

    private Call Numbers(Op op, params ReadOnlySpan<Expr> operands)
    {
        RefuseConditions(operands);
        return Grown(new Call(op, operands));
    }

    private void RefuseConditions(ReadOnlySpan<Expr> operands)
    {
        foreach (Expr operand in operands)
        {
            if (operand.IsCondition())
            {
                throw At(position, $"'{Shortened(operand)}' is a condition where a number is needed; write where(..., 1, 0)");
            }
        }
    }

    private Call Grown(Call call) => call.Depth <= DeepestTree
        ? call
        : throw new ExpressionException($"the expression has more than {DeepestTree} operators on top of each other; split it with let");

    private Call Conditions(Op op, params ReadOnlySpan<Expr> operands)
    {
        foreach (Expr operand in operands)
        {
            if (!operand.IsCondition())
            {
                throw At(position, $"'{op.Facts().Word}' needs conditions, such as V > 0, and '{Shortened(operand)}' is a number");
            }
        }

        return Grown(new Call(op, operands));
    }

    private Op? TakeComparison()
    {
        ReadOnlySpan<Op> longestFirst = [Op.LessOrEqual, Op.GreaterOrEqual, Op.Equal, Op.NotEqual, Op.Less, Op.Greater];
        foreach (Op op in longestFirst)
        {
            if (TakeSymbol(op.Facts().Word))
            {
                return op;
            }
        }

        return null;
    }

    private bool TakeWord(string word)
    {
        SkipBlanks();
        bool found = Ahead(word) && (position + word.Length == text.Length || !IsNamePart(text[position + word.Length]));
        position += found ? word.Length : 0;
        return found;
    }

    private bool TakeSymbol(string symbol)
    {
        SkipBlanks();
        bool found = Ahead(symbol);
        position += found ? symbol.Length : 0;
        return found;
    }

    /// <summary>A name, or names joined by dots: <c>post.V</c>.</summary>
    private string TakeName()
    {
        int start = position;
        while (position < text.Length && (IsNamePart(text[position]) || (text[position] == '.' && position + 1 < text.Length && IsNameStart(text[position + 1]))))
        {
            position++;
        }

        return text[start..position];
    }

    private bool Ahead(string symbol) => string.CompareOrdinal(text, position, symbol, 0, symbol.Length) == 0;

    private void SkipBlanks()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }
    }

    public static bool IsName(string text) => text.Length > 0 && IsNameStart(text[0]) && text.All(IsNamePart);

    /// <summary>Names become keys, columns and file entries, and letters of other alphabets look alike (µ is two characters of Unicode): a to z only.</summary>
    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private static bool IsNumberStart(char c) => char.IsAsciiDigit(c) || c == '.';

    private ExpressionException Unexpected(string wanted)
    {
        string found = position < text.Length ? $"'{Found()}'" : "the end";
        string hint = position == text.Length ? "" : text[position] switch
        {
            '=' => "; equality is written ==",
            '&' => "; write and",
            '|' => "; write or",
            '!' => "; write not, or != between numbers",
            >= '\u0080' when char.IsLetter(text[position]) => "; names have the letters a to z, digits and _",
            _ => "",
        };
        return new ExpressionException($"character {position + 1} of '{Shortened(text)}' is {found}, where {wanted} is expected{hint}");
    }

    private string Found() => Rune.TryGetRuneAt(text, position, out Rune rune) ? rune.ToString() : "half a character";

    private ExpressionException At(int start, string problem) => new($"{problem} (character {start + 1} of '{Shortened(text)}')");

    private static string Shortened(Expr expr) => Shortened(expr.ToString());

    private static string Shortened(string text) => text.Length <= Shown ? text : $"{text.AsSpan(0, Shown - 3)}...";
}

/// <summary>A text is no valid expression.</summary>
public sealed class ExpressionException(string message) : Exception(message);

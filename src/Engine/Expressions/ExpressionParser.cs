using System.Collections.Immutable;
using System.Globalization;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Expressions;

/// <summary>Text to expression. Operators by falling looseness: <c>or, and, not</c>, comparisons, <c>+ -</c>, <c>* /</c>, unary <c>-</c>, <c>^</c> (or <c>**</c>, right-associative).</summary>
public sealed class ExpressionParser
{
    public const int LongestText = 20_000;
    public const int DeepestNesting = 200;

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

        ExpressionParser parser = new(text);
        Expr result = parser.ParseOr();
        parser.SkipBlanks();
        return parser.position == text.Length ? result : throw parser.Unexpected("an operator or the end");
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

        Expr comparison = new Call(op, left, ParseSum());
        return TakeComparison() is null
            ? comparison
            : throw new ExpressionException("comparisons cannot be chained; write 'a < b and b < c'");
    }

    private Expr ParseSum()
    {
        Expr left = ParseProduct();
        while (true)
        {
            if (TakeSymbol("+"))
            {
                left = new Call(Op.Add, left, ParseProduct());
            }
            else if (TakeSymbol("-"))
            {
                left = new Call(Op.Subtract, left, ParseProduct());
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
                left = new Call(Op.Multiply, left, ParseUnary());
            }
            else if (TakeSymbol("/"))
            {
                left = new Call(Op.Divide, left, ParseUnary());
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

        Expr operand = ParsePower();
        for (; minuses > 0; minuses--)
        {
            operand = operand is Number number ? new Number(-number.Value) : new Call(Op.Negate, operand);
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
        return new Call(Op.Power, power, exponent);
    }

    private Expr ParseAtom()
    {
        SkipBlanks();
        if (position == text.Length)
        {
            throw Unexpected("a number, a name or '('");
        }

        char next = text[position];
        if (char.IsAsciiDigit(next) || next == '.')
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
        bool parsed = double.TryParse(word, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value);
        return parsed && double.IsFinite(value)
            ? new Number(value)
            : throw new ExpressionException($"'{word}' is not a number that can be held");
    }

    private bool IsExponentSign(int start) =>
        text[position] is '+' or '-' && position > start && text[position - 1] is 'e' or 'E' && position + 1 < text.Length && char.IsAsciiDigit(text[position + 1]);

    private Expr ParseNameOrCall()
    {
        string name = TakeName();
        if (name is "and" or "or" or "not")
        {
            throw new ExpressionException($"'{name}' stands where a number, a name or '(' is expected");
        }

        if (!TakeSymbol("("))
        {
            return Ops.Function(name) is null ? new Name(name) : throw new ExpressionException($"{name} is a function; write {name}(...)");
        }

        OpFacts facts = Ops.Function(name)
            ?? throw new ExpressionException($"there is no function {name}.{Suggestion.For(name, Ops.FunctionNames)}");
        return CheckedCall(facts, ParseArguments());
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

    private static Call CheckedCall(OpFacts facts, ImmutableArray<Expr> arguments)
    {
        if (arguments.Length < facts.Least || arguments.Length > facts.Most)
        {
            string wanted = facts.Least == facts.Most ? $"{facts.Least}" : $"{facts.Least} or more";
            throw new ExpressionException($"{facts.Word} takes {wanted} argument{(wanted == "1" ? "" : "s")}, not {arguments.Length}");
        }

        if (facts.Op == Op.Where && !arguments[0].IsCondition())
        {
            throw new ExpressionException($"the first argument of where must be a condition, such as V > 0, not {arguments[0]}");
        }

        return new Call(facts.Op, arguments);
    }

    private static Call Conditions(Op op, params ReadOnlySpan<Expr> operands)
    {
        foreach (Expr operand in operands)
        {
            if (!operand.IsCondition())
            {
                throw new ExpressionException($"'{op.Facts().Word}' joins conditions, such as V > 0, and {operand} is a number");
            }
        }

        return new Call(op, operands);
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

    private static bool IsNameStart(char c) => char.IsLetter(c) || c == '_';

    private static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c == '_';

    private ExpressionException Unexpected(string wanted)
    {
        string found = position < text.Length ? $"'{text[position]}'" : "the end";
        return new ExpressionException($"character {position + 1} of '{Shortened()}' is {found}, where {wanted} is expected");
    }

    private string Shortened() => text.Length <= 60 ? text : text[..57] + "...";
}

/// <summary>A text is no valid expression.</summary>
public sealed class ExpressionException(string message) : Exception(message);

using System.Globalization;
using System.Text;

namespace BrainSim.Engine.Expressions;

/// <summary>Expression to text, with the fewest parentheses that give the same tree when read back.</summary>
public static class ExpressionText
{
    private const int AtomBinding = 9;

    public static string Print(Expr expr)
    {
        StringBuilder text = new();
        Write(text, expr, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, Expr expr, int least)
    {
        bool enclosed = Binding(expr) < least;
        text.Append(enclosed ? "(" : "");
        switch (expr)
        {
            case Number number:
                text.Append(number.Value.ToString("R", CultureInfo.InvariantCulture));
                break;
            case Name name:
                text.Append(name.Id);
                break;
            case Call call when call.Op.Facts().IsOperator:
                WriteOperator(text, call);
                break;
            case Call call:
                WriteFunction(text, call);
                break;
        }

        text.Append(enclosed ? ")" : "");
    }

    private static int Binding(Expr expr) => expr switch
    {
        Call call when call.Op.Facts().IsOperator => call.Op.Facts().Binding,
        Number { Value: < 0 } => Op.Negate.Facts().Binding,
        Number number when double.IsNegative(number.Value) => Op.Negate.Facts().Binding,
        _ => AtomBinding,
    };

    private static void WriteOperator(StringBuilder text, Call call)
    {
        OpFacts facts = call.Op.Facts();
        if (call.Arguments.Length == 1)
        {
            text.Append(facts.Word).Append(call.Op == Op.Not ? " " : "");
            // A literal under a minus keeps its parentheses, since "-2" reads as the number.
            Write(text, call.Arguments[0], call.Op == Op.Negate && call.Arguments[0] is Number ? AtomBinding + 1 : facts.Binding);
            return;
        }

        (int left, int right) = call.Op switch
        {
            Op.Power => (AtomBinding, Op.Negate.Facts().Binding),
            _ when facts.IsCondition && facts.Binding == Op.Less.Facts().Binding => (facts.Binding + 1, facts.Binding + 1),
            _ => (facts.Binding, facts.Binding + 1),
        };
        bool tight = facts.Binding >= Op.Multiply.Facts().Binding;
        Write(text, call.Arguments[0], left);
        text.Append(tight ? "" : " ").Append(facts.Word).Append(tight ? "" : " ");
        Write(text, call.Arguments[1], right);
    }

    private static void WriteFunction(StringBuilder text, Call call)
    {
        text.Append(call.Op.Facts().Word).Append('(');
        for (int i = 0; i < call.Arguments.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Write(text, call.Arguments[i], 0);
        }

        text.Append(')');
    }
}

using System.Globalization;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Documents;

/// <summary>Numbers that a document calls by names, and what a node says once they are put in.</summary>
/// <param name="values">By name; null for one whose own value has a mistake: who uses it adds none.</param>
public sealed class Constants(IReadOnlyDictionary<string, double?> values)
{
    public static Constants None { get; } = new(new Dictionary<string, double?>());

    public IEnumerable<string> Names => values.Keys;

    public bool Has(string name) => values.ContainsKey(name);

    /// <summary>The expression with numbers for its constants, simplified; null where one of them has a mistake.</summary>
    public Expr? PutInto(Expr expr)
    {
        Dictionary<string, Expr> numbers = [];
        foreach (string name in Rewriting.NamesIn(expr).Where(values.ContainsKey))
        {
            if (values[name] is not { } value)
            {
                return null;
            }

            numbers[name] = value;
        }

        return Algebra.Simplify(Rewriting.Substitute(expr, numbers));
    }

    /// <summary>A node to be read as a number, or as a list of them: expressions of the constants become what they are, other nodes stay as they are.</summary>
    /// <returns>Null after a mistake.</returns>
    public Node? Folded(Node node, Mistakes mistakes) => node switch
    {
        Scalar scalar when !Scalars.IsNumber(scalar.Text, out _) => FoldedExpression(scalar, mistakes),
        Sequence list when list.Items.Any(item => item is Scalar scalar && !Scalars.IsNumber(scalar.Text, out _)) => FoldedItems(list, mistakes),
        _ => node,
    };

    private Sequence? FoldedItems(Sequence list, Mistakes mistakes)
    {
        Node?[] folded = [.. list.Items.Select(item => Folded(item, mistakes))];
        return Array.TrueForAll(folded, item => item is not null) ? new Sequence(list.Place, folded!) : null;
    }

    private Scalar? FoldedExpression(Scalar scalar, Mistakes mistakes)
    {
        if (ExpressionParser.TryParse(scalar.Text) is not { } expr)
        {
            return scalar;
        }

        if (Rewriting.NamesIn(expr).FirstOrDefault(name => !values.ContainsKey(name) && !IsMathematical(name)) is { } unknown)
        {
            return values.Count == 0 ? scalar : Refused(scalar, mistakes, $"'{Scalars.Shorten(unknown)}' is no constant of this file.{Scalars.Guess(unknown, values.Keys)}");
        }

        if (PutInto(expr) is not { } simple)
        {
            return null;
        }

        return simple is Number { Value: var value } && !expr.IsCondition()
            ? new Scalar(scalar.Place, value.ToString("R", CultureInfo.InvariantCulture), quoted: false)
            : Refused(scalar, mistakes, $"'{Scalars.Shorten(scalar.Text)}' is not one finite number");
    }

    private static bool IsMathematical(string name) => name is "pi" or "e";

    private static Scalar? Refused(Scalar scalar, Mistakes mistakes, string message)
    {
        mistakes.Add(scalar.Place, message);
        return null;
    }
}

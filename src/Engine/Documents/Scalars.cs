using System.Globalization;
using System.Text;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Documents;

/// <summary>What single nodes mean. Every <c>Try</c> adds one mistake when it returns false.</summary>
public static class Scalars
{
    /// <summary>Characters of a user's text that a message repeats.</summary>
    private const int Shown = 40;

    /// <summary>Whole numbers below it are exact in float64.</summary>
    private const double ExactWholes = 9007199254740992;

    /// <summary>True for a key without value, <c>~</c> and <c>null</c>.</summary>
    public static bool IsNothing(Node node) => node is Scalar { Quoted: false, Text: "" or "~" or "null" or "Null" or "NULL" };

    /// <summary>Finite; decimal, with point and exponent as in 1e-3, .5 and -2; no underscores, no other bases, no quotes.</summary>
    public static bool TryNumber(Node node, Mistakes mistakes, out double value)
    {
        value = double.NaN;
        return node is Scalar { Quoted: false } scalar && IsNumber(scalar.Text, out value)
            ? IsInRange(scalar, mistakes, value)
            : Refuse(node, mistakes, IsSpecial(node) ? "must be a finite number" : "must be a number");
    }

    /// <summary>A whole number, also written as 1e4 or 100.0 below 2^53, from <paramref name="min"/> to <paramref name="max"/>, both included.</summary>
    public static bool TryWhole(Node node, Mistakes mistakes, long min, long max, out long value)
    {
        bool isWhole = TryWholeText(node, out value);
        return (isWhole && value >= min && value <= max)
            || Refuse(node, mistakes, $"must be a whole number{Range(min, max)}");
    }

    /// <summary>true or false, as the core schema of YAML 1.2 writes them.</summary>
    public static bool TryFlag(Node node, Mistakes mistakes, out bool value)
    {
        string text = node is Scalar { Quoted: false } scalar ? scalar.Text : "";
        value = text is "true" or "True" or "TRUE";
        return value || text is "false" or "False" or "FALSE"
            || Refuse(node, mistakes, "must be true or false");
    }

    /// <summary>Any scalar that says something; a plain 20 is the text "20".</summary>
    public static bool TryText(Node node, Mistakes mistakes, out string value)
    {
        value = (node as Scalar)?.Text ?? "";
        return (node is Scalar && !IsNothing(node)) || Refuse(node, mistakes, "must be text");
    }

    public static bool TryNumbers(Node node, Mistakes mistakes, out double[] values)
    {
        values = [];
        if (node is not Sequence list)
        {
            return Refuse(node, mistakes, "must be a list of numbers");
        }

        List<double> read = new(list.Items.Count);
        foreach (Node item in list.Items)
        {
            if (TryNumber(item, mistakes, out double value))
            {
                read.Add(value);
            }
        }

        values = [.. read];
        return read.Count == list.Items.Count;
    }

    /// <summary>What stands there, for "must be a number, but is …"; at most a line.</summary>
    public static string Describe(Node node) => node switch
    {
        _ when IsNothing(node) => "empty",
        Scalar { Quoted: true } scalar => $"the text \"{Shorten(scalar.Text)}\"",
        Scalar scalar => Shorten(scalar.Text),
        Sequence => $"the list {Render(node)}",
        _ => $"the mapping {Render(node)}",
    };

    internal static string Shorten(string text, int length = Shown)
    {
        string line = string.Concat(text.Take(length).Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length > length ? line + "…" : line;
    }

    /// <summary>A suggestion where comparing is cheap: its cost grows with the product of the lengths.</summary>
    internal static string Guess(string word, IEnumerable<string> candidates) =>
        word.Length <= YamlText.MaxKeyLength ? Suggestion.For(word, candidates.Where(c => c.Length <= YamlText.MaxKeyLength)) : "";

    internal static bool Refuse(Node node, Mistakes mistakes, string rule)
    {
        mistakes.Add(node.Place, $"{rule}, but is {Describe(node)}.");
        return false;
    }

    /// <summary>True for the plain text of a number, whether or not float64 can hold it.</summary>
    internal static bool IsNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
        && text.Any(char.IsAsciiDigit);

    private static bool IsInRange(Scalar scalar, Mistakes mistakes, double value)
    {
        bool vanished = value == 0 && scalar.Text.TakeWhile(c => c is not ('e' or 'E')).Any(c => c is >= '1' and <= '9');
        return (double.IsFinite(value) && !vanished)
            || Refuse(scalar, mistakes, "must be a number that float64 can hold (5e-324 to 1.8e308)");
    }

    private static bool TryWholeText(Node node, out long value)
    {
        value = 0;
        if (node is not Scalar { Quoted: false } scalar)
        {
            return false;
        }

        if (long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        bool exact = IsNumber(scalar.Text, out double number) && Math.Abs(number) < ExactWholes && Math.Floor(number) == number;
        value = exact ? (long)number : 0;
        return exact;
    }

    private static bool IsSpecial(Node node) =>
        node is Scalar { Quoted: false } scalar
        && scalar.Text.TrimStart('+', '-', '.').ToLowerInvariant() is "nan" or "inf" or "infinity" or "∞";

    private static string Range(long min, long max) => (min, max) switch
    {
        (long.MinValue, long.MaxValue) => "",
        (_, long.MaxValue) => FormattableString.Invariant($" of at least {min}"),
        (long.MinValue, _) => FormattableString.Invariant($" of at most {max}"),
        _ => FormattableString.Invariant($" from {min} to {max}"),
    };

    private static string Render(Node node)
    {
        StringBuilder text = new();
        Render(node, text);
        return Shorten(text.ToString());
    }

    /// <summary>Stops when there is more than is shown, however large the node.</summary>
    private static void Render(Node node, StringBuilder text)
    {
        switch (node)
        {
            case Scalar scalar:
                text.Append(scalar.Text.AsSpan(0, Math.Min(scalar.Text.Length, Shown + 1)));
                break;
            case Sequence list:
                RenderAll(list.Items, text, "[", "]", Render);
                break;
            case Mapping mapping:
                RenderAll(mapping.Entries, text, "{", "}", (entry, to) => Render(entry.Value, to.Append(entry.Key).Append(": ")));
                break;
        }
    }

    private static void RenderAll<T>(IReadOnlyList<T> items, StringBuilder text, string begin, string end, Action<T, StringBuilder> render)
    {
        text.Append(begin);
        for (int i = 0; i < items.Count && text.Length <= Shown; i++)
        {
            text.Append(i > 0 ? ", " : "");
            render(items[i], text);
        }

        text.Append(end);
    }
}

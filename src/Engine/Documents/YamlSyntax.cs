using System.Buffers;
using BrainSim.Engine.Units;
using YamlDotNet.Core;

namespace BrainSim.Engine.Documents;

/// <summary>What the YAML parser's complaints mean to a person.</summary>
internal static class YamlSyntax
{
    /// <summary>Control characters other than tab, line feed, carriage return and next line (U+0085).</summary>
    public static readonly SearchValues<char> Forbidden = SearchValues.Create(
        Enumerable.Range(0, 0xA0).Select(c => (char)c).Where(c => char.IsControl(c) && c is not ('\t' or '\n' or '\r' or '\u0085')).ToArray());

    private static readonly (string Complaint, string Hint)[] Hints =
    [
        ("did not find expected key", " Look at the indentation of this line."),
        ("invalid mapping", " Look at the indentation, or put a text that contains a colon into quotes."),
        ("simple key", " Look for a missing colon, or put a text that contains a colon into quotes."),
        ("not allowed in this context", " Look at the indentation, or put a text that contains a colon into quotes."),
    ];

    public const string OpenBracket = "A bracket or brace before this line may not be closed, or a text with a colon lacks its quotes.";

    public static Mistake Explain(YamlException fault, string fileName)
    {
        bool isTab = fault.Message.Contains(" tab ", StringComparison.Ordinal);
        Mark mark = isTab ? fault.End : fault.Start;
        string message = isTab
            ? "YAML indents with spaces, but here is a tab."
            : $"this is not valid YAML: {LowerFirst(fault.Message).TrimEnd('.')}.{Hint(fault.Message)}";
        return new Mistake(new Place(fileName, (int)mark.Line, (int)mark.Column, ""), message);
    }

    private static string Hint(string message) =>
        Hints.FirstOrDefault(h => message.Contains(h.Complaint, StringComparison.Ordinal)).Hint;

    private static string LowerFirst(string sentence) =>
        sentence.Length == 0 ? sentence : char.ToLowerInvariant(sentence[0]) + sentence[1..];
}

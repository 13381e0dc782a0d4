using System.Text.RegularExpressions;

namespace BrainSim.Tests.Architecture;

/// <param name="Lines">Between the braces, or from the first to the last line of an expression body. Local functions and lambdas count as part of the function around them.</param>
internal sealed record FunctionBody(string File, int Line, string Name, int Lines)
{
    public static IEnumerable<FunctionBody> In(CSharpFile file) => new FunctionScan(file).Functions();
}

/// <summary>Walks the declarations of one file: enters types and properties, measures what has a body, skips the values of fields.</summary>
internal sealed partial class FunctionScan(CSharpFile file)
{
    private readonly string code = file.Code;
    private int at;
    private int headerStart;

    private string Header => code[headerStart..at];

    public IEnumerable<FunctionBody> Functions()
    {
        while (at < code.Length)
        {
            if (Starts("=>"))
            {
                yield return Expression();
            }
            else if (code[at] == '{' && IsFunction(Header))
            {
                yield return Block();
            }
            else
            {
                Advance();
            }
        }
    }

    private void Advance()
    {
        switch (code[at])
        {
            case '(' or '[':
                bool attribute = code[at] == '[' && string.IsNullOrWhiteSpace(Header);
                at = AfterMatching(at);
                headerStart = attribute ? at : headerStart;
                break;
            case '=' when !OperatorName().IsMatch(Header):
                at = EndOfStatement(at);
                break;
            case ';' or '{' or '}':
                headerStart = ++at;
                break;
            default:
                at++;
                break;
        }
    }

    private FunctionBody Block()
    {
        int end = AfterMatching(at);
        int lines = Math.Max(0, file.LineOf(end - 1) - file.LineOf(at) - 1);
        return Finish(end, lines);
    }

    private FunctionBody Expression()
    {
        int start = at + 2;
        while (start < code.Length && char.IsWhiteSpace(code[start]))
        {
            start++;
        }

        int end = EndOfStatement(start);
        return Finish(end, file.LineOf(end) - file.LineOf(Math.Min(start, code.Length)) + 1);
    }

    private FunctionBody Finish(int end, int lines)
    {
        string header = Header;
        int indent = header.Length - header.TrimStart().Length;
        var function = new FunctionBody(file.Path, file.LineOf(headerStart + indent), NameIn(header), lines);
        headerStart = at = Math.Min(end, code.Length);
        return function;
    }

    private static bool IsFunction(string header)
    {
        string trimmed = header.Trim();
        return !TypeOrNamespace().IsMatch(trimmed)
            && (trimmed.EndsWith(')') || Constrained().IsMatch(trimmed) || Accessor().IsMatch(trimmed));
    }

    private static string NameIn(string header) =>
        Called().Match(header) is { Success: true } called ? called.Groups["name"].Value : header.Trim().Split(' ', '\n')[^1];

    /// <summary>The offset of the ';' that ends what starts at an offset, or of the '}' around it.</summary>
    private int EndOfStatement(int from)
    {
        int i = from;
        while (i < code.Length && code[i] is not (';' or '}'))
        {
            i = code[i] is '(' or '[' or '{' ? AfterMatching(i) : i + 1;
        }

        return i;
    }

    private int AfterMatching(int open)
    {
        int depth = 0;
        for (int i = open; i < code.Length; i++)
        {
            depth += code[i] switch { '(' or '[' or '{' => 1, ')' or ']' or '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return i + 1;
            }
        }

        return code.Length;
    }

    private bool Starts(string word) => string.CompareOrdinal(code, at, word, 0, word.Length) == 0;

    [GeneratedRegex(@"\boperator\s*(checked\s*)?[=<>!+*/%&|^-]*$")]
    private static partial Regex OperatorName();

    [GeneratedRegex(@"\b(class|struct|interface|enum|record|namespace)\s+(?!where\b)\w|^extension\b")]
    private static partial Regex TypeOrNamespace();

    [GeneratedRegex(@"\)\s*where\b")]
    private static partial Regex Constrained();

    [GeneratedRegex(@"^(\w+\s+)*(get|set|init|add|remove)$")]
    private static partial Regex Accessor();

    [GeneratedRegex(@"\b(?!static\b|readonly\b|override\b|public\b|private\b|internal\b|protected\b|unsafe\b|new\b)(?<name>operator\s*[^\s\w(]+|\w+)\s*(<[^()]*>)?\s*\(")]
    private static partial Regex Called();
}

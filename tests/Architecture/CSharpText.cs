namespace BrainSim.Tests.Architecture;

/// <summary>Blanks comments and the contents of string and character literals; code in the holes of interpolated strings stays. Line breaks and offsets stay too.</summary>
internal sealed class CSharpText
{
    private readonly string text;
    private readonly char[] kept;
    private int at;

    private CSharpText(string text)
    {
        this.text = text;
        kept = [.. text.Select(c => c is '\n' or '\r' ? c : ' ')];
    }

    public static string WithoutCommentsAndLiterals(string text)
    {
        var scan = new CSharpText(text);
        while (scan.at < text.Length)
        {
            scan.Next();
        }

        return new string(scan.kept);
    }

    private void Next()
    {
        if (Starts("//"))
        {
            SkipTo("\n");
        }
        else if (Starts("/*"))
        {
            SkipTo("*/", past: 2);
        }
        else if (StartsPreprocessorText())
        {
            SkipTo("\n");
        }
        else if (Starts("'"))
        {
            Character();
        }
        else if (!Literal())
        {
            Keep();
        }
    }

    /// <summary>Free text follows these directives.</summary>
    private bool StartsPreprocessorText() =>
        Starts("#region") || Starts("#endregion") || Starts("#error") || Starts("#warning") || Starts("#pragma");

    private void Character()
    {
        at++;
        while (at < text.Length && text[at] is not ('\'' or '\n'))
        {
            at += text[at] == '\\' ? 2 : 1;
        }

        at++;
    }

    /// <summary>A string literal of any kind, if one starts here: <c>" @" $" $@" """ $$"""</c>.</summary>
    private bool Literal()
    {
        int prefix = 0;
        while (Peek(prefix) is '$' or '@')
        {
            prefix++;
        }

        if (Peek(prefix) != '"')
        {
            return false;
        }

        string signs = text.Substring(at, prefix);
        int dollars = signs.Count(c => c == '$');
        at += prefix;
        int quotes = Run('"');
        if (quotes >= 3 && !signs.Contains('@'))
        {
            Raw(quotes, dollars);
        }
        else
        {
            at++;
            Ordinary(verbatim: signs.Contains('@'), interpolated: dollars > 0);
        }

        return true;
    }

    private void Raw(int quotes, int dollars)
    {
        at += quotes;
        while (at < text.Length)
        {
            if (Run('"') is var closing && closing >= quotes)
            {
                at += closing;
                return;
            }

            int braces = dollars > 0 ? Run('{') : 0;
            if (braces >= dollars && braces > 0)
            {
                at += braces;
                Hole(dollars);
            }
            else
            {
                at += Math.Max(1, closing);
            }
        }
    }

    private void Ordinary(bool verbatim, bool interpolated)
    {
        while (at < text.Length && !(Starts("\"") && !(verbatim && Starts("\"\""))))
        {
            if (interpolated && Starts("{") && !Starts("{{"))
            {
                at++;
                Hole(braces: 1);
            }
            else
            {
                bool pair = (verbatim && Starts("\"\"")) || (!verbatim && Starts("\\")) || (interpolated && Starts("{{"));
                at += pair ? 2 : 1;
            }
        }

        at++;
    }

    /// <summary>Code up to the closing braces of an interpolation hole; a format after a colon is kept as if it were code.</summary>
    private void Hole(int braces)
    {
        int depth = 0;
        while (at < text.Length && (depth > 0 || text[at] != '}'))
        {
            depth += text[at] switch { '{' => 1, '}' => -1, _ => 0 };
            Next();
        }

        at += braces;
    }

    private void Keep()
    {
        kept[at] = text[at];
        at++;
    }

    private void SkipTo(string end, int past = 0)
    {
        int found = text.IndexOf(end, at, StringComparison.Ordinal);
        at = found < 0 ? text.Length : found + past;
    }

    private bool Starts(string word) => string.CompareOrdinal(text, at, word, 0, word.Length) == 0;

    private char Peek(int ahead) => at + ahead < text.Length ? text[at + ahead] : '\0';

    private int Run(char c)
    {
        int length = 0;
        while (Peek(length) == c)
        {
            length++;
        }

        return length;
    }
}

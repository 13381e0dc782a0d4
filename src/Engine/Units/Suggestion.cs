namespace BrainSim.Engine.Units;

/// <summary>Guesses which known word a user meant.</summary>
public static class Suggestion
{
    /// <summary>Longer words are not compared: the work grows with the product of the lengths.</summary>
    private const int LongestWord = 128;

    /// <summary>" Did you mean tau?" when a candidate is close to <paramref name="word"/>, else the candidates themselves when they are few, else nothing. Begins with a space.</summary>
    public static string For(string word, IEnumerable<string> candidates)
    {
        string[] known = [.. candidates.Distinct().Where(candidate => candidate.Length <= LongestWord)];
        if (word.Length > LongestWord)
        {
            return "";
        }

        string? best = known
            .Select(candidate => (candidate, distance: Distance(word, candidate)))
            .Where(c => c.distance <= Math.Max(1, Math.Min(word.Length, c.candidate.Length) / 2))
            .OrderBy(c => c.distance).ThenBy(c => c.candidate, StringComparer.Ordinal)
            .Select(c => c.candidate)
            .FirstOrDefault();
        if (best is not null)
        {
            return $" Did you mean {best}?";
        }

        return known.Length is > 0 and <= 16 ? $" Known are {string.Join(", ", known)}." : "";
    }

    /// <summary>Edits (insertion, deletion, exchange, swap of neighbours) between two words, ignoring case. Damerau 1964, optimal string alignment.</summary>
    private static int Distance(string a, string b)
    {
        a = a.ToLowerInvariant();
        b = b.ToLowerInvariant();
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            d[i, 0] = i;
        }

        for (int j = 0; j <= b.Length; j++)
        {
            d[0, j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int exchange = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(exchange, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
